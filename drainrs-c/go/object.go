package drainrs

import (
	"encoding/json"
	"math"
	"runtime"
	"sync"
	"time"

	"drainrs/internal/abi"
)

// An object is what every machine of this package is: something in a library, one call at a time. The lock also keeps the object
// alive until its call is over: it is unlocked last.
type object struct {
	mutex   sync.Mutex
	library *library // nil when closed
	net     runtime.Cleanup
}

// open makes the object by a function that takes documents, numbers, and the place of the result.
func (o *object) open(make, free abi.Func, documents [][]byte, numbers ...uint64) error {
	return o.openIn(free, func(lib *library) (uint64, error) { return lib.construct(make, documents, numbers...) })
}

// openIn makes the object by a call in the library that it will live in.
func (o *object) openIn(free abi.Func, make func(*library) (uint64, error)) error {
	lib, err := newLibrary()
	if err != nil {
		return err
	}
	if lib.object, err = make(lib); err != nil {
		lib.close()
		return err
	}
	lib.free = free
	o.library = lib
	o.net = runtime.AddCleanup(o, (*library).close, lib)
	return nil
}

// opened gives an object, or none and why.
func opened[T any](object *T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return object, nil
}

// construct calls a function that makes an object.
func (lib *library) construct(make abi.Func, documents [][]byte, numbers ...uint64) (uint64, error) {
	arguments, err := lib.arguments(nil, documents, append(numbers, lib.place(placeResult))...)
	if err != nil {
		return 0, err
	}
	if err := lib.do(make, arguments...); err != nil {
		return 0, err
	}
	return lib.pointer(placeResult), nil
}

// Close frees the object. Calls after it give [ErrClosed], but for Close.
func (o *object) Close() error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.library != nil {
		o.net.Stop()
		o.library.close()
		o.library = nil
	}
	return nil
}

// use runs a call while nobody else has the object.
func (o *object) use(call func(*library) error) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.library == nil {
		return ErrClosed
	}
	return call(o.library)
}

// document calls a function that takes the object, inputs and numbers, and gives a document.
func (o *object) document(function abi.Func, inputs [][]byte, numbers ...uint64) (document []byte, err error) {
	err = o.use(func(lib *library) error {
		arguments, err := lib.arguments([]uint64{lib.object}, inputs, numbers...)
		if err != nil {
			return err
		}
		document, err = lib.document(function, arguments...)
		return err
	})
	return document, err
}

// do calls a function that takes the object, inputs and numbers, and gives nothing.
func (o *object) do(function abi.Func, inputs [][]byte, numbers ...uint64) error {
	return o.use(func(lib *library) error {
		arguments, err := lib.arguments([]uint64{lib.object}, inputs, numbers...)
		if err != nil {
			return err
		}
		return lib.do(function, arguments...)
	})
}

// truth calls a function that takes the object, inputs and numbers, and gives 1 or 0.
func (o *object) truth(function abi.Func, inputs [][]byte, numbers ...uint64) (truth bool, err error) {
	err = o.use(func(lib *library) error {
		arguments, err := lib.arguments([]uint64{lib.object}, inputs, append(numbers, lib.place(placeResult))...)
		if err == nil {
			err = lib.do(function, arguments...)
		}
		if err == nil {
			truth = lib.byte(placeResult) != 0
		}
		return err
	})
	return truth, err
}

// deadline calls a function that takes the object, and gives a time or none.
func (o *object) deadline(function abi.Func) (deadline time.Time, ok bool) {
	_ = o.use(func(lib *library) error {
		at, err := lib.call(function, lib.object)
		if err == nil && int64(at) != NoTime {
			deadline, ok = time.Unix(0, int64(at)), true
		}
		return err
	})
	return deadline, ok
}

// count calls a function that takes the object, gives a number, and cannot fail.
func (o *object) count(function abi.Func) (count uint64, err error) {
	err = o.use(func(lib *library) error {
		count, err = lib.call(function, lib.object)
		return err
	})
	return count, err
}

// number calls a function that takes the object and inputs, and gives a number.
func (o *object) number(function abi.Func, inputs ...[]byte) (number uint64, err error) {
	err = o.use(func(lib *library) error {
		arguments, err := lib.arguments([]uint64{lib.object}, inputs, lib.place(placeResult))
		if err != nil {
			return err
		}
		if err := lib.do(function, arguments...); err != nil {
			return err
		}
		number = lib.uint64(placeResult)
		return nil
	})
	return number, err
}

// arguments are objects, inputs and numbers, in this order.
func (lib *library) arguments(objects []uint64, inputs [][]byte, numbers ...uint64) ([]uint64, error) {
	addresses, err := lib.give(inputs...)
	if err != nil {
		return nil, err
	}
	for at, input := range inputs {
		objects = append(objects, addresses[at], uint64(len(input)))
	}
	return append(objects, numbers...), nil
}

// flag is a bool as the library takes it.
func flag(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// atMost is a number of results that a host wants, as the library takes it.
func atMost(most int) uint64 { return uint64(min(max(most, 0), math.MaxInt32)) }

// decoded reads a document that a call gave.
func decoded[T any](document []byte, err error) (T, error) {
	var value T
	if err == nil {
		err = json.Unmarshal(document, &value)
	}
	return value, err
}
