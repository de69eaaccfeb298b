package drainrs

import (
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

// perLine reports what a line took, by the clock and of the processor.
func perLine(b *testing.B, lines int, before time.Duration) {
	all := float64(b.N) * float64(lines)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/all, "ns/line")
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/all, "cpu-ns/line")
}
