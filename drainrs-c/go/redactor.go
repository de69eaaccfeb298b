package drainrs

import (
	"encoding/json"

	"drainrs/internal/abi"
)

// Redactor finds personal data and secrets in texts. It keeps nothing of what it sees.
type Redactor struct {
	object
}

// NewRedactor builds a redactor from a document of settings; nil is the default.
func NewRedactor(config []byte) (*Redactor, error) {
	r := &Redactor{}
	return opened(r, r.open(abi.RedactorNew, abi.RedactorFree, [][]byte{config}))
}

// Finding is a secret in a text: bytes Start to End, the word of its placeholder, and the rule that found it.
type Finding struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Word  string `json:"word"`
	Rule  string `json:"rule"`
}

// Redact is a text with its secrets replaced, numbered from 1: "login of <EMAIL_1>". To number several texts together, or to put values
// back, use a [Redaction].
func (r *Redactor) Redact(text []byte) (string, error) {
	redacted, err := r.document(abi.RedactorRedact, [][]byte{text})
	return string(redacted), err
}

// Find gives the secrets of a text, in their order.
func (r *Redactor) Find(text []byte) ([]Finding, error) {
	return decoded[[]Finding](r.document(abi.RedactorFind, [][]byte{text}))
}

// IsClean tells whether no rule finds anything: the last look at what is about to leave.
func (r *Redactor) IsClean(text []byte) (bool, error) {
	return r.truth(abi.RedactorIsClean, [][]byte{text})
}

// Rules are the names of the rules that work.
func (r *Redactor) Rules() ([]string, error) {
	return decoded[[]string](r.document(abi.RedactorRules, nil))
}

// Redaction is the placeholders of texts that are read together, such as one prompt: equal values get equal placeholders, and the values
// can be put back. It holds what was hidden, so it stays with the host. It is closed with its redactor.
type Redaction struct {
	member
}

// NewRedaction begins a redaction that holds nothing yet.
func (r *Redactor) NewRedaction() (*Redaction, error) {
	of := &Redaction{}
	return opened(of, of.join(&r.object, abi.RedactionNew, abi.RedactionFree, nil))
}

// LoadRedaction goes on where a redaction was saved.
func (r *Redactor) LoadRedaction(saved []byte) (*Redaction, error) {
	of := &Redaction{}
	return opened(of, of.join(&r.object, abi.RedactionLoad, abi.RedactionFree, [][]byte{saved}))
}

// Redact is a text with its secrets replaced. Give it texts as they are: one that it wrote itself looks forged to it.
func (r *Redaction) Redact(text []byte) (string, error) {
	redacted, err := r.document(abi.RedactionRedact, r.both, [][]byte{text})
	return string(redacted), err
}

// Restore is a text with the values in place of their placeholders. Other placeholders stay.
func (r *Redaction) Restore(text string) (string, error) {
	restored, err := r.document(abi.RedactionRestore, r.alone, [][]byte{[]byte(text)})
	return string(restored), err
}

// Values are all values by placeholder: what was to be hidden.
func (r *Redaction) Values() (map[string]string, error) {
	return decoded[map[string]string](r.document(abi.RedactionValues, r.alone, nil))
}

// Save is everything, values included. Not to be sent anywhere.
func (r *Redaction) Save() ([]byte, error) { return r.document(abi.RedactionSave, r.alone, nil) }

// Counts tells what was found, as a JSON object: in "counts" how often each rule did, in "forged" how many texts held a placeholder of a
// given value that somebody else wrote, in "more" how many findings had no number of their own because there were too many values.
func (r *Redaction) Counts() (json.RawMessage, error) {
	return r.document(abi.RedactionCounts, r.alone, nil)
}
