package drainrs

import (
	"sync"

	"drainrs/internal/abi"
)

// Engine tells how the library is run: "wasm" or "cgo".
func Engine() string { return abi.Engine }

// Version is the version of the library, such as "0.1.0"; "" if it cannot be run.
func Version() string { return version() }

var version = sync.OnceValue(func() string {
	lib, err := newLibrary()
	if err != nil {
		return ""
	}
	defer lib.close()
	address, err := lib.call(abi.Version, lib.place(placeLength))
	if err != nil {
		return ""
	}
	return string(lib.View(address, lib.pointer(placeLength)))
})
