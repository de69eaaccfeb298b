package drainrs

import (
	"encoding/json"
	"strconv"

	"drainrs/internal/abi"
)

// Template is a template as a miner shows it.
type Template struct {
	// The number inside its miner: 1, 2, 3, ... never reused.
	ID uint64 `json:"id"`
	// The number that is the same on every host and in every language.
	ContentID ContentID `json:"content_id"`
	// The text with typed placeholders, such as "user <NUM> logged in".
	Text string `json:"text"`
	// The same as parts, see the documentation of the core.
	Pattern json.RawMessage `json:"pattern"`
	// How many lines it has taken in.
	Count uint64 `json:"count"`
	// The earliest and the latest event time among its lines, in nanoseconds since 1970 UTC; nil if none told one.
	FirstSeen *int64 `json:"first_seen"`
	LastSeen  *int64 `json:"last_seen"`
	// The greatest severity among its lines.
	Level Level `json:"level"`
	// Whether it was seeded: never widened, never evicted.
	Pinned bool `json:"pinned"`
	// A fair sample of its lines.
	Examples []string `json:"examples"`
}

// ContentID is a hash of a template: equal on every host for the same template. It changes when the template widens.
type ContentID uint64

// String gives sixteen lower-case hexadecimal digits.
func (c ContentID) String() string {
	digits := strconv.FormatUint(uint64(c), 16)
	return "0000000000000000"[len(digits):] + digits
}

// MarshalText gives the digits.
func (c ContentID) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the digits.
func (c *ContentID) UnmarshalText(text []byte) error {
	number, err := strconv.ParseUint(string(text), 16, 64)
	*c = ContentID(number)
	return err
}

// Lineage is a change of a template's identity that a store of results has to follow.
type Lineage struct {
	// "became": the template widened, its content id changed From To. "merged_into": it widened into the very text of another, Into, was
	// united with it and is gone; Content is the id of both.
	Kind     string    `json:"kind"`
	Template uint64    `json:"template"`
	From, To ContentID `json:",omitempty"`
	Into     uint64    `json:"into,omitempty"`
	Content  ContentID `json:"content,omitempty"`
}

// What a machine with templates is asked, by the functions of its kind.
type templateFunctions struct {
	text, one, all, classNames, seed, find, explain, lineage, snapshot abi.Func
}

// templates is a machine with templates in it.
type templates struct {
	object
	functions *templateFunctions
}

// TemplateText is the text of a template, such as "user <NUM> logged in"; empty if there is none of this number.
func (t *templates) TemplateText(id uint64) (string, error) {
	text, err := t.document(t.functions.text, nil, id)
	return string(text), err
}

// Template is a template; nil if there is none of this number.
func (t *templates) Template(id uint64) (*Template, error) {
	return decoded[*Template](t.document(t.functions.one, nil, id))
}

// Templates are all templates, by number.
func (t *templates) Templates() ([]Template, error) {
	return decoded[[]Template](t.document(t.functions.all, nil))
}

// ClassNames are the names of the classes of parameters, such as "NUM", by their numbers.
func (t *templates) ClassNames() ([]string, error) {
	return decoded[[]string](t.document(t.functions.classNames, nil))
}

// Seed plants a template, such as "user <NUM> logged in", and gives its number: it is never widened and never makes room.
func (t *templates) Seed(text string) (uint64, error) {
	return t.number(t.functions.seed, []byte(text))
}

// Find gives the template that a message belongs to, if there is one, and learns nothing.
func (t *templates) Find(message []byte) (template uint64, found bool, err error) {
	template, err = t.number(t.functions.find, message)
	return template, template != abi.NoTemplate, err
}

// Explain tells why a message belongs where it does: its tokens, its way through the tree, the templates that were compared.
func (t *templates) Explain(message []byte) (json.RawMessage, error) {
	return t.document(t.functions.explain, [][]byte{message})
}

// PollLineage gives the oldest change of a template's identity that nobody took yet; nil if there is none.
func (t *templates) PollLineage() (*Lineage, error) {
	return decoded[*Lineage](t.document(t.functions.lineage, nil))
}

// Snapshot is the whole state as bytes: versioned, checksummed, the same bytes for the same state in every language.
func (t *templates) Snapshot() ([]byte, error) { return t.document(t.functions.snapshot, nil) }
