package otelprocessor

import (
	"bytes"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"drainrs"
)

// service is the engine of one service, and what is remembered beside it. All but the name is guarded by the mutex.
type service struct {
	name string

	mu sync.Mutex
	// Closed, saved and out of the list; whoever waited for the mutex looks for its successor.
	retired bool
	// Nil until the first batch, and behind a failure.
	engine    engine
	templates templates
	// How many templates were ever created, and whether those were enough to annotate.
	created int
	warm    bool
	// Whether the engine has learned something since it was saved.
	unsaved bool
	// The resource that alerts are told under when no batch brings one.
	resource pcommon.Resource
	clock    streamClock
}

func newService(name string) *service {
	resource := pcommon.NewResource()
	if name != "" {
		resource.Attributes().PutStr(serviceKey, name)
	}
	return &service{name: name, resource: resource}
}

// use starts over with an engine that has so many templates.
func (s *service) use(engine engine, created int) {
	s.engine, s.created, s.warm = engine, created, false
	s.templates = templates{}
}

// drop closes an engine that failed. The next batch gets another one.
func (s *service) drop() {
	if s.engine != nil {
		_ = s.engine.Close()
		s.engine = nil
	}
	s.unsaved = false
}

// digest hands a batch to the engine, in one call, and decides what becomes of each record.
func (s *service) digest(b *batch, plan plan, now time.Time) error {
	b.events.WithParameters = plan.parameters.any()
	b.events.WithTexts = hasLines(b.slab.Data)
	if err := s.engine.PushRecords(&b.slab, now, &b.events); err != nil {
		return err
	}
	s.unsaved = true
	s.clock.pushed(b.slab.Times, now)
	known, err := s.templates.of(b, s.engine, plan.parameters)
	if err != nil {
		return err
	}
	for i, k := range known {
		b.shown = append(b.shown, s.judge(k, b.events.Changes[i], plan.warmup, &b.tally))
		if b.shown[i] == nil || plan.sample == nil {
			b.standsFor = append(b.standsFor, 1)
			continue
		}
		stands := k.repeat.next(plan.sample, b.slab.Levels[i], now)
		if stands == 0 {
			b.tally.sampledOut++
		}
		b.standsFor = append(b.standsFor, stands)
	}
	return nil
}

// judge is what is written to a record, nil if nothing is, and counts why.
func (s *service) judge(k *known, change drainrs.Change, warmup int, tally *tally) *shown {
	if change == drainrs.Created {
		s.created++
	}
	s.warm = s.warm || s.created >= warmup
	switch {
	case change == drainrs.SkippedBelowLevel:
		tally.skipped[skippedBelowLevel]++
	case change == drainrs.SkippedSurge:
		tally.skipped[skippedSurge]++
	case k == nil || k.shown == nil:
		tally.skipped[skippedTemplateGone]++
	case !s.warm:
		tally.warming++
	default:
		tally.annotated++
		return k.shown
	}
	return nil
}

// hasLines says whether some record may be of several lines: the engine then mines a summary of it.
func hasLines(slab []byte) bool {
	return bytes.IndexByte(slab, '\n') >= 0
}

// streamClock tells the time of a stream whose records may be from the past: it goes on from the latest record as fast as the
// clock on the wall, so that silence is noticed in a replayed file as in a live one.
type streamClock struct {
	latest   int64
	pushedAt time.Time
}

func (c *streamClock) pushed(times []int64, now time.Time) {
	for _, at := range times {
		if at == drainrs.NoTime {
			at = now.UnixNano()
		}
		c.latest = max(c.latest, at)
	}
	c.pushedAt = now
}

// now is false as long as nothing was pushed.
func (c *streamClock) now(wall time.Time) (time.Time, bool) {
	if c.pushedAt.IsZero() {
		return time.Time{}, false
	}
	return time.Unix(0, c.latest).Add(max(0, wall.Sub(c.pushedAt))), true
}
