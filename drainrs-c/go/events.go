package drainrs

import (
	"math"

	"drainrs/internal/abi"
)

// NoTime is the time of an event that does not tell one.
const NoTime int64 = math.MinInt64

// Events are what a pipeline makes of many lines, as columns with an entry per completed event. Use them again from call to call.
type Events struct {
	// The number of the first line of each event in its stream, from 0, and how many lines it has.
	FirstLines []uint64
	Lines      []uint32
	// When each event happened, as it says itself, in nanoseconds since 1970 UTC, or NoTime.
	Times  []int64
	Levels []Level
	// The template of each event; 0 where Changes says that it was skipped.
	Templates []uint64
	Changes   []Change
	// The content ids of the templates as they stood then, 0 where skipped, see [ContentID]. Empty unless WithContentIDs.
	ContentIDs []uint64
	// Empty unless WithParameters; the texts are what was mined.
	ParameterColumns
	// What was mined of each event, one behind the other: its message, or for a stack trace its summary. Empty unless WithTexts.
	Mined     []byte
	MinedEnds []uint32
	// The services of the events, one behind the other. Empty unless WithTexts.
	Services    []byte
	ServiceEnds []uint32

	// Ask for columns that cost time.
	WithParameters, WithContentIDs, WithTexts bool
}

var eventColumns = columnFunctions{
	make: abi.EventsNew, free: abi.EventsFree,
	ends: abi.EventsParameterEnds, starts: abi.EventsParameterStarts, stops: abi.EventsParameterStops,
	classes: abi.EventsParameterClasses, tokens: abi.EventsParameterTokens,
}

// Len is the number of events.
func (e *Events) Len() int { return len(e.Templates) }

// MinedText is what was mined of an event; nil unless WithTexts.
func (e *Events) MinedText(event int) []byte { return textOf(e.Mined, e.MinedEnds, event) }

// Service is the service of an event; empty if its header tells none, nil unless WithTexts.
func (e *Events) Service(event int) []byte { return textOf(e.Services, e.ServiceEnds, event) }

func textOf(data []byte, ends []uint32, number int) []byte {
	if number >= len(ends) {
		return nil
	}
	start := uint32(0)
	if number > 0 {
		start = ends[number-1]
	}
	return data[start:ends[number]:ends[number]]
}

// object gives the library's own columns for a call to fill; NULL if nobody wants to know.
func (e *Events) object(lib *library) (uint64, error) {
	if e == nil {
		return 0, nil
	}
	return lib.columnsFor(&eventColumns, asked(e.WithParameters, e.WithContentIDs, e.WithTexts))
}

// read copies what a call filled.
func (e *Events) read(lib *library) error {
	if e == nil {
		return nil
	}
	read(lib, &e.FirstLines, abi.EventsFirstLines)
	read(lib, &e.Lines, abi.EventsLines)
	read(lib, &e.Times, abi.EventsTimes)
	read(lib, &e.Levels, abi.EventsLevels)
	read(lib, &e.Templates, abi.EventsTemplates)
	read(lib, &e.Changes, abi.EventsChanges)
	readAsked(lib, &e.ContentIDs, abi.EventsContentIDs, abi.WithContentIDs)
	e.ParameterColumns.read(lib)
	readAsked(lib, &e.Mined, abi.EventsMined, abi.WithTexts)
	readAsked(lib, &e.MinedEnds, abi.EventsMinedEnds, abi.WithTexts)
	readAsked(lib, &e.Services, abi.EventsServices, abi.WithTexts)
	readAsked(lib, &e.ServiceEnds, abi.EventsServicesEnds, abi.WithTexts)
	return lib.columns.err
}

// filled runs a call that fills events, and reads them.
func (lib *library) filled(events *Events, call func(into uint64) error) error {
	into, err := events.object(lib)
	if err != nil {
		return err
	}
	if err := call(into); err != nil {
		return err
	}
	return events.read(lib)
}
