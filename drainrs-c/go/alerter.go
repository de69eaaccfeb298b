package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Alerter takes scores, and gives alerts: what comes together is told once, what repeats is held back, and a day has a budget. A
// pipeline with a detector has one of its own; this one is for scores of a [Scorer], or of a host's own.
type Alerter struct {
	object
}

// NewAlerter builds an alerter from a document of settings; nil is the default.
func NewAlerter(config []byte) (*Alerter, error) {
	a := &Alerter{}
	return opened(a, a.open(abi.AlerterNew, abi.AlerterFree, [][]byte{config}))
}

// RestoreAlerter builds an alerter that goes on where a snapshot was taken, under the settings that it had.
func RestoreAlerter(snapshot, config []byte) (*Alerter, error) {
	a := &Alerter{}
	return opened(a, a.open(abi.AlerterRestore, abi.AlerterFree, [][]byte{snapshot, config}))
}

// Take takes scores, in the order of notice. Alerts wait for TakeAlerts.
func (a *Alerter) Take(scores []Score) error {
	document, err := json.Marshal(orEmpty(scores))
	if err != nil {
		return wrongArgument("scores", "%v", err)
	}
	return a.do(abi.AlerterTake, [][]byte{document})
}

// Check looks whether a text matches one of the fixed rules of the settings, and if so takes it as an alert.
func (a *Alerter) Check(at int64, service uint32, template uint64, level Level, text []byte) error {
	return a.use(func(lib *library) error {
		input, err := lib.give(text)
		if err != nil {
			return err
		}
		return lib.do(abi.AlerterCheck, lib.object, uint64(at), uint64(service), template, uint64(level), input[0], uint64(len(text)))
	})
}

// Advance takes notice that it is now, in event time: what waited long enough is told.
func (a *Alerter) Advance(now time.Time) error {
	return a.do(abi.AlerterAdvance, nil, nanoseconds(now))
}

// Finish tells what still waits for company, at the end of a stream.
func (a *Alerter) Finish() error { return a.do(abi.AlerterFinish, nil) }

// NextDeadline is when Advance has something to tell; false: never.
func (a *Alerter) NextDeadline() (time.Time, bool) { return a.deadline(abi.AlerterNextDeadline) }

// TakeAlerts gives the alerts that wait, at most so many of them, the oldest first. Names of services and texts of templates are not
// filled in: only a pipeline knows them.
func (a *Alerter) TakeAlerts(most int) ([]Alert, error) {
	return readAlerts(a.document(abi.AlerterTakeAlerts, nil, atMost(most)))
}

// Counters tells what became of scores, as a JSON object.
func (a *Alerter) Counters() (json.RawMessage, error) { return a.document(abi.AlerterCounters, nil) }

// Snapshot is what it remembers as bytes: versioned, checksummed, the same bytes for the same state in every language.
func (a *Alerter) Snapshot() ([]byte, error) { return a.document(abi.AlerterSnapshot, nil) }
