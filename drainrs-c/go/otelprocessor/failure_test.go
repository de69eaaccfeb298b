package otelprocessor

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"

	"drainrs"
)

// brittle is an engine that fails where it is told to.
type brittle struct {
	engine
	pushing, showing, alerting error
	closed                     *int
}

var errBroken = errors.New("broken")

func (b *brittle) PushRecords(records *drainrs.Records, now time.Time, events *drainrs.Events) error {
	if b.pushing != nil {
		return b.pushing
	}
	return b.engine.PushRecords(records, now, events)
}

func (b *brittle) TemplateText(id uint64) (string, error) {
	if b.showing != nil {
		return "", b.showing
	}
	return b.engine.TemplateText(id)
}

func (b *brittle) TakeAlerts(most int) ([]drainrs.Alert, error) {
	if b.alerting != nil {
		return nil, b.alerting
	}
	return b.engine.TakeAlerts(most)
}

func (b *brittle) Close() error {
	*b.closed++
	return b.engine.Close()
}

func TestWhatFailsInTheEngineStopsNoRecord(t *testing.T) {
	for name, fault := range map[string]brittle{
		"push": {pushing: errBroken},
		"show": {showing: errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			h := started(t, configured())
			good, closed := h.open, 0
			h.open = func(snapshot []byte) (engine, error) {
				made, err := good(snapshot)
				one := fault
				one.engine, one.closed = made, &closed
				return &one, err
			}
			out := h.process(logsOf("cart", "user 17 logged in", "", "pool is empty"))
			require.Equal(t, []string{"", "", ""}, texts(out, templateKey))
			require.EqualValues(t, 2, h.count("records_failed"))
			require.EqualValues(t, 1, h.count("errors", attribute.String("doing", "mine")))
			require.Equal(t, 1, closed)
			h.requireIdentity()

			h.open = good
			out = h.process(logsOf("cart", "user 17 logged in"))
			require.Equal(t, []string{"user <NUM> logged in"}, texts(out, templateKey), "the next batch has another engine")
			h.requireIdentity()
		})
	}
}

func TestAnEngineThatCannotBeOpenedStopsNoRecord(t *testing.T) {
	h := started(t, configured())
	h.open = func([]byte) (engine, error) { return nil, errBroken }
	out := h.process(logsOf("cart", "user 17 logged in"))
	require.Len(t, recordsIn(out), 1)
	require.EqualValues(t, 1, h.count("records_failed"))
	h.requireIdentity()
}

func TestAlertsThatCannotBeTakenStopNoRecord(t *testing.T) {
	h := started(t, configured(watching(AlertRecords)))
	good, closed := h.open, 0
	h.open = func(snapshot []byte) (engine, error) {
		made, err := good(snapshot)
		return &brittle{engine: made, alerting: errBroken, closed: &closed}, err
	}
	out := h.process(logsOf("cart", "Out of memory: killed process 42"))
	require.Equal(t, []string{"Out of memory: killed process <NUM>"}, texts(out, templateKey))
	require.Equal(t, 1, closed)
	h.requireIdentity()
}
