package drainrs

import (
	"encoding/binary"
	"fmt"
	"strings"

	"drainrs/internal/abi"
)

// A library is an instance of the C library with one object in it, and what its calls need: places for results, and memory for
// inputs. All of it is used again from call to call.
type library struct {
	*abi.Instance
	// The object, and what frees it.
	object uint64
	free   abi.Func
	// Where calls write results.
	places uint64
	// Where inputs are written.
	inputs     uint64
	inputsSize uint64
	// A drainrs_buffer; 0 until it is needed.
	buffer uint64
	// Columns; without an object until they are needed.
	columns columns
	// Other objects in it, and what frees them, see member.
	members map[uint64]abi.Func
	// Set when a call did not return: nothing is called any more.
	broken error
}

// The places for results, by where they are.
const (
	placeResult = 8 * iota
	placeSecond
	placeLength
	placeError
	placesSize
)

// Memory for inputs that is larger is given back after the call.
const mostKept = 16 << 20

func newLibrary() (*library, error) {
	instance, err := abi.Open()
	if err != nil {
		return nil, fmt.Errorf("drainrs: %w", err)
	}
	lib := &library{Instance: instance, places: instance.Alloc(placesSize)}
	if lib.places == 0 {
		instance.Close()
		return nil, noMemory(placesSize)
	}
	// The place of the error is read only where a call failed, but freed through: it must hold NULL.
	clear(lib.View(lib.places, placesSize))
	return lib, nil
}

func noMemory(size uint64) error {
	return &Error{CodeLimit, "", fmt.Sprintf("there is no memory for another %d bytes", size)}
}

// close frees everything.
func (lib *library) close() {
	for object, free := range lib.members {
		lib.release(free, object)
	}
	lib.release(lib.free, lib.object)
	lib.release(abi.BufferFree, lib.buffer)
	lib.columns.release(lib)
	if lib.broken == nil {
		lib.Dealloc(lib.inputs, lib.inputsSize)
		lib.Dealloc(lib.places, placesSize)
	}
	lib.Instance.Close()
}

// release frees what the library gave, if it did.
func (lib *library) release(free abi.Func, object uint64) {
	if object != 0 && lib.broken == nil {
		lib.putPointer(placeResult, object)
		_, _ = lib.call(free, lib.place(placeResult))
	}
}

// borrowing makes an object of a document for the time of a call.
func (lib *library) borrowing(make, free abi.Func, document []byte, call func(object uint64) error) error {
	object, err := lib.construct(make, [][]byte{document})
	if err != nil {
		return err
	}
	defer lib.release(free, object)
	return call(object)
}

// call calls a function that cannot fail by itself.
func (lib *library) call(function abi.Func, arguments ...uint64) (uint64, error) {
	if lib.broken != nil {
		return 0, lib.broken
	}
	result, err := lib.Call(function, arguments...)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		lib.broken = &Error{CodePanic, "", fmt.Sprintf("a bug of the library in %s: %s", function, first)}
	}
	return result, lib.broken
}

// The longest parameter list has fewer.
const mostArguments = 20

// do calls a function that gives a status, with the place of the error behind the arguments.
func (lib *library) do(function abi.Func, arguments ...uint64) error {
	var all [mostArguments]uint64
	count := copy(all[:], arguments)
	all[count] = lib.place(placeError)
	status, err := lib.call(function, all[:count+1]...)
	if err != nil || int32(status) == abi.OK {
		return err
	}
	return lib.takeError(Code(int32(status)))
}

// takeError reads and frees the error that a call left.
func (lib *library) takeError(code Code) error {
	object := lib.pointer(placeError)
	path, err := lib.bytes(abi.ErrorPath, object)
	if err != nil {
		return err
	}
	message, err := lib.bytes(abi.ErrorMessage, object)
	if err != nil {
		return err
	}
	_, err = lib.call(abi.ErrorFree, lib.place(placeError))
	if err != nil {
		return err
	}
	return &Error{code, string(path), string(message)}
}

