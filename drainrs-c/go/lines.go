package drainrs

import (
	"math"

	"drainrs/internal/abi"
)

// A batch of lines where calls can read it: one buffer and the ends of the lines.
type batch struct {
	data, size, ends uint64
	count            int
}

// giveLines copies lines to where calls can read them, in one go.
func giveLines[T []byte | string](lib *library, lines []T) (batch, error) {
	size := uint64(0)
	for _, line := range lines {
		size += uint64(len(line))
	}
	if size > math.MaxUint32 {
		return batch{}, wrongArgument("lines", "have %d bytes together, more than 32 bits can count: take smaller batches", size)
	}
	address, room, err := lib.room(aligned(size) + 4*uint64(len(lines)))
	if err != nil {
		return batch{}, err
	}
	ends := abi.AsNumbers[uint32](room[aligned(size):])
	end := 0
	for number, line := range lines {
		end += copy(room[end:], line)
		ends[number] = uint32(end)
	}
	return batch{data: address, size: size, ends: address + aligned(size), count: len(lines)}, nil
}

// giveBuffer does so with lines that are one buffer already.
func giveBuffer(lib *library, data []byte, ends []uint32) (batch, error) {
	at, err := lib.give(data, abi.AsBytes(ends))
	return batch{data: at[0], size: uint64(len(data)), ends: at[1], count: len(ends)}, err
}
