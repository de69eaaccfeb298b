package drainrs

import (
	"time"

	"drainrs/internal/abi"
)

// Mode is what a scorer does with what it is given.
type Mode uint32

const (
	// Learn takes everything for usual, and says nothing.
	Learn Mode = abi.ModeLearn
	// Detect judges by what was learned, and learns no new things.
	Detect Mode = abi.ModeDetect
	// Adaptive judges and learns at once: what was not flagged is usual from now on.
	Adaptive Mode = abi.ModeAdaptive
)

// Scorer takes events and windows that are over, and gives the scores that are past its threshold. A pipeline with a detector has scorers
// of its own; this one is fed by hand.
type Scorer struct {
	object
}

// NewScorer builds a scorer by its name: "frequency", "novelty", "silence", "sequence", "content", "centroid", or "all" for a battery of
// them. The config is a document of its settings; nil is the default.
func NewScorer(name string, config []byte) (*Scorer, error) {
	s := &Scorer{}
	return opened(s, s.open(abi.ScorerNew, abi.ScorerFree, [][]byte{[]byte(name), config}))
}

// RestoreScorer builds a scorer that goes on where a snapshot was taken, by its name and under the settings that it had.
func RestoreScorer(name string, snapshot, config []byte) (*Scorer, error) {
	s := &Scorer{}
	return opened(s, s.open(abi.ScorerRestore, abi.ScorerFree, [][]byte{[]byte(name), snapshot, config}))
}

// Observation is an event as a scorer takes it.
type Observation struct {
	// In nanoseconds since 1970 UTC, in order.
	At       int64
	Service  uint32
	Template uint64
	Level    Level
	Change   Change
	// 0: one that follows from the template.
	ContentID ContentID
	// May be empty.
	Session string
	Text    []byte
	// Spans of the text, in order.
	Parameters []Parameter
}

// Observe takes an event. It gives scores; none as a rule.
func (s *Scorer) Observe(event *Observation) ([]Score, error) {
	count := len(event.Parameters)
	numbers := make([]uint32, 3*count)
	starts, stops, tokens := numbers[:count], numbers[count:2*count], numbers[2*count:]
	classes := make([]uint8, count)
	for at, one := range event.Parameters {
		starts[at], stops[at], tokens[at], classes[at] = one.Start, one.Stop, one.Token, one.Class
	}
	return s.scores(func(lib *library) ([]byte, error) {
		at, err := lib.give(abi.BytesOf(event.Session), event.Text,
			abi.AsBytes(starts), abi.AsBytes(stops), classes, abi.AsBytes(tokens))
		if err != nil {
			return nil, err
		}
		return lib.document(abi.ScorerObserve, lib.object, uint64(event.At), uint64(event.Service), event.Template,
			uint64(event.Level), uint64(event.Change), uint64(event.ContentID), at[0], uint64(len(event.Session)),
			at[1], uint64(len(event.Text)), at[2], at[3], at[4], at[5], uint64(count))
	})
}

// Tally is how many events a template of a service had in a window.
type Tally struct {
	Service  uint32
	Template uint64
	Events   uint64
}

// CloseWindow takes a window that is over; windows come in order, none left out. Where the input was away for long it is a gap, and its
// tallies are not looked at.
func (s *Scorer) CloseWindow(window Window, tallies []Tally, gap bool) ([]Score, error) {
	services := make([]uint32, len(tallies))
	ids, counts := make([]uint64, len(tallies)), make([]uint64, len(tallies))
	for at, one := range tallies {
		services[at], ids[at], counts[at] = one.Service, one.Template, one.Events
	}
	return s.scores(func(lib *library) ([]byte, error) {
		at, err := lib.give(abi.AsBytes(services), abi.AsBytes(ids), abi.AsBytes(counts))
		if err != nil {
			return nil, err
		}
		return lib.document(abi.ScorerClose, lib.object, uint64(window.Start), uint64(window.End),
			at[0], at[1], at[2], uint64(len(tallies)), flag(gap))
	})
}

// Advance takes notice that it is now, in event time, and that everything before was observed.
func (s *Scorer) Advance(now time.Time) ([]Score, error) {
	return s.scores(func(lib *library) ([]byte, error) {
		return lib.document(abi.ScorerAdvance, lib.object, nanoseconds(now))
	})
}

func (s *Scorer) scores(say func(*library) ([]byte, error)) (scores []Score, err error) {
	err = s.use(func(lib *library) error {
		scores, err = decoded[[]Score](say(lib))
		return err
	})
	return scores, err
}

// NextDeadline is when Advance will have something to say if no event comes before; false: never.
func (s *Scorer) NextDeadline() (time.Time, bool) { return s.deadline(abi.ScorerNextDeadline) }

// Merged takes notice that a template was united with another, in all services.
func (s *Scorer) Merged(gone, into uint64) error { return s.do(abi.ScorerMerged, nil, gone, into) }

// SetMode changes between learning and judging.
func (s *Scorer) SetMode(mode Mode) error { return s.do(abi.ScorerSetMode, nil, uint64(mode)) }

// Snapshot is what was learned as bytes: versioned, checksummed, the same bytes for the same state in every language.
func (s *Scorer) Snapshot() ([]byte, error) { return s.document(abi.ScorerSnapshot, nil) }

// Memory is that of what was learned, in bytes.
func (s *Scorer) Memory() (uint64, error) { return s.count(abi.ScorerMemory) }
