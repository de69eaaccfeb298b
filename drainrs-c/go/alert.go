package drainrs

import "encoding/json"

// Alert is what a person is told: the score that leads it, and what goes with it. Times are nanoseconds since 1970 UTC, in event time.
type Alert struct {
	// The same number from the opening to the end.
	ID uint64 `json:"id"`
	// "opened", "escalated", "ongoing" or "resolved".
	Status string `json:"status"`
	// "low", "medium", "high" or "critical".
	Priority string `json:"priority"`
	// The name under which the host knows whom to tell, see the settings; "" for none.
	Route string `json:"route"`
	// When this was noticed, and when it was noticed first.
	At      int64 `json:"at"`
	FirstAt int64 `json:"first_at"`
	// The service by name, and the template as text; "" where neither is meant.
	Service  string `json:"service"`
	Template string `json:"template"`
	// The score that leads, and others that came with it, the most severe first, up to a limit.
	Score  Score   `json:"score"`
	Others []Score `json:"others"`
	// How many others came with it, those not listed included.
	Grouped uint64 `json:"grouped"`
	// How often the same was noticed and not told since it was told last.
	Suppressed uint64 `json:"suppressed"`
	// Up to three lines.
	Samples []string `json:"samples"`

	// The document that it was read from.
	Raw json.RawMessage `json:"-"`
}

// Score is what a scorer says about a template, a service or a session at one time.
type Score struct {
	Scorer string `json:"scorer"`
	// What was noticed, such as "spike", "new_template" or "silence".
	Kind string `json:"kind"`
	// When it was noticed, and what it is about; a single moment where no window was judged.
	At     int64  `json:"at"`
	Window Window `json:"window"`
	// The number of the service, and of the template; nil for what concerns a whole service or a session.
	Service  uint32  `json:"service"`
	Template *uint64 `json:"template"`
	// The place of the value, where one value is meant.
	Slot *Slot `json:"slot"`
	// The session's key, where a session is meant.
	Session *string `json:"session"`
	// How unusual, 0 to 1, on the scale of all scorers, and -log10 p, of which that is made.
	Severity float64 `json:"severity"`
	Surprise float64 `json:"surprise"`
	// What was seen and what was expected, in the unit of the scorer, and the range that would have been usual.
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	// "up" or "down".
	Direction string `json:"direction"`
	// The level of the events.
	Level Level `json:"level"`
	// Whether the scorer was still learning what is usual here.
	Unverified bool `json:"unverified"`
	// A sentence for people, the numbers in it.
	Reason string `json:"reason"`
	// Further numbers.
	Evidence []Evidence `json:"evidence"`
	// A line to look at, where one is at hand.
	Sample *string `json:"sample"`
}

// Window is from a moment to before another, in nanoseconds since 1970 UTC.
type Window struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// Slot is a place for values in a template.
type Slot struct {
	// The token of the template, from 0, and the value among those of the token, from 0.
	Token   uint32 `json:"token"`
	Ordinal uint32 `json:"ordinal"`
}

// Evidence is a number that speaks for a score.
type Evidence struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// orEmpty are scores as a document has them: an array in any case.
func orEmpty(scores []Score) []Score {
	if scores == nil {
		return []Score{}
	}
	return scores
}

// readAlerts reads what a call gave.
func readAlerts(document []byte, err error) ([]Alert, error) {
	documents, err := decoded[[]json.RawMessage](document, err)
	if err != nil {
		return nil, err
	}
	alerts := make([]Alert, len(documents))
	for at, document := range documents {
		if alerts[at], err = decoded[Alert](document, nil); err != nil {
			return nil, err
		}
		alerts[at].Raw = document
	}
	return alerts, nil
}
