package drainrs

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// Lines are repeated over and over, so that what is measured is the daily work: lines that fit a known template.
const benchLines = 10_000

func BenchmarkInsert(b *testing.B) {
	m := newTestMiner(b, "")
	lines := asBytes(messages(benchLines))
	check(b, m.InsertBatch(lines, nil))
	at := 0
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if _, err := m.Insert(lines[at%benchLines]); err != nil {
			b.Fatal(err)
		}
		at++
	}
	perLine(b, 1, before)
}

func benchInsertBatch(b *testing.B, size int, hits *Hits) {
	m := newTestMiner(b, "")
	lines := asBytes(messages(benchLines))
	check(b, m.InsertBatch(lines, hits))
	at := 0
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		start := at * size % benchLines
		if err := m.InsertBatch(lines[start:start+size], hits); err != nil {
			b.Fatal(err)
		}
		at++
	}
	perLine(b, size, before)
}

func BenchmarkInsertBatch100(b *testing.B)   { benchInsertBatch(b, 100, &Hits{}) }
func BenchmarkInsertBatch10000(b *testing.B) { benchInsertBatch(b, 10_000, &Hits{}) }

func BenchmarkInsertBatch10000WithParameters(b *testing.B) {
	benchInsertBatch(b, 10_000, &Hits{WithParameters: true})
}

func BenchmarkInsertBuffer10000(b *testing.B) {
	m := newTestMiner(b, "")
	data, ends := asBuffer(messages(benchLines))
	hits := &Hits{}
	check(b, m.InsertBuffer(data, ends, hits))
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if err := m.InsertBuffer(data, ends, hits); err != nil {
			b.Fatal(err)
		}
	}
	perLine(b, benchLines, before)
}

func benchPushRecords(b *testing.B, size int, config string) {
	p := newTestPipeline(b, config)
	lines := messages(benchLines)
	check(b, p.PushRecords(recordsOf(lines), then, nil))
	records := recordsOf(lines[:size])
	events := &Events{}
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if err := p.PushRecords(records, then, events); err != nil {
			b.Fatal(err)
		}
	}
	perLine(b, size, before)
}

func recordsOf(lines []string) *Records {
	records := &Records{Service: "shop"}
	for at, line := range lines {
		records.Add([]byte(line), then.UnixNano()+int64(at), LevelInfo)
	}
	return records
}

func BenchmarkPushRecords100(b *testing.B)   { benchPushRecords(b, 100, "") }
func BenchmarkPushRecords10000(b *testing.B) { benchPushRecords(b, 10_000, "") }

func BenchmarkNewMiner(b *testing.B) {
	for b.Loop() {
		m, err := NewMiner(nil)
		check(b, err)
		m.Close()
	}
}

// BenchmarkFile mines a whole file with a new miner each time, as the benchmarks of Rust and C do; the fastest time counts. It is
// run by `make bench-doors`, which says which file.
func BenchmarkFile(b *testing.B) {
	path := os.Getenv("DRAINRS_BENCH_LOG")
	if path == "" {
		b.Skip("no file: DRAINRS_BENCH_LOG is not set")
	}
	text, err := os.ReadFile(path)
	check(b, err)
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	whole := func(hits *Hits) func(*Miner) {
		return func(m *Miner) {
			for rest := lines; len(rest) > 0; {
				count := min(len(rest), 1024)
				check(b, m.InsertBatch(rest[:count], hits))
				rest = rest[count:]
			}
		}
	}
	for _, one := range []struct {
		name string
		work func(*Miner)
	}{
		{"single", func(m *Miner) {
			for _, line := range lines {
				_, err := m.Insert(line)
				check(b, err)
			}
		}},
		{"batch", whole(&Hits{})},
		{"parameters", whole(&Hits{WithParameters: true})},
	} {
		b.Run(one.name, func(b *testing.B) {
			best := time.Duration(1 << 62)
			for b.Loop() {
				m, err := NewMiner(nil)
				check(b, err)
				before := cpuTime()
				one.work(m)
				best = min(best, cpuTime()-before)
				check(b, m.Close())
			}
			b.ReportMetric(float64(best.Nanoseconds())/float64(len(lines)), "best-ns/line")
		})
	}
}

// perLine reports what a line took, by the clock and of the processor.
func perLine(b *testing.B, lines int, before time.Duration) {
	all := float64(b.N) * float64(lines)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/all, "ns/line")
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/all, "cpu-ns/line")
}
