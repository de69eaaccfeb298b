package drainrs

import "drainrs/internal/abi"

// Hit is what a miner makes of a line.
type Hit struct {
	Template uint64
	Change   Change
}

// Hits are what a miner makes of many lines, as columns with an entry per line. Use them again from call to call.
type Hits struct {
	Templates []uint64
	Changes   []Change
	// The content ids of the templates as they stood then, see [ContentID]. Empty unless WithContentIDs.
	ContentIDs []uint64
	// Empty unless WithParameters; the texts are the lines.
	ParameterColumns

	// Ask for columns that cost time.
	WithParameters, WithContentIDs bool
}

var hitColumns = columnFunctions{
	make: abi.HitsNew, free: abi.HitsFree,
	ends: abi.HitsParameterEnds, starts: abi.HitsParameterStarts, stops: abi.HitsParameterStops,
	classes: abi.HitsParameterClasses, tokens: abi.HitsParameterTokens,
}

// Len is the number of lines.
func (h *Hits) Len() int { return len(h.Templates) }

// object gives the library's own columns for a call to fill; NULL if nobody wants to know.
func (h *Hits) object(lib *library) (uint64, error) {
	if h == nil {
		return 0, nil
	}
	return lib.columnsFor(&hitColumns, asked(h.WithParameters, h.WithContentIDs, false))
}

// read copies what a call filled.
func (h *Hits) read(lib *library) error {
	if h == nil {
		return nil
	}
	read(lib, &h.Templates, abi.HitsTemplates)
	read(lib, &h.Changes, abi.HitsChanges)
	readAsked(lib, &h.ContentIDs, abi.HitsContentIDs, abi.WithContentIDs)
	h.ParameterColumns.read(lib)
	return lib.columns.err
}
