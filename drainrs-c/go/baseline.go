package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Baseline is what is usual, learned from logs that are known to be good, to judge other logs by.
type Baseline struct {
	object
}

// NewBaseline makes a baseline that knows nothing yet, from a document of a pipeline's settings; without a "detect" part it gets the
// default one.
func NewBaseline(config []byte) (*Baseline, error) {
	b := &Baseline{}
	return opened(b, b.open(abi.BaselineNew, abi.BaselineFree, [][]byte{config}))
}

// LoadBaseline reads what Save gave, in any language. It has the settings that it was learned under.
func LoadBaseline(saved []byte) (*Baseline, error) {
	b := &Baseline{}
	return opened(b, b.open(abi.BaselineLoad, abi.BaselineFree, [][]byte{saved}))
}

// PushBatch learns from many lines, without newlines, that arrive now.
func (b *Baseline) PushBatch(lines [][]byte, now time.Time) error {
	return b.push(now, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

// PushStrings is PushBatch for texts.
func (b *Baseline) PushStrings(lines []string, now time.Time) error {
	return b.push(now, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

func (b *Baseline) push(now time.Time, give func(*library) (batch, error)) error {
	return b.use(func(lib *library) error {
		lines, err := give(lib)
		if err != nil {
			return err
		}
		return lib.do(abi.BaselinePushBatch, lib.object, lines.data, lines.size, lines.ends, uint64(lines.count), nanoseconds(now))
	})
}

// Finish takes in what is held back, at the end of a log. Others may follow.
func (b *Baseline) Finish(now time.Time) error {
	return b.do(abi.BaselineFinish, nil, nanoseconds(now))
}

// Templates are the templates that are usual, by number.
func (b *Baseline) Templates() ([]Template, error) {
	return decoded[[]Template](b.document(abi.BaselineTemplates, nil))
}

// Counters tells how many lines and events were learned from, as a JSON object.
func (b *Baseline) Counters() (json.RawMessage, error) { return b.document(abi.BaselineCounters, nil) }

// Save is the baseline as bytes: versioned, checksummed, the same bytes for the same state in every language.
func (b *Baseline) Save() ([]byte, error) { return b.document(abi.BaselineSave, nil) }

// CompareWith tells how a later baseline differs, as a JSON object: templates that are new, gone, more frequent, rarer, or have other
// values, the most important first. Rates are compared as shares of all events, so logs need not be of one length. config is a document
// of settings; nil is the default.
func (b *Baseline) CompareWith(after *Baseline, config []byte) (differences json.RawMessage, err error) {
	if after == nil {
		return nil, wrongArgument("after", "must be a baseline, is nil")
	}
	saved, err := after.Save()
	if err != nil {
		return nil, err
	}
	err = b.use(func(lib *library) error {
		return lib.borrowing(abi.BaselineLoad, abi.BaselineFree, saved, func(after uint64) error {
			arguments, err := lib.arguments([]uint64{lib.object, after}, [][]byte{config})
			if err == nil {
				differences, err = lib.document(abi.BaselineCompare, arguments...)
			}
			return err
		})
	})
	return differences, err
}

// NewPipeline makes a pipeline that judges logs by the baseline and learns nothing new. The baseline stays as it is, and may make others.
func (b *Baseline) NewPipeline() (*Pipeline, error) {
	saved, err := b.Save()
	if err != nil {
		return nil, err
	}
	p := &Pipeline{templates{functions: &pipelineTemplates}}
	return opened(p, p.openIn(abi.PipelineFree, func(lib *library) (pipeline uint64, err error) {
		err = lib.borrowing(abi.BaselineLoad, abi.BaselineFree, saved, func(baseline uint64) error {
			pipeline, err = lib.construct(abi.PipelineFromBaseline, nil, baseline)
			return err
		})
		return pipeline, err
	}))
}
