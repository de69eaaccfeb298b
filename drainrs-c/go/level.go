package drainrs

import (
	"fmt"

	"drainrs/internal/abi"
)

// Level is how severe an event says it is. Ordered.
type Level uint8

// The levels, from the least.
const (
	LevelUnknown  Level = abi.LevelUnknown
	LevelTrace    Level = abi.LevelTrace
	LevelDebug    Level = abi.LevelDebug
	LevelInfo     Level = abi.LevelInfo
	LevelNotice   Level = abi.LevelNotice
	LevelWarn     Level = abi.LevelWarn
	LevelError    Level = abi.LevelError
	LevelCritical Level = abi.LevelCritical
	LevelFatal    Level = abi.LevelFatal
)

var levelNames = [...]string{"unknown", "trace", "debug", "info", "notice", "warn", "error", "critical", "fatal"}

// String gives the name as in documents, such as "warn".
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText gives the name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the name.
func (l *Level) UnmarshalText(text []byte) error {
	for number, name := range levelNames {
		if name == string(text) {
			*l = Level(number)
			return nil
		}
	}
	return wrongArgument("level", "%q is none", text)
}
