package otelprocessor

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

// standsForKey takes how many records a record stands for that was kept: itself, and those of its template that were left out
// since the one before it.
const standsForKey = "log.record.template.stands_for"

// repeat counts the records of a template.
type repeat struct {
	began   time.Time
	passed  int
	behind  int
	leftOut int64
}

// next is how many records the next one stands for, 0 if it is left out. What is left out at the end of an interval is carried
// on to the next record that is kept. Warnings and worse are always kept, as the engine does in a surge.
func (r *repeat) next(sample *SampleRepeats, level drainrs.Level, now time.Time) int64 {
	if now.Sub(r.began) >= sample.Interval {
		r.began, r.passed, r.behind = now, 0, 0
	}
	if !r.keeps(sample) && level < drainrs.LevelWarn {
		r.leftOut++
		return 0
	}
	stands := r.leftOut + 1
	r.leftOut = 0
	return stands
}

func (r *repeat) keeps(sample *SampleRepeats) bool {
	if r.passed < sample.First {
		r.passed++
		return true
	}
	r.behind++
	return r.behind%sample.OneOf == 0
}

// leaveOut takes the records of a share away that are sampled out, and what is empty then.
func (b *batch) leaveOut(from share) {
	if b.tally.sampledOut == 0 {
		return
	}
	visited, at := -1, 0
	isOut := func(plog.LogRecord) bool {
		visited++
		if at == len(b.places) || b.places[at] != visited {
			return false
		}
		at++
		return b.standsFor[at-1] == 0
	}
	for _, resource := range from.resources {
		resource.ScopeLogs().RemoveIf(func(scope plog.ScopeLogs) bool {
			before := scope.LogRecords().Len()
			scope.LogRecords().RemoveIf(isOut)
			return before > 0 && scope.LogRecords().Len() == 0
		})
	}
}

// dropEmpty takes resources away of which nothing is left.
func dropEmpty(logs plog.Logs) {
	logs.ResourceLogs().RemoveIf(func(resource plog.ResourceLogs) bool { return resource.ScopeLogs().Len() == 0 })
}
