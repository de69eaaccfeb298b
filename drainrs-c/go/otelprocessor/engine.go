package otelprocessor

import (
	"time"

	"drainrs"
)

// engine is what a service needs of a drainrs.Pipeline.
type engine interface {
	PushRecords(records *drainrs.Records, now time.Time, events *drainrs.Events) error
	Advance(now time.Time, events *drainrs.Events) error
	TakeAlerts(most int) ([]drainrs.Alert, error)
	TemplateText(id uint64) (string, error)
	ClassNames() ([]string, error)
	Find(message []byte) (template uint64, found bool, err error)
	Template(id uint64) (*drainrs.Template, error)
	Seed(text string) (uint64, error)
	Stats() (drainrs.PipelineStats, error)
	Snapshot() ([]byte, error)
	Close() error
}

// openEngine gives an engine that goes on where the snapshot was taken, or a new one if there is none.
type openEngine func(snapshot []byte) (engine, error)

func engineOpener(settings []byte) openEngine {
	return func(snapshot []byte) (engine, error) {
		if snapshot == nil {
			return asEngine(drainrs.NewPipeline(settings))
		}
		return asEngine(drainrs.RestorePipeline(snapshot, settings, drainrs.RefuseOtherSettings))
	}
}

// asEngine keeps a nil pointer from becoming an engine that is not nil.
func asEngine(pipeline *drainrs.Pipeline, err error) (engine, error) {
	if err != nil {
		return nil, err
	}
	return pipeline, nil
}
