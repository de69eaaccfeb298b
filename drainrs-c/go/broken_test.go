//go:build !(drainrs_cgo && cgo)

package drainrs

import (
	"errors"
	"testing"
)

// A panic of the library is a trap of the engine. An address that no memory has gives one, too.
func TestATrapBreaksTheObjectAndNoOther(t *testing.T) {
	m, other := newTestMiner(t, ""), newTestMiner(t, "")
	must[Hit](t)(m.Insert([]byte("disk full")))
	m.library.object = 0xffff_fff0
	for range 2 {
		_, err := m.Insert([]byte("disk full"))
		expect(t, err, CodePanic, "")
		expect(t, m.InsertStrings(messages(10), &Hits{}), CodePanic, "")
		_, err = m.Snapshot()
		expect(t, err, CodePanic, "")
	}
	check(t, m.Close())
	if _, err := m.Insert(nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	must[Hit](t)(other.Insert([]byte("disk full")))
}

func TestTheMemoryStaysAsItIs(t *testing.T) {
	size := func(m *Miner) uint32 { return m.library.MemorySize() }
	m := newTestMiner(t, "")
	lines := messages(2000)
	hits := Hits{WithParameters: true, WithContentIDs: true}
	for range 5 {
		check(t, m.InsertStrings(lines, &hits))
		must[[]Template](t)(m.Templates())
	}
	before := size(m)
	for range 50 {
		check(t, m.InsertStrings(lines, &hits))
		must[[]Template](t)(m.Templates())
		if _, err := m.Seed("\xff"); err == nil {
			t.Error("no error")
		}
	}
	if after := size(m); after != before {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	// Much at once is given back for others to use.
	check(t, m.InsertBuffer(make([]byte, 2*mostKept), []uint32{2 * mostKept}, nil))
	check(t, m.InsertStrings(lines, nil))
	if m.library.inputsSize > mostKept {
		t.Errorf("%d bytes kept", m.library.inputsSize)
	}
}

func TestMemoryThatIsNotThereIsAnError(t *testing.T) {
	lib := must[*library](t)(newLibrary())
	defer lib.close()
	_, _, err := lib.room(1 << 40)
	expect(t, err, CodeLimit, "")
	_, _, err = lib.room(100)
	check(t, err)
}
