package drainrs

import "drainrs/internal/abi"

// KeepCompiled keeps what is compiled from WebAssembly to machine code in a folder, so that the next process that does the same starts in
// a fraction of the time. The folder is made if it is not there; nobody else should be able to write to it. Call it before anything
// else; later it is an error. The linked library has nothing to compile.
func KeepCompiled(folder string) error { return abi.KeepCompiled(folder) }
