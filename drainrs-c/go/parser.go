package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Parser takes lines, or joined events, and gives what their headers say. It finds out by itself what the lines of a stream look like,
// so one parser serves one stream.
type Parser struct {
	object
}

// NewParser builds a parser from a document of settings, the "parse" part of a pipeline's; nil is the default.
func NewParser(config []byte) (*Parser, error) {
	p := &Parser{}
	return opened(p, p.open(abi.ParserNew, abi.ParserFree, [][]byte{config}))
}

// Parsed is what a line says; "" or nil where it does not say it.
type Parsed struct {
	// When it was written, in nanoseconds since 1970 UTC.
	At      *int64 `json:"at"`
	Level   Level  `json:"level"`
	Service string `json:"service"`
	Host    string `json:"host"`
	Process string `json:"process"`
	Thread  string `json:"thread"`
	Logger  string `json:"logger"`
	Source  string `json:"source"`
	Trace   string `json:"trace"`
	// What templates are made of.
	Message string `json:"message"`
	// The name of the format that fitted.
	Format string `json:"format"`

	// The document that it was read from, which has more.
	Raw json.RawMessage `json:"-"`
}

// Parse reads a line, or a joined event. Nothing is an error; text that is not UTF-8 has replacement characters in it.
func (p *Parser) Parse(line []byte) (Parsed, error) {
	document, err := p.document(abi.ParserParse, [][]byte{line})
	parsed, err := decoded[Parsed](document, err)
	parsed.Raw = document
	return parsed, err
}

// AddFormat adds a header format, a JSON object with "name" and "pattern".
func (p *Parser) AddFormat(format []byte) error {
	return p.do(abi.ParserAddFormat, [][]byte{format})
}

// RemoveFormat takes a format that was added, or is in the settings, away by its name; false if there is none, or it is the only one
// expected.
func (p *Parser) RemoveFormat(name string) (removed bool, err error) {
	return p.truth(abi.ParserRemoveFormat, [][]byte{[]byte(name)})
}

// Formats are the formats that were added or are in the settings, in the order in which they are tried, as a JSON array.
func (p *Parser) Formats() (json.RawMessage, error) { return p.document(abi.ParserFormats, nil) }

// Detected are the names of the formats that were detected or set, the most specific first; none before enough lines were seen.
func (p *Parser) Detected() ([]string, error) {
	return decoded[[]string](p.document(abi.ParserDetected, nil))
}

// SetReferenceTime says when lines were written that name no year.
func (p *Parser) SetReferenceTime(now time.Time) error {
	return p.do(abi.ParserSetReferenceTime, nil, nanoseconds(now))
}

// Counters tells how lines were read, by a known format, by guessing, or not at all, as a JSON object.
func (p *Parser) Counters() (json.RawMessage, error) { return p.document(abi.ParserCounters, nil) }

// ParseBatch reads many lines, with a result per line, see Parse.
func (p *Parser) ParseBatch(lines [][]byte) (parsed []Parsed, err error) {
	err = p.use(func(lib *library) error {
		given, err := giveLines(lib, lines)
		if err != nil {
			return err
		}
		documents, err := decoded[[]json.RawMessage](lib.document(abi.ParserParseBatch,
			lib.object, given.data, given.size, given.ends, uint64(given.count)))
		if err != nil {
			return err
		}
		parsed = make([]Parsed, len(documents))
		for at, document := range documents {
			if parsed[at], err = decoded[Parsed](document, nil); err != nil {
				return err
			}
			parsed[at].Raw = document
		}
		return nil
	})
	return parsed, err
}

// BuiltInFormats are the names of all formats that a parser knows by itself.
func BuiltInFormats() ([]string, error) {
	lib, err := newLibrary()
	if err != nil {
		return nil, err
	}
	defer lib.close()
	return decoded[[]string](lib.document(abi.ParserBuiltInFormats))
}
