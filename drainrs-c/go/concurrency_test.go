package drainrs

import (
	"errors"
	"runtime"
	"sync"
	"testing"
)

func TestManyGoroutinesUseOneMiner(t *testing.T) {
	m, other := newTestMiner(t, ""), newTestMiner(t, "")
	lines := messages(300)
	const workers = 8
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			var hits Hits
			for at := 0; at < len(lines); at += 50 {
				if err := m.InsertStrings(lines[at:at+50], &hits); err != nil || hits.Len() != 50 {
					t.Error(err, hits.Len())
				}
				for _, line := range lines[at : at+5] {
					if _, found, err := m.Find([]byte(line)); !found || err != nil {
						t.Error(found, err)
					}
					if _, err := other.Insert([]byte(line)); err != nil {
						t.Error(err)
					}
				}
			}
			// Both ways at once: nobody waits for the other.
			if _, err := m.Merge(other); err != nil {
				t.Error(err)
			}
			if _, err := other.Merge(m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if seen := must[MinerStats](t)(m.Stats()).Counters.Seen; seen < workers*uint64(len(lines)) {
		t.Errorf("%d lines", seen)
	}
}

func TestClosingWhileOthersCall(t *testing.T) {
	p := must[*Pipeline](t)(NewPipeline(nil))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var events Events
			for {
				if err := p.PushStrings([]string{"a", "b"}, then, &events); err != nil {
					if !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	for range 3 {
		check(t, p.PushStrings([]string{"c"}, then, nil))
	}
	check(t, p.Close())
	all.Wait()
}

func TestTheCollectorFreesWhatNobodyCloses(t *testing.T) {
	for range 20 {
		m := must[*Miner](t)(NewMiner(nil))
		check(t, m.InsertStrings(messages(10), &Hits{}))
	}
	runtime.GC()
	runtime.GC()
	must[Hit](t)(newTestMiner(t, "").Insert(nil))
}
