package drainrs

import "drainrs/internal/abi"

// Normalizer takes messages, and gives their tokens and masked values: what templates are made of. To see what masks and settings do.
type Normalizer struct {
	object
}

// NewNormalizer builds a normalizer from a document of settings, the "normalize" part of a miner's; nil is the default.
func NewNormalizer(config []byte) (*Normalizer, error) {
	n := &Normalizer{}
	return opened(n, n.open(abi.NormalizerNew, abi.NormalizerFree, [][]byte{config}))
}

// Token is a token of a line.
type Token struct {
	Span Span `json:"span"`
	// What stands there.
	Text string `json:"text"`
	// The masked values in it.
	Masks []MaskSpan `json:"masks"`
}

// Span is bytes Start to End of a text.
type Span struct {
	Start uint32 `json:"start"`
	End   uint32 `json:"end"`
}

// MaskSpan is a masked value.
type MaskSpan struct {
	Span  Span   `json:"span"`
	Class string `json:"class"`
}

// MaskedText is a line with a placeholder for every masked value. What was cut at a limit is missing.
func (n *Normalizer) MaskedText(line []byte) (string, error) {
	text, err := n.document(abi.NormalizerMaskedText, [][]byte{line})
	return string(text), err
}

// Tokens are the tokens of a line.
func (n *Normalizer) Tokens(line []byte) ([]Token, error) {
	return decoded[[]Token](n.document(abi.NormalizerTokens, [][]byte{line}))
}

// ClassNames are the names of the classes of masked values, such as "NUM", by their numbers.
func (n *Normalizer) ClassNames() ([]string, error) {
	return decoded[[]string](n.document(abi.NormalizerClassNames, nil))
}

// ExhaustedMasks is how often a mask used up its steps on a line and counted as not matching there: only masks with look-around or
// backreferences can.
func (n *Normalizer) ExhaustedMasks() (uint64, error) { return n.count(abi.NormalizerExhaustedMasks) }
