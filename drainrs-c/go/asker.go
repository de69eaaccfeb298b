package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Asker remembers what is worth asking about a pipeline's stream, makes tasks of it for the host's model, and judges what comes back. It
// never calls a model itself. Lines go through the asker into its pipeline. It is closed with its pipeline.
type Asker struct {
	member
}

// NewAsker builds an asker for a pipeline from a document of settings; nil is the default.
func NewAsker(p *Pipeline, config []byte) (*Asker, error) {
	a := &Asker{}
	return opened(a, a.join(&p.object, abi.AskerNew, abi.AskerFree, [][]byte{config}))
}

// PushBatch takes many lines through the asker into its pipeline, see [Pipeline.PushBatch], and gives the alerts: they are taken from the
// pipeline.
func (a *Asker) PushBatch(lines [][]byte, now time.Time, events *Events) ([]Alert, error) {
	return a.fill(events, func(lib *library, into uint64) ([]byte, error) {
		given, err := giveLines(lib, lines)
		if err != nil {
			return nil, err
		}
		return a.pushed(lib, abi.AskerPushBatch, into, given.data, given.size, given.ends, uint64(given.count), nanoseconds(now))
	})
}

// PushRecords takes many records through the asker into its pipeline, see [Pipeline.PushRecords], and gives the alerts.
func (a *Asker) PushRecords(records *Records, now time.Time, events *Events) ([]Alert, error) {
	if err := records.check(); err != nil {
		return nil, err
	}
	return a.fill(events, func(lib *library, into uint64) ([]byte, error) {
		given, err := records.give(lib)
		if err != nil {
			return nil, err
		}
		return a.pushed(lib, abi.AskerPushRecords, into, given.data, given.size, given.ends, uint64(given.count),
			given.times, given.levels, given.service, uint64(len(records.Service)), nanoseconds(now))
	})
}

// Advance lets time pass without lines, see [Pipeline.Advance], and gives the alerts.
func (a *Asker) Advance(now time.Time, events *Events) ([]Alert, error) {
	return a.fill(events, func(lib *library, into uint64) ([]byte, error) {
		return a.pushed(lib, abi.AskerAdvance, into, nanoseconds(now))
	})
}

// Finish is the end of the stream, see [Pipeline.Finish]; it gives the alerts.
func (a *Asker) Finish(now time.Time, events *Events) ([]Alert, error) {
	return a.fill(events, func(lib *library, into uint64) ([]byte, error) {
		return a.pushed(lib, abi.AskerFinish, into, nanoseconds(now))
	})
}

// Flush gives the event that the pipeline holds back, see [Pipeline.Flush].
func (a *Asker) Flush(now time.Time, events *Events) error {
	return a.use(func(lib *library) error {
		return lib.filled(events, func(into uint64) error {
			return lib.do(abi.AskerFlush, a.object, lib.object, nanoseconds(now), into)
		})
	})
}

// pushed calls a function that takes asker and pipeline, inputs, and places for events and alerts.
func (a *Asker) pushed(lib *library, function abi.Func, into uint64, inputs ...uint64) ([]byte, error) {
	return lib.document(function, append(append([]uint64{a.object, lib.object}, inputs...), into)...)
}

func (a *Asker) fill(events *Events, call func(lib *library, into uint64) ([]byte, error)) (alerts []Alert, err error) {
	err = a.use(func(lib *library) error {
		return lib.filled(events, func(into uint64) error {
			alerts, err = readAlerts(call(lib, into))
			return err
		})
	})
	return alerts, err
}

// Plan tells what could be asked now, the most valuable first, redacted, and changes nothing. budget is a document such as
// {"max_tokens": 8000}; nil is the default.
func (a *Asker) Plan(now time.Time, budget []byte) (json.RawMessage, error) {
	return a.within(abi.AskerPlan, now, budget)
}

// Offer plans the same, and puts the tasks on the desk, where they wait for Next. It gives a JSON array that says what became of each.
func (a *Asker) Offer(now time.Time, budget []byte) (json.RawMessage, error) {
	return a.within(abi.AskerOffer, now, budget)
}

func (a *Asker) within(function abi.Func, now time.Time, budget []byte) (document json.RawMessage, err error) {
	err = a.use(func(lib *library) error {
		at, err := lib.give(budget)
		if err == nil {
			document, err = lib.document(function, a.object, lib.object, nanoseconds(now), at[0], uint64(len(budget)))
		}
		return err
	})
	return document, err
}

// Next is the most valuable task that waits and fits the day's budget, to be sent now; nil if there is none, or too many are open.
func (a *Asker) Next(now time.Time) (task *Task, err error) {
	err = a.use(func(lib *library) error {
		if err := lib.do(abi.AskerNext, a.object, nanoseconds(now), lib.place(placeResult)); err != nil {
			return err
		}
		task, err = lib.takeTask()
		return err
	})
	return task, err
}

// Answer takes the answer to an open task, by its id; any bytes are an answer. nil if no such task is open.
func (a *Asker) Answer(id string, answer []byte, now time.Time) (*Answered, error) {
	return a.answered(abi.AskerAnswer, a.both, [][]byte{[]byte(id), answer}, now)
}

// GiveUp takes notice that a task was not asked: the model cannot be reached. Its price is given back, its topic rests for a while. It
// gives the answer by rules.
func (a *Asker) GiveUp(id string, now time.Time) (*Answered, error) {
	return a.answered(abi.AskerGiveUp, a.alone, [][]byte{[]byte(id)}, now)
}

