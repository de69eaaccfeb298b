package drainrs

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// What the sample log gives. Both engines, and every machine, must give it; UPDATE_EXPECTED=1 writes it anew.
type expected struct {
	Templates []Template
	Alerts    []any
	// Hashes of columns and states.
	Events, Records, Hits           string
	MinerSnapshot, PipelineSnapshot string
}

const expectedFile = "testdata/expected.json"

func TestWhatIsExpected(t *testing.T) {
	lines := sampleLog(t)
	var got expected

	p, detecting := newTestPipeline(t, ""), newTestPipeline(t, `{"detect": {}}`)
	events := allColumns
	for start := 0; start < len(lines); start += 100 {
		check(t, p.PushStrings(lines[start:start+100], then, &events))
		got.Events = hash(got.Events, events)
		check(t, detecting.PushStrings(lines[start:start+100], then, nil))
		got.Alerts = append(got.Alerts, documents(t, must[[]Alert](t)(detecting.TakeAlerts(100)))...)
	}
	check(t, p.Finish(then, &events))
	got.Events = hash(got.Events, events)
	check(t, detecting.Finish(then, nil))
	got.Alerts = append(got.Alerts, documents(t, must[[]Alert](t)(detecting.TakeAlerts(100)))...)
	got.Templates = must[[]Template](t)(p.Templates())
	got.PipelineSnapshot = hash("", must[[]byte](t)(p.Snapshot()))

	records := Records{Service: "shop"}
	for at, message := range messages(1000) {
		records.Add([]byte(message), then.UnixNano()+int64(at), Level(at%9))
	}
	check(t, p.PushRecords(&records, then, &events))
	got.Records = hash("", events)

	m := newTestMiner(t, "")
	hits := Hits{WithParameters: true, WithContentIDs: true}
	check(t, m.InsertStrings(messages(1000), &hits))
	got.Hits = hash("", hits)
	got.MinerSnapshot = hash("", must[[]byte](t)(m.Snapshot()))

	text := append(must[[]byte](t)(json.MarshalIndent(got, "", " ")), '\n')
	if os.Getenv("UPDATE_EXPECTED") != "" {
		check(t, os.WriteFile(expectedFile, text, 0o644))
	}
	want := must[[]byte](t)(os.ReadFile(expectedFile))
	if !bytes.Equal(text, want) {
		at := 0
		for at < min(len(text), len(want)) && text[at] == want[at] {
			at++
		}
		part := func(all []byte) []byte { return all[max(0, at-200):min(len(all), at+200)] }
		t.Errorf("got  ...%s...\nwant ...%s...", part(text), part(want))
	}
}

// hash goes on from a hash with a value.
func hash(before string, value any) string {
	document, _ := json.Marshal(value)
	return fmt.Sprintf("%x", sha256.Sum256(append([]byte(before), document...)))[:32]
}

// documents gives alerts as the library writes them.
func documents(t *testing.T, alerts []Alert) []any {
	all := make([]any, len(alerts))
	for at, alert := range alerts {
		all[at] = readJSON(t, alert.Raw)
	}
	return all
}
