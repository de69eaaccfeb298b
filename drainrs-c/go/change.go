package drainrs

import (
	"fmt"

	"drainrs/internal/abi"
)

// Change is what a line did to its template, or why it has none.
type Change uint8

const (
	// Unchanged: the line fits its template as it stands.
	Unchanged Change = abi.ChangeUnchanged
	// Created: the template is new.
	Created Change = abi.ChangeCreated
	// Widened: the template became more general.
	Widened Change = abi.ChangeWidened
	// SkippedBelowLevel: not mined, the level is below the least one.
	SkippedBelowLevel Change = abi.SkippedBelowLevel
	// SkippedSurge: not mined, thinned out in a surge.
	SkippedSurge Change = abi.SkippedSurge
)

// Skipped tells whether the event was not mined: it has no template.
func (c Change) Skipped() bool { return c >= SkippedBelowLevel }

// String gives the name, such as "created".
func (c Change) String() string {
	switch c {
	case Unchanged:
		return "unchanged"
	case Created:
		return "created"
	case Widened:
		return "widened"
	case SkippedBelowLevel:
		return "skipped_below_level"
	case SkippedSurge:
		return "skipped_surge"
	}
	return fmt.Sprintf("change(%d)", uint8(c))
}
