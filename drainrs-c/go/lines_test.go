package drainrs

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// When the tests take place.
var then = time.Unix(1767323045, 0).UTC()

// Messages of a web shop, the same ones every time.
func messages(count int) []string {
	state := uint64(88172645463325252)
	next := func(below uint64) uint64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return state % below
	}
	kinds := []func() string{
		func() string {
			return fmt.Sprintf("user %d logged in from 10.0.%d.%d", next(5000), next(256), next(256))
		},
		func() string { return fmt.Sprintf("charge for ord-%d failed after %d ms", next(90000), next(3000)) },
		func() string { return fmt.Sprintf("GET /api/v1/items/%d 200 %dms", next(10000), next(400)) },
		func() string { return fmt.Sprintf("disk %d is %d%% full", next(8), next(100)) },
		func() string { return fmt.Sprintf("cache miss for key session:%08x", next(1<<32)) },
		func() string { return fmt.Sprintf("worker %d took job %d from queue mail", next(16), next(1<<20)) },
		func() string { return "connection to db-primary closed by peer" },
		func() string {
			return fmt.Sprintf("retry %d of request %08x%08x in %d s", next(5), next(1<<32), next(1<<32), next(60))
		},
	}
	lines := make([]string, count)
	for at := range lines {
		lines[at] = kinds[next(uint64(len(kinds)))]()
	}
	return lines
}

// The log that ships with the library: a web shop on the evening of a deploy.
func sampleLog(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("../../drainrs/src/program/sample.log")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func asBytes(lines []string) [][]byte {
	all := make([][]byte, len(lines))
	for at, line := range lines {
		all[at] = []byte(line)
	}
	return all
}

func asBuffer(lines []string) (data []byte, ends []uint32) {
	for _, line := range lines {
		data = append(data, line...)
		ends = append(ends, uint32(len(data)))
	}
	return data, ends
}

// must gives what a call gives that must not fail.
func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTestMiner(t testing.TB, config string) *Miner {
	t.Helper()
	m, err := NewMiner([]byte(config))
	check(t, err)
	t.Cleanup(func() { m.Close() })
	return m
}

func newTestPipeline(t testing.TB, config string) *Pipeline {
	t.Helper()
	p, err := NewPipeline([]byte(config))
	check(t, err)
	t.Cleanup(func() { p.Close() })
	return p
}