func (a *Asker) answered(function abi.Func, objects func(*library) []uint64, inputs [][]byte, now time.Time) (*Answered, error) {
	var answered *Answered
	err := a.use(func(lib *library) error {
		arguments, err := lib.arguments(objects(lib), inputs, nanoseconds(now), lib.place(placeResult))
		if err != nil {
			return err
		}
		document, err := lib.document(function, arguments...)
		if err != nil {
			return err
		}
		object := lib.pointer(placeResult)
		if object == 0 {
			return nil
		}
		answered = &Answered{Raw: document}
		answered.adopt(a.owner, lib, object, abi.AnsweredFree)
		return json.Unmarshal(document, answered)
	})
	return answered, err
}

// Answered is what became of a task. Close it, at the latest with its pipeline.
type Answered struct {
	member
	Accepted bool `json:"accepted"`
	// The answer to use, of the model or by rules, with what was redacted put back: it stays in the host.
	Value json.RawMessage `json:"value"`
	// What was found out about it, with the reasons; null if no answer came.
	Verdict json.RawMessage `json:"verdict"`
	// The answer by rules.
	Fallback json.RawMessage `json:"fallback"`
	// Whether it is no news.
	Repeated bool `json:"repeated"`

	// The document that it was read from, which has more.
	Raw json.RawMessage `json:"-"`
}

// Repair is the task to be asked instead, where the answer was refused and may be repaired; it is open already. Else nil.
func (a *Answered) Repair() (task *Task, err error) {
	err = a.use(func(lib *library) error {
		if err := lib.do(abi.AnsweredRepair, a.object, lib.place(placeResult)); err != nil {
			return err
		}
		task, err = lib.takeTask()
		return err
	})
	return task, err
}

// Adopt lets an answer take effect, on the word of somebody: labels and names on templates, a format in the pipeline's parser. One that is
// not sure changes nothing unless that is wanted. It gives the numbers of the records, for Undo.
func (a *Asker) Adopt(answered *Answered, by string, evenUnsure bool, now time.Time) (records []uint64, err error) {
	err = a.use(func(lib *library) error {
		if answered.owner != a.owner || answered.closed.Load() {
			return wrongArgument("answered", "must be an open one of the same asker")
		}
		at, err := lib.give(abi.BytesOf(by))
		if err != nil {
			return err
		}
		records, err = decoded[[]uint64](lib.document(abi.AskerAdopt, a.object, lib.object, answered.object,
			at[0], uint64(len(by)), flag(evenUnsure), nanoseconds(now)))
		return err
	})
	return records, err
}

// Undo takes an adoption back; false if there is nothing to take back.
func (a *Asker) Undo(record uint64, by string, now time.Time) (undone bool, err error) {
	err = a.use(func(lib *library) error {
		at, err := lib.give(abi.BytesOf(by))
		if err == nil {
			err = lib.do(abi.AskerUndo, a.object, lib.object, record,
				at[0], uint64(len(by)), nanoseconds(now), lib.place(placeResult))
		}
		if err == nil {
			undone = lib.byte(placeResult) != 0
		}
		return err
	})
	return undone, err
}

// Adoptions are all changes that were adopted, the oldest first, those that were taken back included, as a JSON array.
func (a *Asker) Adoptions() (json.RawMessage, error) {
	return a.document(abi.AskerAdoptions, a.alone, nil)
}

// Label is what answers said of a template, as a JSON object: its "label", and in "parameters" the names of its parameters in the order of
// the text; both null where nobody said anything.
func (a *Asker) Label(template uint64) (json.RawMessage, error) {
	return a.document(abi.AskerLabel, a.alone, nil, template)
}

// Digest is the log that was seen as a text of at most so many tokens, redacted, as a JSON object: the "text", and what it covers. name is
// what the text calls the log.
func (a *Asker) Digest(name string, maxTokens int) (json.RawMessage, error) {
	return a.document(abi.AskerDigest, a.both, [][]byte{[]byte(name)}, atMost(maxTokens))
}

// IncidentTemplates are the templates that stand out now, weighed, as a JSON array: what an incident is made of.
func (a *Asker) IncidentTemplates() (json.RawMessage, error) {
	return a.document(abi.AskerIncidentTemplates, a.both, nil)
}

// IndexRows gives a row for each template that was seen, as a JSON array: service, times, hits, level, labels, examples, and with vectors
// the built-in vector of its text. redacted puts texts through the redactor.
func (a *Asker) IndexRows(redacted, vectors bool) (json.RawMessage, error) {
	return a.document(abi.AskerIndexRows, a.both, nil, flag(redacted), flag(vectors))
}

// Lost gives the tasks whose answers did not come in time, with the answers by rules, as a JSON array. Ask now and then.
func (a *Asker) Lost(now time.Time) (json.RawMessage, error) {
	return a.document(abi.AskerLost, a.alone, nil, nanoseconds(now))
}

// Stats tells what was counted, as a JSON object.
func (a *Asker) Stats() (json.RawMessage, error) { return a.document(abi.AskerStats, a.alone, nil) }

// Snapshot is the asker's state as bytes; its pipeline has one of its own. Flush before both.
func (a *Asker) Snapshot() ([]byte, error) { return a.document(abi.AskerSnapshot, a.both, nil) }

// Resume goes on where a snapshot was taken, beside a pipeline that was restored from its own: labels, names and formats are there
// again. After an error nothing is changed.
func (a *Asker) Resume(snapshot []byte) error {
	return a.use(func(lib *library) error {
		at, err := lib.give(snapshot)
		if err != nil {
			return err
		}
		return lib.do(abi.AskerResume, a.object, lib.object, at[0], uint64(len(snapshot)))
	})
}
