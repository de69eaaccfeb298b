package drainrs

import (
	"errors"
	"fmt"

	"drainrs/internal/abi"
)

// ErrClosed is what calls give after Close.
var ErrClosed = errors.New("drainrs: closed")

// Code is why a call failed. It is an error itself, so that errors.Is(err, CodeConfig) works.
type Code int32

// The codes are the numbers of the C library. More can be added.
const (
	CodeNull            Code = abi.ErrNull            // something is missing that must be there
	CodeArgument        Code = abi.ErrArgument        // an argument makes no sense
	CodePanic           Code = abi.ErrPanic           // a bug of the library; the object takes no more calls but Close
	CodeConfig          Code = abi.ErrConfig          // a setting is unknown, missing, of the wrong type or out of its range
	CodePattern         Code = abi.ErrPattern         // a pattern does not compile
	CodeLimit           Code = abi.ErrLimit           // a value is larger than a fixed limit
	CodeSnapshot        Code = abi.ErrSnapshot        // a snapshot is damaged, truncated or not a snapshot
	CodeSnapshotVersion Code = abi.ErrSnapshotVersion // a snapshot was written by a version that is not known
	CodeSnapshotConfig  Code = abi.ErrSnapshotConfig  // a snapshot was taken under other settings
	CodeTask            Code = abi.ErrTask            // what should be a saved task is none
	CodeFeature         Code = abi.ErrFeature         // a part that is not compiled in
)

var codeNames = map[Code]string{
	CodeNull:            "null",
	CodeArgument:        "argument",
	CodePanic:           "panic",
	CodeConfig:          "config",
	CodePattern:         "pattern",
	CodeLimit:           "limit",
	CodeSnapshot:        "snapshot",
	CodeSnapshotVersion: "snapshot_version",
	CodeSnapshotConfig:  "snapshot_config",
	CodeTask:            "task",
	CodeFeature:         "feature",
}

// String gives the name, such as "snapshot_version".
func (c Code) String() string {
	if name, ok := codeNames[c]; ok {
		return name
	}
	return fmt.Sprintf("code(%d)", int32(c))
}

// Error gives the name, too.
func (c Code) Error() string { return c.String() }

// Error is why a call failed.
type Error struct {
	Code Code
	// The first wrong setting, such as "mine.depth", the wrong argument, or "".
	Path string
	// What is wrong and what to do, all problems at once.
	Message string
}

// Error gives the message.
func (e *Error) Error() string { return "drainrs: " + e.Message }

// Unwrap gives the code.
func (e *Error) Unwrap() error { return e.Code }

func wrongArgument(name, format string, values ...any) error {
	return &Error{CodeArgument, name, name + " " + fmt.Sprintf(format, values...)}
}
