package drainrs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The cases that every language has to give the same answers to: the README in their folder says how they are run.
const doors = "../../drainrs/tests/golden/doors"

func TestTheAnswersOfEveryLanguage(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(doors, "*", "config.json"))
	check(t, err)
	if len(folders) < 3 {
		t.Fatalf("only %d cases in %s", len(folders), doors)
	}
	for _, config := range folders {
		folder := filepath.Dir(config)
		t.Run(filepath.Base(folder), func(t *testing.T) { runDoor(t, folder) })
	}
}

func runDoor(t *testing.T, folder string) {
	now := time.Unix(1773345600, 0)
	config := must[[]byte](t)(os.ReadFile(filepath.Join(folder, "config.json")))
	p := newTestPipeline(t, string(config))
	lines := doorLines(t, folder)
	events := Events{WithParameters: true, WithContentIDs: true}
	var text strings.Builder
	alerts := []json.RawMessage{}
	take := func() {
		writeDoorEvents(&text, &events)
		for _, alert := range must[[]Alert](t)(p.TakeAlerts(1 << 30)) {
			alerts = append(alerts, alert.Raw)
		}
	}
	for start := 0; start < len(lines); start += 100 {
		check(t, p.PushBatch(lines[start:min(start+100, len(lines))], now, &events))
		take()
	}
	check(t, p.Finish(now, &events))
	take()

	file := func(name string) []byte { return must[[]byte](t)(os.ReadFile(filepath.Join(folder, name))) }
	if want := string(file("events.txt")); text.String() != want {
		t.Errorf("events: %s", firstDifference(text.String(), want))
	}
	sameJSON(t, "templates", must[[]byte](t)(p.document(p.functions.all, nil)), file("templates.json"))
	sameJSON(t, "alerts", must[[]byte](t)(json.Marshal(alerts)), file("alerts.json"))
	want := file("state.snapshot")
	if snapshot := must[[]byte](t)(p.Snapshot()); !bytes.Equal(snapshot, want) {
		t.Errorf("the snapshot is another one, of %d bytes", len(snapshot))
	}
	again := must[*Pipeline](t)(RestorePipeline(want, config, RefuseOtherSettings))
	defer again.Close()
	sameJSON(t, "restored templates", must[[]byte](t)(again.document(again.functions.all, nil)), file("templates.json"))
}

func doorLines(t *testing.T, folder string) [][]byte {
	text, err := os.ReadFile(filepath.Join(folder, "lines.log"))
	if err != nil {
		text = must[[]byte](t)(os.ReadFile("../../drainrs/src/program/sample.log"))
	}
	return bytes.Split(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\n'})
}

func writeDoorEvents(to *strings.Builder, events *Events) {
	for at := range events.Len() {
		when := "-"
		if events.Times[at] != NoTime {
			when = fmt.Sprint(events.Times[at])
		}
		fmt.Fprintf(to, "%d %d %s %d %d %d %s", events.FirstLines[at], events.Lines[at], when,
			events.Levels[at], events.Changes[at], events.Templates[at], ContentID(events.ContentIDs[at]))
		for parameter := range events.Parameters(at) {
			fmt.Fprintf(to, " %d:%d-%d", parameter.Class, parameter.Start, parameter.Stop)
		}
		to.WriteByte('\n')
	}
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for at := range min(len(gotLines), len(wantLines)) {
		if gotLines[at] != wantLines[at] {
			return fmt.Sprintf("line %d is %q, not %q", at+1, gotLines[at], wantLines[at])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(gotLines), len(wantLines))
}

func sameJSON(t *testing.T, what string, got, want []byte) {
	t.Helper()
	gotValue, wantValue := readJSON(t, got), readJSON(t, want)
	if !reflect.DeepEqual(gotValue, wantValue) {
		t.Errorf("%s differ: %s", what, firstDifference(indented(gotValue), indented(wantValue)))
	}
}

func indented(value any) string {
	text, _ := json.MarshalIndent(value, "", " ")
	return string(text)
}

func readJSON(t *testing.T, document []byte) (value any) {
	t.Helper()
	read := json.NewDecoder(bytes.NewReader(document))
	read.UseNumber()
	check(t, read.Decode(&value))
	return value
}
