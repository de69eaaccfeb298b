package drainrs

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

var allColumns = Events{WithParameters: true, WithContentIDs: true, WithTexts: true}

func TestAPipelineReadsHeaders(t *testing.T) {
	p := newTestPipeline(t, "")
	events := allColumns
	lines := []string{
		"2026-01-02T03:04:05Z INFO [shop] user 17 logged in from 10.0.0.7",
		"2026-01-02T03:04:06Z ERROR [shop] charge for ord-1 failed after 30 ms",
	}
	check(t, p.PushStrings(lines, then, &events))
	if events.Len() != 1 || events.FirstLines[0] != 0 || events.Lines[0] != 1 || events.Levels[0] != LevelInfo {
		t.Errorf("first: %+v", events)
	}
	if events.Times[0] != then.UnixNano() || string(events.MinedText(0)) != "user 17 logged in from 10.0.0.7" {
		t.Errorf("first: %v %q", events.Times, events.MinedText(0))
	}
	var values []string
	for parameter := range events.Parameters(0) {
		values = append(values, string(parameter.In(events.MinedText(0))))
	}
	if !slices.Equal(values, []string{"17", "10.0.0.7"}) {
		t.Errorf("values: %v", values)
	}
	if deadline, ok := p.NextDeadline(); !ok || deadline.Before(then) {
		t.Errorf("deadline: %v, %v", deadline, ok)
	}
	check(t, p.Finish(then, &events))
	if events.Len() != 1 || events.FirstLines[0] != 1 || events.Levels[0] != LevelError || len(events.ContentIDs) != 1 {
		t.Errorf("last: %+v", events)
	}
	if events.MinedText(1) != nil || events.Service(7) != nil {
		t.Error("texts of events that are not there")
	}
}

func TestAnEventThatWaitedIsGiven(t *testing.T) {
	p := newTestPipeline(t, "")
	var events Events
	check(t, p.PushStrings([]string{"2026-01-02T03:04:05Z INFO up"}, then, &events))
	if events.Len() != 0 {
		t.Fatal("it did not wait")
	}
	deadline, ok := p.NextDeadline()
	if !ok {
		t.Fatal("no deadline")
	}
	check(t, p.Advance(deadline, &events))
	if events.Len() != 1 {
		t.Errorf("%+v", events)
	}
	check(t, p.PushStrings([]string{"2026-01-02T03:04:06Z INFO up"}, deadline, nil))
	check(t, p.Flush(deadline, &events))
	if events.Len() != 1 || events.FirstLines[0] != 1 {
		t.Errorf("%+v", events)
	}
}

func TestRecordsAreEvents(t *testing.T) {
	p := newTestPipeline(t, `{"filter": {"min_level": "info"}}`)
	events := allColumns
	records := Records{Service: "shop"}
	records.Add([]byte("user 17 logged in"), then.UnixNano(), LevelInfo)
	records.Add([]byte("cache miss"), NoTime, LevelDebug)
	records.Add(nil, 5, LevelUnknown)
	if records.Len() != 3 {
		t.Error(records.Len())
	}
	check(t, p.PushRecords(&records, then, &events))
	if !slices.Equal(events.Times, []int64{then.UnixNano(), NoTime, 5}) || !slices.Equal(events.Levels, records.Levels) {
		t.Errorf("%+v", events)
	}
	if events.Changes[1] != SkippedBelowLevel || !events.Changes[1].Skipped() || events.Templates[1] != 0 || events.ContentIDs[1] != 0 {
		t.Errorf("%+v", events)
	}
	if string(events.Service(0)) != "shop" || string(events.Service(2)) != "shop" || string(events.MinedText(0)) != "user 17 logged in" {
		t.Errorf("%q %q", events.Services, events.Mined)
	}
	records.Reset()
	check(t, p.PushRecords(&records, then, &events))
	if events.Len() != 0 || records.Service != "shop" {
		t.Errorf("%+v", events)
	}
	data, ends := asBuffer([]string{"user 18 logged in", "user 19 logged in"})
	check(t, p.PushRecords(&Records{Data: data, Ends: ends}, then, &events))
	if !slices.Equal(events.Times, []int64{NoTime, NoTime}) || events.Templates[0] != 1 || len(events.Service(0)) != 0 {
		t.Errorf("%+v", events)
	}
	stats := must[PipelineStats](t)(p.Stats())
	if stats.Pipeline.Events != 5 || stats.Pipeline.SkippedBelowLevel != 1 || string(stats.Detector) != "null" {
		t.Errorf("%+v", stats)
	}
}

