//go:build drainrs_cgo && cgo

package abi

// What is linked is what pkg-config says: libdrainrs.so where there is one, else libdrainrs.a.

// #cgo pkg-config: drainrs
// #cgo noescape drainrs_go_call
// #cgo nocallback drainrs_go_call
// #include <stdlib.h>
// #include "trampoline.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Engine is how the library is run.
const Engine = "cgo"

// PointerSize is how many bytes a pointer and a size_t have in the memory.
const PointerSize = uint64(unsafe.Sizeof(C.size_t(0)))

// Instance is an instance of the library. It has no memory of its own, it is all the process's.
type Instance struct {
	arguments [mostArguments]C.uint64_t
}

// KeepCompiled has nothing to do here.
func KeepCompiled(string) error { return nil }

// Open makes an instance.
func Open() (*Instance, error) {
	in := &Instance{}
	if version, _ := in.Call(GetABIVersion); version != ABIVersion {
		return nil, fmt.Errorf("libdrainrs has version %d of the interface, this package is made for %d", version, ABIVersion)
	}
	return in, nil
}

// Call calls a function.
func (in *Instance) Call(function Func, arguments ...uint64) (uint64, error) {
	for at, argument := range arguments {
		in.arguments[at] = C.uint64_t(argument)
	}
	return uint64(C.drainrs_go_call(C.uint32_t(function), &in.arguments[0])), nil
}

// Alloc gives memory.
func (in *Instance) Alloc(size uint64) uint64 {
	// C.malloc never gives NULL to Go, it ends the process; calloc with a count can fail.
	return uint64(uintptr(C.calloc(1, C.size_t(size))))
}

// Dealloc gives memory back.
func (in *Instance) Dealloc(address, size uint64) {
	C.free(pointer(address))
}

// View shows a part of the memory.
func (in *Instance) View(address, size uint64) []byte {
	if size == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(address)), size)
}

// Close frees the instance.
func (in *Instance) Close() {}

// The pointer that an address is. It points to memory of C, of which the garbage collector knows nothing.
func pointer(address uint64) unsafe.Pointer {
	number := uintptr(address)
	return *(*unsafe.Pointer)(unsafe.Pointer(&number))
}
