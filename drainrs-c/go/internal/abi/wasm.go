//go:build !(drainrs_cgo && cgo)

package abi

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Engine is how the library is run.
const Engine = "wasm"

// PointerSize is how many bytes a pointer and a size_t have in the memory.
const PointerSize uint64 = 4

// build-wasm.sh makes it.
//
//go:embed drainrs.wasm
var module []byte

// Where compiled code is kept; "" for nowhere. Fixed when it is first asked for.
var (
	folder      string
	folderMutex sync.Mutex
	folderFixed bool
)

// KeepCompiled says where compiled code is kept for the next process.
func KeepCompiled(path string) error {
	folderMutex.Lock()
	defer folderMutex.Unlock()
	if folderFixed {
		return errors.New("drainrs: WebAssembly was compiled already: call KeepCompiled before anything else")
	}
	folder = path
	return nil
}

func cache() (wazero.CompilationCache, error) {
	folderMutex.Lock()
	defer folderMutex.Unlock()
	folderFixed = true
	if folder == "" {
		return nil, nil
	}
	return wazero.NewCompilationCacheWithDir(folder)
}

// The compiled module is shared by all instances of the process.
var compiled = sync.OnceValues(func() (*program, error) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, errors.New("WebAssembly keeps numbers with the lowest byte first, this machine does not: use the build tag drainrs_cgo")
	}
	config := wazero.NewRuntimeConfig()
	kept, err := cache()
	if err != nil {
		return nil, err
	}
	if kept != nil {
		config = config.WithCompilationCache(kept)
	}
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	machine := wazero.NewRuntimeWithConfig(ctx, config)
	code, err := machine.CompileModule(ctx, module)
	if err != nil {
		return nil, err
	}
	return &program{machine, code}, nil
})

type program struct {
	machine wazero.Runtime
	code    wazero.CompiledModule
}

// Instance is an instance of the library, with a memory of its own.
type Instance struct {
	module         api.Module
	memory         api.Memory
	alloc, dealloc api.Function
	// Filled when they are called first: each has a stack of its own.
	functions [functions]api.Function
	stack     [mostArguments]uint64
}

// Open makes an instance with a memory of its own.
func Open() (*Instance, error) {
	program, err := compiled()
	if err != nil {
		return nil, err
	}
	// Without a name there may be many of them.
	module, err := program.machine.InstantiateModule(context.Background(), program.code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, err
	}
	in := &Instance{module: module, memory: module.Memory()}
	in.alloc, in.dealloc = module.ExportedFunction("drainrs_alloc"), module.ExportedFunction("drainrs_dealloc")
	version, err := in.Call(GetABIVersion)
	if err == nil && version != ABIVersion {
		err = fmt.Errorf("drainrs.wasm has version %d of the interface, this package is made for %d", version, ABIVersion)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// Call calls a function.
func (in *Instance) Call(function Func, arguments ...uint64) (uint64, error) {
	code := in.functions[function]
	if code == nil {
		if code = in.module.ExportedFunction(names[function]); code == nil {
			return 0, fmt.Errorf("drainrs.wasm has no %s", function)
		}
		in.functions[function] = code
	}
	in.stack[0] = 0
	copy(in.stack[:], arguments)
	if err := code.CallWithStack(context.Background(), in.stack[:]); err != nil {
		return 0, err
	}
	return in.stack[0], nil
}

// Alloc gives memory.
func (in *Instance) Alloc(size uint64) uint64 {
	if size > 1<<32-1 {
		return 0
	}
	in.stack[0] = size
	if in.alloc.CallWithStack(context.Background(), in.stack[:]) != nil {
		return 0
	}
	return uint64(uint32(in.stack[0]))
}

// Dealloc gives memory back.
func (in *Instance) Dealloc(address, size uint64) {
	in.stack[0], in.stack[1] = address, size
	// It fails only where an instance is broken, and then nothing has to be given back.
	_ = in.dealloc.CallWithStack(context.Background(), in.stack[:])
}

// View shows a part of the memory.
func (in *Instance) View(address, size uint64) []byte {
	view, _ := in.memory.Read(uint32(address), uint32(size))
	return view
}

// MemorySize is how many bytes the memory has; it never shrinks.
func (in *Instance) MemorySize() uint32 { return in.memory.Size() }

// Close frees the instance.
func (in *Instance) Close() {
	// Nothing is open in it that could fail to close.
	_ = in.module.Close(context.Background())
}