func TestAllWaysIntoAPipelineGiveTheSame(t *testing.T) {
	lines := sampleLog(t)[:500]
	data, ends := asBuffer(lines)
	var snapshots [][]byte
	for _, way := range []func(*Pipeline, *Events) error{
		func(p *Pipeline, e *Events) error { return p.PushBatch(asBytes(lines), then, e) },
		func(p *Pipeline, e *Events) error { return p.PushStrings(lines, then, e) },
		func(p *Pipeline, e *Events) error { return p.PushBuffer(data, ends, then, e) },
		func(p *Pipeline, _ *Events) error { return p.PushStrings(lines, then, nil) },
	} {
		p := newTestPipeline(t, "")
		events := allColumns
		check(t, way(p, &events))
		check(t, p.Finish(then, nil))
		snapshots = append(snapshots, must[[]byte](t)(p.Snapshot()))
	}
	for _, other := range snapshots[1:] {
		if !slices.Equal(other, snapshots[0]) {
			t.Error("another state")
		}
	}
}

func TestAlertsAreTaken(t *testing.T) {
	p := newTestPipeline(t, `{"detect": {}}`)
	check(t, p.PushStrings(sampleLog(t), then, nil))
	check(t, p.Finish(then, nil))
	if none := must[[]Alert](t)(p.TakeAlerts(0)); len(none) != 0 {
		t.Error("more than were asked for")
	}
	first := must[[]Alert](t)(p.TakeAlerts(1))
	if len(first) != 1 || first[0].ID == 0 || first[0].Status != "opened" || first[0].Score.Kind == "" || first[0].Score.Reason == "" || len(first[0].Raw) == 0 {
		t.Errorf("%+v", first)
	}
	must[[]Alert](t)(p.TakeAlerts(math.MaxInt))
	if left := must[[]Alert](t)(p.TakeAlerts(10)); len(left) != 0 {
		t.Error("they were not taken")
	}
	if stats := must[PipelineStats](t)(p.Stats()); string(stats.Detector) == "null" || stats.DetectorMemory == 0 {
		t.Errorf("%+v", stats)
	}
}

func TestTimesBeyondTheRangeStandStill(t *testing.T) {
	p := newTestPipeline(t, `{"detect": {}}`)
	for _, now := range []time.Time{{}, time.Unix(1<<40, 0), time.Unix(-1<<40, 0)} {
		check(t, p.PushStrings([]string{"up"}, now, nil))
		check(t, p.Advance(now, nil))
	}
}

func TestAPipelineIsAskedWhatItKnows(t *testing.T) {
	p := newTestPipeline(t, `{"detect": {"max_scores": 1000, "max_metrics": 1000}}`)
	var events Events
	check(t, p.PushStrings(sampleLog(t), then, &events))
	check(t, p.Finish(then, &events))
	id, found, err := p.Find([]byte("order ord-12345 placed: 2 items, total 17 EUR"))
	if err != nil || !found || must[string](t)(p.TemplateText(id)) != "order ord-<NUM> placed: <NUM> items, total <NUM> EUR" {
		t.Error(id, found, err)
	}
	if explained := must[json.RawMessage](t)(p.Explain([]byte("order ord-12345 placed: 2 items, total 17 EUR"))); explained[0] != '{' {
		t.Error(string(explained))
	}
	must[*Lineage](t)(p.PollLineage())
	scores := must[[]Score](t)(p.TakeScores(1000))
	if len(scores) == 0 || scores[0].Reason == "" {
		t.Errorf("%+v", scores)
	}
	must[string](t)(p.ServiceName(scores[0].Service))
	var metrics []json.RawMessage
	check(t, json.Unmarshal(must[json.RawMessage](t)(p.TakeMetrics(1000)), &metrics))
	if len(metrics) == 0 {
		t.Error("no metrics")
	}
	if formats := must[[]string](t)(p.DetectedFormats()); len(formats) == 0 {
		t.Error("no formats")
	}
	check(t, p.AddFormat([]byte(`{"name": "own", "pattern": "^(?P<level>[A-Z]+)\\|(?P<message>.*)$"}`)))
	if !must[bool](t)(p.RemoveFormat("own")) || must[bool](t)(p.RemoveFormat("own")) {
		t.Error("removed twice, or never")
	}
	check(t, p.Accept(id))
	check(t, p.SetMode(Detect))
	expect(t, p.SetMode(9), CodeArgument, "mode")
	plain := newTestPipeline(t, `{}`)
	if err := plain.SetMode(Learn); !errors.Is(err, CodeArgument) {
		t.Error(err)
	}
}