// bytes copies what a getter of bytes gives.
func (lib *library) bytes(getter abi.Func, object uint64) ([]byte, error) {
	return fetch[byte](lib, nil, getter, object)
}

// document calls a function that fills a buffer, and copies what is in it. The buffer is the last argument.
func (lib *library) document(function abi.Func, arguments ...uint64) ([]byte, error) {
	if lib.buffer == 0 {
		buffer, err := lib.call(abi.BufferNew)
		if err != nil {
			return nil, err
		}
		lib.buffer = buffer
	}
	var all [mostArguments]uint64
	count := copy(all[:], arguments)
	all[count] = lib.buffer
	if err := lib.do(function, all[:count+1]...); err != nil {
		return nil, err
	}
	return lib.bytes(abi.BufferData, lib.buffer)
}

// fetch copies a column out of an object, into memory that is reused.
func fetch[T abi.Number](lib *library, into []T, getter abi.Func, object uint64) ([]T, error) {
	address, err := lib.call(getter, object, lib.place(placeLength))
	if err != nil {
		return into[:0], err
	}
	return abi.Column(into, lib.View(address, lib.pointer(placeLength)*abi.SizeOf[T]())), nil
}

// room gives memory for inputs. It is valid, and its address is, until the next call of this.
func (lib *library) room(size uint64) (uint64, []byte, error) {
	if size > lib.inputsSize || lib.inputsSize > mostKept && size <= mostKept {
		if lib.broken != nil {
			return 0, nil, lib.broken
		}
		lib.Dealloc(lib.inputs, lib.inputsSize)
		lib.inputs, lib.inputsSize = 0, 0
		// A little more than is needed now, so that it fits for the next calls, too.
		ample := size + size/4 + 256
		if lib.inputs = lib.Alloc(ample); lib.inputs == 0 {
			return 0, nil, noMemory(ample)
		}
		lib.inputsSize = ample
	}
	return lib.inputs, lib.View(lib.inputs, size), nil
}

// The most inputs that a call has.
const mostInputs = 6

// give copies inputs to where calls can read them, and gives their addresses; that of nothing is NULL.
func (lib *library) give(inputs ...[]byte) ([mostInputs]uint64, error) {
	var addresses [mostInputs]uint64
	size := uint64(0)
	for _, input := range inputs {
		size += aligned(uint64(len(input)))
	}
	address, room, err := lib.room(size)
	if err != nil {
		return addresses, err
	}
	at := uint64(0)
	for number, input := range inputs {
		if len(input) > 0 {
			addresses[number] = address + at
			copy(room[at:], input)
			at += aligned(uint64(len(input)))
		}
	}
	return addresses, nil
}

func aligned(size uint64) uint64 { return (size + 7) &^ 7 }

func (lib *library) place(place uint64) uint64 { return lib.places + place }

// uint64 reads what a call wrote.
func (lib *library) uint64(place uint64) uint64 {
	return binary.NativeEndian.Uint64(lib.View(lib.place(place), 8))
}

// uint32 reads what a call wrote.
func (lib *library) uint32(place uint64) uint32 {
	return binary.NativeEndian.Uint32(lib.View(lib.place(place), 4))
}

// byte reads what a call wrote.
func (lib *library) byte(place uint64) byte { return lib.View(lib.place(place), 1)[0] }

// pointer reads a pointer or a size_t that a call wrote.
func (lib *library) pointer(place uint64) uint64 {
	view := lib.View(lib.place(place), abi.PointerSize)
	if abi.PointerSize == 4 {
		return uint64(binary.NativeEndian.Uint32(view))
	}
	return binary.NativeEndian.Uint64(view)
}

// putPointer writes a pointer for a call to read.
func (lib *library) putPointer(place, pointer uint64) {
	view := lib.View(lib.place(place), abi.PointerSize)
	if abi.PointerSize == 4 {
		binary.NativeEndian.PutUint32(view, uint32(pointer))
		return
	}
	binary.NativeEndian.PutUint64(view, pointer)
}
