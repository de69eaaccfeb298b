package drainrs

import (
	"encoding/json"
	"math"
	"time"

	"drainrs/internal/abi"
)

// Pipeline joins the lines of an event, reads its header, mines its message, and with a "detect" part in its settings tells alerts.
// One pipeline serves one source of lines.
type Pipeline struct {
	templates
}

var pipelineTemplates = templateFunctions{
	text: abi.PipelineTemplateText, one: abi.PipelineTemplate, all: abi.PipelineTemplates,
	classNames: abi.PipelineClassNames, seed: abi.PipelineSeed, snapshot: abi.PipelineSnapshot,
	find: abi.PipelineFind, explain: abi.PipelineExplain, lineage: abi.PipelinePollLineage,
}

func newPipeline(make abi.Func, documents [][]byte, numbers ...uint64) (*Pipeline, error) {
	p := &Pipeline{templates{functions: &pipelineTemplates}}
	return opened(p, p.open(make, abi.PipelineFree, documents, numbers...))
}

// NewPipeline builds a pipeline from a document of settings, such as {"filter": {"min_level": "info"}, "detect": {}}; nil is the
// default, which has no detector.
func NewPipeline(config []byte) (*Pipeline, error) {
	return newPipeline(abi.PipelineNew, [][]byte{config})
}

// RestorePipeline builds a pipeline that goes on where a snapshot was taken, by a program in any language. One of a miner will do, too.
// It gives what one that never stopped gives; an event that was held back is held back still.
func RestorePipeline(snapshot, config []byte, on OnOtherSettings) (*Pipeline, error) {
	return newPipeline(abi.PipelineRestore, [][]byte{snapshot, config}, uint64(on))
}

