package drainrs

import (
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
// What the joiner holds back is not part of a snapshot: Flush before it is taken.
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

// Flush gives the event that is held back, and leaves the detector alone: before a snapshot, which would not hold it.
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
	number := uint64(min(max(most, 0), math.MaxInt32))
	return readAlerts(p.document(abi.PipelineTakeAlerts, nil, number))
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
