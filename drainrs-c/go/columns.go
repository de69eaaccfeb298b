package drainrs

import (
	"iter"

	"drainrs/internal/abi"
)

// ParameterColumns are the columns of what stands in the places of templates: a row of lines (or events), each with a row of parameters.
type ParameterColumns struct {
	// Where the parameters of each line end, one per line: those of line i are the entries from ParameterEnds[i-1] (0 for the first)
	// to before ParameterEnds[i] of the others.
	ParameterEnds []uint32
	// The byte of its text at which each parameter starts, and the one before which it stops.
	ParameterStarts, ParameterStops []uint32
	// What each parameter is: ClassNames has a name for it.
	ParameterClasses []uint8
	// The token of the template that each parameter stands in, from 0.
	ParameterTokens []uint32
}

// Parameter is what stands in a place of a template: bytes Start to Stop of the text.
type Parameter struct {
	Start, Stop uint32
	Class       uint8
	Token       uint32
}

// In gives the parameter's value.
func (p Parameter) In(text []byte) []byte { return text[p.Start:p.Stop] }

// Parameters are those of a line, by its number. There are none unless they were asked for.
func (p *ParameterColumns) Parameters(line int) iter.Seq[Parameter] {
	return func(yield func(Parameter) bool) {
		if line >= len(p.ParameterEnds) {
			return
		}
		at := uint32(0)
		if line > 0 {
			at = p.ParameterEnds[line-1]
		}
		for ; at < p.ParameterEnds[line]; at++ {
			one := Parameter{p.ParameterStarts[at], p.ParameterStops[at], p.ParameterClasses[at], p.ParameterTokens[at]}
			if !yield(one) {
				return
			}
		}
	}
}

// The functions of a kind of columns that the library fills.
type columnFunctions struct {
	make, free                           abi.Func
	ends, starts, stops, classes, tokens abi.Func
}

// columns is such an object of the library.
type columns struct {
	object    uint64
	with      uint32
	functions *columnFunctions
	// The first thing that went wrong while they were read.
	err error
}

// columnsFor gives columns that have what is asked for. A machine has one kind of them.
func (lib *library) columnsFor(functions *columnFunctions, with uint32) (uint64, error) {
	if own := &lib.columns; own.object == 0 || own.with != with {
		own.release(lib)
		object, err := lib.call(functions.make, uint64(with))
		if err != nil {
			return 0, err
		}
		*own = columns{object: object, with: with, functions: functions}
	}
	return lib.columns.object, nil
}

func (c *columns) release(lib *library) {
	if c.object != 0 {
		lib.release(c.functions.free, c.object)
		c.object = 0
	}
}

// read copies a column, unless something went wrong before.
func read[T abi.Number](lib *library, into *[]T, getter abi.Func) {
	c := &lib.columns
	if c.err == nil {
		*into, c.err = fetch(lib, *into, getter, c.object)
	}
}

// readAsked is read for a column that is there only if it was asked for.
func readAsked[T abi.Number](lib *library, into *[]T, getter abi.Func, part uint32) {
	if lib.columns.with&part != 0 {
		read(lib, into, getter)
	} else {
		*into = (*into)[:0]
	}
}

func (p *ParameterColumns) read(lib *library) {
	from := lib.columns.functions
	readAsked(lib, &p.ParameterEnds, from.ends, abi.WithParameters)
	readAsked(lib, &p.ParameterStarts, from.starts, abi.WithParameters)
	readAsked(lib, &p.ParameterStops, from.stops, abi.WithParameters)
	readAsked(lib, &p.ParameterClasses, from.classes, abi.WithParameters)
	readAsked(lib, &p.ParameterTokens, from.tokens, abi.WithParameters)
}

// asked sums up what is asked for.
func asked(parameters, contentIDs, texts bool) (with uint32) {
	if parameters {
		with |= abi.WithParameters
	}
	if contentIDs {
		with |= abi.WithContentIDs
	}
	if texts {
		with |= abi.WithTexts
	}
	return with
}