// PushBatch takes many lines, without newlines, that arrive now. The events get an entry per completed event, which is the one before
// the line that completes it; nil if nobody wants to know.
func (p *Pipeline) PushBatch(lines [][]byte, now time.Time, events *Events) error {
	return p.push(now, events, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

// PushStrings is PushBatch for texts.
func (p *Pipeline) PushStrings(lines []string, now time.Time, events *Events) error {
	return p.push(now, events, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

// PushBuffer is PushBatch for lines that are one buffer already: line i ends before data[ends[i]] and begins where the line before it
// ends.
func (p *Pipeline) PushBuffer(data []byte, ends []uint32, now time.Time, events *Events) error {
	return p.push(now, events, func(lib *library) (batch, error) { return giveBuffer(lib, data, ends) })
}

func (p *Pipeline) push(now time.Time, events *Events, give func(*library) (batch, error)) error {
	return p.fill(events, func(lib *library, into uint64) error {
		lines, err := give(lib)
		if err != nil {
			return err
		}
		return lib.do(abi.PipelinePushBatch,
			lib.object, lines.data, lines.size, lines.ends, uint64(lines.count), nanoseconds(now), into)
	})
}

// PushRecords takes many records, each an event of its own. The events get an entry per record; nil if nobody wants to know.
func (p *Pipeline) PushRecords(records *Records, now time.Time, events *Events) error {
	if err := records.check(); err != nil {
		return err
	}
	return p.fill(events, func(lib *library, into uint64) error {
		given, err := records.give(lib)
		if err != nil {
			return err
		}
		return lib.do(abi.PipelinePushRecords,
			lib.object, given.data, given.size, given.ends, uint64(given.count), given.times, given.levels,
			given.service, uint64(len(records.Service)), nanoseconds(now), into)
	})
}

// Advance lets time pass without lines: an event that waited long enough for more lines is given, and the detector closes its windows,
// so that silence is noticed. Call it when nothing came for a while, see NextDeadline.
func (p *Pipeline) Advance(now time.Time, events *Events) error {
	return p.pass(abi.PipelineAdvance, now, events)
}

// Flush gives the event that is held back, and leaves the detector alone: at the end of one source of several. A snapshot needs none of it.
func (p *Pipeline) Flush(now time.Time, events *Events) error {
	return p.pass(abi.PipelineFlush, now, events)
}

// Finish is the end of the stream: it gives the event that is held back, and closes the detector's windows.
func (p *Pipeline) Finish(now time.Time, events *Events) error {
	return p.pass(abi.PipelineFinish, now, events)
}

func (p *Pipeline) pass(function abi.Func, now time.Time, events *Events) error {
	return p.fill(events, func(lib *library, into uint64) error {
		return lib.do(function, lib.object, nanoseconds(now), into)
	})
}

// fill runs a call that fills events.
func (p *Pipeline) fill(events *Events, call func(lib *library, into uint64) error) error {
	return p.use(func(lib *library) error {
		return lib.filled(events, func(into uint64) error { return call(lib, into) })
	})
}

// NextDeadline is when Advance has something to give, if nothing is pushed before; false: never.
func (p *Pipeline) NextDeadline() (time.Time, bool) { return p.deadline(abi.PipelineNextDeadline) }

// TakeAlerts gives the alerts that wait, at most so many of them, the oldest first. Ask after every batch: those that nobody takes make
// room for others.
func (p *Pipeline) TakeAlerts(most int) ([]Alert, error) {
	return readAlerts(p.document(abi.PipelineTakeAlerts, nil, atMost(most)))
}

// TakeScores gives the single scores that wait, at most so many of them, the oldest first. As many wait as the setting "detect.max_scores"
// says: none unless told otherwise.
func (p *Pipeline) TakeScores(most int) ([]Score, error) {
	return decoded[[]Score](p.document(abi.PipelineTakeScores, nil, atMost(most)))
}

// TakeMetrics gives the metrics of windows that wait, at most so many of them, the oldest first, as a JSON array. As many wait as the
// setting "detect.max_metrics" says: none unless told otherwise.
func (p *Pipeline) TakeMetrics(most int) (json.RawMessage, error) {
	return p.document(abi.PipelineTakeMetrics, nil, atMost(most))
}

// ServiceName is the name of a service by its number in scores and metrics; "" for events that name none.
func (p *Pipeline) ServiceName(service uint32) (string, error) {
	name, err := p.document(abi.PipelineServiceName, nil, uint64(service))
	return string(name), err
}

// SetMode lets the detector learn and be silent, judge and learn nothing new, or do both. A pipeline without a detector gives an error.
func (p *Pipeline) SetMode(mode Mode) error { return p.do(abi.PipelineSetMode, nil, uint64(mode)) }

// Accept takes a template, as new as it is, for usual from now on. A pipeline without a detector gives an error.
func (p *Pipeline) Accept(template uint64) error { return p.do(abi.PipelineAccept, nil, template) }

// AddFormat adds a header format, a JSON object with "name" and "pattern".
func (p *Pipeline) AddFormat(format []byte) error {
	return p.do(abi.PipelineAddFormat, [][]byte{format})
}

// RemoveFormat takes a format that was added, or is in the settings, away by its name, see [Parser.RemoveFormat].
func (p *Pipeline) RemoveFormat(name string) (removed bool, err error) {
	return p.truth(abi.PipelineRemoveFormat, [][]byte{[]byte(name)})
}

// DetectedFormats are the names of the header formats that were detected or set, see [Parser.Detected].
func (p *Pipeline) DetectedFormats() ([]string, error) {
	return decoded[[]string](p.document(abi.PipelineDetectedFormats, nil))
}

// Stats tells what was counted.
func (p *Pipeline) Stats() (PipelineStats, error) {
	return decoded[PipelineStats](p.document(abi.PipelineStats, nil))
}

// nanoseconds are those since 1970 UTC, as the library takes a time; at the ends of its range, the years 1677 and 2262, time stands
// still.
func nanoseconds(at time.Time) uint64 {
	const most = math.MaxInt64 / int64(time.Second)
	switch seconds := at.Unix(); {
	case seconds >= most:
		return math.MaxInt64
	case seconds <= -most:
		first := int64(math.MinInt64 + 1)
		return uint64(first)
	}
	return uint64(at.UnixNano())
}
