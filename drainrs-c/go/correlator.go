package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Correlator finds services that moved together within a short while. It names candidates for where to look first, never the cause.
type Correlator struct {
	object
}

// NewCorrelator builds a correlator from a document of settings, in which a topology may stand; nil is the default.
func NewCorrelator(config []byte) (*Correlator, error) {
	c := &Correlator{}
	return opened(c, c.open(abi.CorrelatorNew, abi.CorrelatorFree, [][]byte{config}))
}

// Correlation is services that moved together.
type Correlation struct {
	// From the first to the last movement.
	Window Window `json:"window"`
	// How many templates moved.
	Templates uint64 `json:"templates"`
	// The services, in the order in which they moved.
	Services []string `json:"services"`
	// The best first.
	Candidates []Candidate `json:"candidates"`
	// Movements beyond the limit of the settings.
	Uncounted uint64 `json:"uncounted"`
}

// Candidate is a service that may explain the others.
type Candidate struct {
	Service string `json:"service"`
	// How well it does, 0 to 1.
	Score float64 `json:"score"`
	// When it moved first, in nanoseconds since 1970 UTC.
	MovedAt int64 `json:"moved_at"`
	// Its strongest movement, as a JSON object.
	Strongest json.RawMessage `json:"strongest"`
	// The services that moved after it and, where a topology was given, depend on it.
	Followers []string `json:"followers"`
	// What speaks for it, in sentences.
	Reasons []string `json:"reasons"`
}

// Take takes scores of one service, in the order of notice. Those that are no movement, but information, or that something is back, are
// passed over.
func (c *Correlator) Take(scores []Score, service string) error {
	document, err := json.Marshal(orEmpty(scores))
	if err != nil {
		return wrongArgument("scores", "%v", err)
	}
	return c.do(abi.CorrelatorTake, [][]byte{document, []byte(service)})
}

// Advance takes notice that it is now, in event time, and ends the window at hand if it is over.
func (c *Correlator) Advance(now time.Time) error {
	return c.do(abi.CorrelatorAdvance, nil, nanoseconds(now))
}

// Finish ends the window at hand, at the end of a stream.
func (c *Correlator) Finish() error { return c.do(abi.CorrelatorFinish, nil) }

// NextDeadline is when Advance ends the window at hand; false: never.
func (c *Correlator) NextDeadline() (time.Time, bool) { return c.deadline(abi.CorrelatorNextDeadline) }

// TakeCorrelations gives the correlations that wait, at most so many of them, the oldest first.
func (c *Correlator) TakeCorrelations(most int) ([]Correlation, error) {
	return decoded[[]Correlation](c.document(abi.CorrelatorTakeCorrelations, nil, atMost(most)))
}

// Dropped is how many correlations nobody took in time.
func (c *Correlator) Dropped() (uint64, error) { return c.count(abi.CorrelatorDropped) }
