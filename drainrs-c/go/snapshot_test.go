package drainrs

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestASnapshotGoesOn(t *testing.T) {
	lines := messages(400)
	whole, first := newTestMiner(t, ""), newTestMiner(t, "")
	check(t, whole.InsertStrings(lines, nil))
	check(t, first.InsertStrings(lines[:200], nil))
	second := must[*Miner](t)(RestoreMiner(must[[]byte](t)(first.Snapshot()), nil, RefuseOtherSettings))
	defer second.Close()
	check(t, second.InsertStrings(lines[200:], nil))
	if !bytes.Equal(must[[]byte](t)(whole.Snapshot()), must[[]byte](t)(second.Snapshot())) {
		t.Error("it went on elsewhere")
	}
	// A pipeline takes a miner's, too.
	p := must[*Pipeline](t)(RestorePipeline(must[[]byte](t)(whole.Snapshot()), nil, AdoptOtherSettings))
	defer p.Close()
	if len(must[[]Template](t)(p.Templates())) != len(must[[]Template](t)(whole.Templates())) {
		t.Error("other templates")
	}
}

func TestOtherSettings(t *testing.T) {
	snapshot := must[[]byte](t)(newTestMiner(t, `{"mine": {"depth": 7}}`).Snapshot())
	_, err := RestoreMiner(snapshot, nil, RefuseOtherSettings)
	if !errors.Is(err, CodeSnapshotConfig) {
		t.Error(err)
	}
	adopted := must[*Miner](t)(RestoreMiner(snapshot, nil, AdoptOtherSettings))
	defer adopted.Close()
	if !slices.Equal(must[[]byte](t)(adopted.Config()), must[[]byte](t)(newTestMiner(t, `{"mine": {"depth": 7}}`).Config())) {
		t.Error("other settings than the snapshot's")
	}
}

// damaged fails unless bytes that are no snapshot are an error of that kind.
func damaged(t *testing.T, what string, at int, snapshot []byte) {
	t.Helper()
	m, err := RestoreMiner(snapshot, nil, RefuseOtherSettings)
	if err == nil {
		m.Close()
	}
	if !errors.Is(err, CodeSnapshot) && !errors.Is(err, CodeSnapshotVersion) {
		t.Errorf("%s at %d: %v", what, at, err)
	}
}

func TestADamagedSnapshotIsAnError(t *testing.T) {
	m := newTestMiner(t, "")
	check(t, m.InsertStrings(messages(4), nil))
	snapshot := must[[]byte](t)(m.Snapshot())
	// An instance per length takes its time: all of them at both ends, some of them in between.
	for at := range snapshot {
		if at < 64 || at > len(snapshot)-64 || at%7 == 0 {
			damaged(t, "cut", at, snapshot[:at])
			flipped := bytes.Clone(snapshot)
			flipped[at] ^= 1 << (at % 8)
			damaged(t, "flipped", at, flipped)
		}
	}
	damaged(t, "longer", len(snapshot), append(bytes.Clone(snapshot), 0))
}
