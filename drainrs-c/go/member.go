package drainrs

import (
	"sync/atomic"

	"drainrs/internal/abi"
)

// A member is an object in the library of another one, whose lock it shares: calls that take both find them in one memory. It is freed
// with the other one, if nobody closes it before.
type member struct {
	owner  *object
	object uint64
	closed atomic.Bool
}

// join makes a member by a function that takes documents, numbers, and the place of the result.
func (m *member) join(owner *object, make, free abi.Func, documents [][]byte, numbers ...uint64) error {
	return owner.use(func(lib *library) error {
		object, err := lib.construct(make, documents, numbers...)
		if err == nil {
			m.adopt(owner, lib, object, free)
		}
		return err
	})
}

// adopt makes it the member that an object of the library is.
func (m *member) adopt(owner *object, lib *library, object uint64, free abi.Func) {
	if lib.members == nil {
		lib.members = map[uint64]abi.Func{}
	}
	lib.members[object] = free
	m.owner, m.object = owner, object
}

// Close frees it. Calls after it give [ErrClosed], but for Close.
func (m *member) Close() error {
	if m.owner != nil && !m.closed.Swap(true) {
		_ = m.owner.use(func(lib *library) error {
			lib.release(lib.members[m.object], m.object)
			delete(lib.members, m.object)
			return nil
		})
	}
	return nil
}

// use runs a call while nobody else has the library.
func (m *member) use(call func(*library) error) error {
	if m.owner == nil {
		return ErrClosed
	}
	return m.owner.use(func(lib *library) error {
		if m.closed.Load() {
			return ErrClosed
		}
		return call(lib)
	})
}

// document calls a function that takes the objects first, then inputs and numbers, and gives a document.
func (m *member) document(function abi.Func, objects func(*library) []uint64, inputs [][]byte, numbers ...uint64) (document []byte, err error) {
	err = m.use(func(lib *library) error {
		arguments, err := lib.arguments(objects(lib), inputs, numbers...)
		if err != nil {
			return err
		}
		document, err = lib.document(function, arguments...)
		return err
	})
	return document, err
}

// alone is the member without its owner.
func (m *member) alone(*library) []uint64 { return []uint64{m.object} }

// both are the member and its owner.
func (m *member) both(lib *library) []uint64 { return []uint64{m.object, lib.object} }
