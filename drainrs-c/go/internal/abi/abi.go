// Package abi is the border to the library: a memory and a way to call functions in it. Which engine runs behind it is decided when
// the program is built; everything above is written once.
package abi

import (
	"fmt"
	"slices"
	"unsafe"
)

//go:generate go run ../gen ../../../include/drainrs.h .

// Func is a function of the header, by its number.
type Func uint32

// String gives its name in C.
func (f Func) String() string {
	if int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("Func(%d)", uint32(f))
}

// What an Instance of either engine does. It is an instance of the library with a memory, for one goroutine at a time. An address is
// a number, and 0 is NULL.
type instance interface {
	// Call calls a function. Pointers and integers are their numbers, doubles are their bits; a function without a result gives 0.
	// An error means that the function did not return: the instance must not be used any more but to be closed.
	Call(function Func, arguments ...uint64) (uint64, error)

	// Alloc gives size bytes aligned to 8, or 0 if there are none left.
	Alloc(size uint64) uint64

	// Dealloc gives back what Alloc gave for this size.
	Dealloc(address, size uint64)

	// View shows a part of the memory, until the next Call or Alloc.
	View(address, size uint64) []byte

	// Close frees everything.
	Close()
}

var _ instance = (*Instance)(nil)

// The longest parameter list has fewer.
const mostArguments = 20

// Number is what columns are made of.
type Number interface {
	~uint8 | ~uint32 | ~uint64 | ~int64 | ~float64
}

// SizeOf is how many bytes a number has.
func SizeOf[T Number]() uint64 { return uint64(unsafe.Sizeof(*new(T))) }

// Column copies a column out of a view, into memory that is reused. The bytes are in the order of this machine: Open refuses to run
// where they would not be.
func Column[T Number](into []T, view []byte) []T {
	count := len(view) / int(SizeOf[T]())
	into = slices.Grow(into[:0], count)[:count]
	copy(AsBytes(into), view)
	return into
}

// AsBytes shows the memory of numbers.
func AsBytes[T Number](numbers []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(numbers))), len(numbers)*int(SizeOf[T]()))
}

// AsNumbers shows memory that is aligned as numbers.
func AsNumbers[T Number](memory []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(memory))), len(memory)/int(SizeOf[T]()))
}

// BytesOf shows the bytes of a text, to be read only.
func BytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }
