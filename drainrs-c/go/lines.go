package drainrs

import (
	"math"

	"drainrs/internal/abi"
)

// A batch of lines where calls can read it: one buffer and the ends of the lines.
type batch struct {
	data, size, ends uint64
	count            int
	// Further columns behind it, see give.
	more [mostInputs]uint64
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

// giveBuffer does so with lines that are one buffer already, and columns that go with them.
func giveBuffer(lib *library, data []byte, ends []uint32, columns ...[]byte) (batch, error) {
	addresses, err := lib.give(append([][]byte{data, abi.AsBytes(ends)}, columns...)...)
	if err != nil {
		return batch{}, err
	}
	given := batch{data: addresses[0], size: uint64(len(data)), ends: addresses[1], count: len(ends)}
	copy(given.more[:], addresses[2:])
	return given, nil
}
