package drainrs

import (
	"math"

	"drainrs/internal/abi"
)

// Records are messages whose headers somebody else has read, each an event of its own. Use them again after Reset.
type Records struct {
	// Message i ends before Data[Ends[i]] and begins where the message before it ends.
	Data []byte
	Ends []uint32
	// In nanoseconds since 1970 UTC, or NoTime; nil where nothing is known.
	Times []int64
	// nil where nothing is known.
	Levels []Level
	// The service of all; may be empty.
	Service string
}

// Len is the number of records.
func (r *Records) Len() int { return len(r.Ends) }

// Add appends a record. What is beyond 4 GiB together is refused when it is pushed.
func (r *Records) Add(message []byte, at int64, level Level) {
	r.Data = append(r.Data, message...)
	r.Ends = append(r.Ends, uint32(min(uint64(len(r.Data)), math.MaxUint32)))
	r.Times = append(r.Times, at)
	r.Levels = append(r.Levels, level)
}

// Reset forgets the records, and keeps the memory and the service.
func (r *Records) Reset() {
	r.Data, r.Ends, r.Times, r.Levels = r.Data[:0], r.Ends[:0], r.Times[:0], r.Levels[:0]
}

// check finds what would be wrong with them.
func (r *Records) check() error {
	switch {
	case uint64(len(r.Data)) > math.MaxUint32:
		return wrongArgument("Data", "has %d bytes, more than 32 bits can count: take smaller batches", len(r.Data))
	case len(r.Times) != 0 && len(r.Times) != len(r.Ends):
		return wrongArgument("Times", "has %d entries for %d records", len(r.Times), len(r.Ends))
	case len(r.Levels) != 0 && len(r.Levels) != len(r.Ends):
		return wrongArgument("Levels", "has %d entries for %d records", len(r.Levels), len(r.Ends))
	}
	return nil
}

// Records where calls can read them.
type givenRecords struct {
	batch
	times, levels, service uint64
}

// give copies them there.
func (r *Records) give(lib *library) (givenRecords, error) {
	at, err := lib.give(r.Data, abi.AsBytes(r.Ends), abi.AsBytes(r.Times), abi.AsBytes(r.Levels), abi.BytesOf(r.Service))
	lines := batch{data: at[0], size: uint64(len(r.Data)), ends: at[1], count: len(r.Ends)}
	return givenRecords{lines, at[2], at[3], at[4]}, err
}
