package drainrs

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
)

func TestAMinerGivesTemplates(t *testing.T) {
	m := newTestMiner(t, "")
	hit := must[Hit](t)(m.Insert([]byte("user 17 logged in from 10.0.0.7")))
	if hit != (Hit{1, Created}) {
		t.Errorf("first: %v", hit)
	}
	hit = must[Hit](t)(m.Insert([]byte("user 23 logged in from 10.0.0.9")))
	if hit != (Hit{1, Unchanged}) {
		t.Errorf("second: %v", hit)
	}
	if text := must[string](t)(m.TemplateText(1)); text != "user <NUM> logged in from <IP>" {
		t.Errorf("text: %q", text)
	}
	if text := must[string](t)(m.TemplateText(2)); text != "" {
		t.Errorf("text of no template: %q", text)
	}
	one := must[*Template](t)(m.Template(1))
	if one == nil || one.ID != 1 || one.Count != 2 || one.Text != "user <NUM> logged in from <IP>" || len(one.Examples) == 0 {
		t.Errorf("template: %+v", one)
	}
	if same := must[*Template](t)(m.TemplateByContent(one.ContentID)); same == nil || same.ID != 1 {
		t.Errorf("by content: %+v", same)
	}
	if none := must[*Template](t)(m.Template(2)); none != nil {
		t.Errorf("no template: %+v", none)
	}
	if all := must[[]Template](t)(m.Templates()); len(all) != 1 || !reflect.DeepEqual(all[0], *one) {
		t.Errorf("templates: %+v", all)
	}
}

func TestAllWaysInGiveTheSame(t *testing.T) {
	lines := messages(500)
	one := newTestMiner(t, "")
	var want Hits
	for _, line := range lines {
		hit := must[Hit](t)(one.Insert([]byte(line)))
		want.Templates, want.Changes = append(want.Templates, hit.Template), append(want.Changes, hit.Change)
	}
	data, ends := asBuffer(lines)
	ways := map[string]func(*Miner, *Hits) error{
		"batch":   func(m *Miner, hits *Hits) error { return m.InsertBatch(asBytes(lines), hits) },
		"strings": func(m *Miner, hits *Hits) error { return m.InsertStrings(lines, hits) },
		"buffer":  func(m *Miner, hits *Hits) error { return m.InsertBuffer(data, ends, hits) },
	}
	snapshot := must[[]byte](t)(one.Snapshot())
	for name, way := range ways {
		for _, with := range []bool{false, true} {
			m := newTestMiner(t, "")
			hits := Hits{WithParameters: with, WithContentIDs: with}
			check(t, way(m, &hits))
			if !slices.Equal(hits.Templates, want.Templates) || !slices.Equal(hits.Changes, want.Changes) {
				t.Errorf("%s gives other hits", name)
			}
			if with != (len(hits.ContentIDs) == len(lines)) || with != (len(hits.ParameterEnds) == len(lines)) {
				t.Errorf("%s: columns that were asked for: %v, are there: %d, %d", name, with, len(hits.ContentIDs), len(hits.ParameterEnds))
			}
			if !slices.Equal(must[[]byte](t)(m.Snapshot()), snapshot) {
				t.Errorf("%s leaves another state", name)
			}
		}
		check(t, way(newTestMiner(t, ""), nil))
	}
}

func TestParametersAreSpansOfTheirLines(t *testing.T) {
	m := newTestMiner(t, "")
	lines := []string{"disk full", "user 17 logged in from 10.0.0.7", ""}
	hits := Hits{WithParameters: true}
	check(t, m.InsertStrings(lines, &hits))
	names := must[[]string](t)(m.ClassNames())
	if len(names) != 64 {
		t.Fatalf("%d classes", len(names))
	}
	var found []string
	for line := range hits.Len() + 1 {
		for parameter := range hits.Parameters(line) {
			found = append(found, names[parameter.Class]+"="+string(parameter.In([]byte(lines[line]))))
		}
	}
	if !slices.Equal(found, []string{"NUM=17", "IP=10.0.0.7"}) {
		t.Errorf("found %v", found)
	}
	for parameter := range hits.Parameters(1) {
		if parameter.Token != 1 {
			t.Errorf("token %d", parameter.Token)
		}
		break
	}
}

func TestHitsAreUsedAgain(t *testing.T) {
	m := newTestMiner(t, "")
	hits := Hits{WithParameters: true, WithContentIDs: true}
	check(t, m.InsertStrings(messages(100), &hits))
	first := &hits.Templates[0]
	hits.WithParameters = false
	check(t, m.InsertStrings(messages(3), &hits))
	if hits.Len() != 3 || len(hits.ContentIDs) != 3 || len(hits.ParameterEnds) != 0 || len(hits.ParameterStarts) != 0 {
		t.Errorf("what is left: %+v", hits)
	}
	if first != &hits.Templates[0] {
		t.Error("the memory is another one")
	}
}

func TestFindLearnsNothing(t *testing.T) {
	m := newTestMiner(t, "")
	must[Hit](t)(m.Insert([]byte("disk 1 is full")))
	before := must[[]byte](t)(m.Snapshot())
	if id, found, err := m.Find([]byte("disk 2 is full")); id != 1 || !found || err != nil {
		t.Error(id, found, err)
	}
	if id, found, err := m.Find([]byte("nothing of the kind")); id != 0 || found || err != nil {
		t.Error(id, found, err)
	}
	if !slices.Equal(before, must[[]byte](t)(m.Snapshot())) {
		t.Error("it learned")
	}
}

func TestASeedIsPinned(t *testing.T) {
	m := newTestMiner(t, "")
	seed := must[uint64](t)(m.Seed("Connection refused by <*> port <NUM>"))
	hit := must[Hit](t)(m.Insert([]byte("Connection refused by db-primary port 5432")))
	if hit.Template != seed || !must[*Template](t)(m.Template(seed)).Pinned {
		t.Error(seed, hit)
	}
	_, err := m.Seed("\xff")
	expect(t, err, CodeArgument, "template")
}

func TestWhatAMinerTells(t *testing.T) {
	m := newTestMiner(t, `{"mine": {"max_templates": 100}}`)
	check(t, m.InsertStrings(messages(200), nil))
	stats := must[MinerStats](t)(m.Stats())
	if stats.Counters.Seen != 200 || stats.Counters.Seen != stats.Counters.Matched+stats.Counters.Created || stats.Memory == 0 {
		t.Errorf("%+v", stats)
	}
	if stats.Templates != uint64(len(must[[]Template](t)(m.Templates()))) {
		t.Errorf("%+v", stats)
	}
	var why struct{ Reason string }
	check(t, json.Unmarshal(must[json.RawMessage](t)(m.Explain([]byte("disk 3 is 4% full"))), &why))
	if why.Reason == "" {
		t.Error("no reason")
	}
	var config struct {
		Mine struct {
			MaxTemplates uint64 `json:"max_templates"`
		}
	}
	check(t, json.Unmarshal(must[[]byte](t)(m.Config()), &config))
	if config.Mine.MaxTemplates != 100 {
		t.Errorf("%+v", config)
	}
	if key := must[uint64](t)(m.ShardKey([]byte("disk full"))); key != must[uint64](t)(m.ShardKey([]byte("link up"))) {
		t.Error("lines of the same length go apart")
	}
}

func TestWhatWidensLeavesALineage(t *testing.T) {
	m := newTestMiner(t, "")
	for _, line := range []string{
		"session opened for user root today", "session opened for user mail today", "session opened for user news today",
		"session opened for user alice today", "session opened for user bob today", "session opened for user eve today",
	} {
		must[Hit](t)(m.Insert([]byte(line)))
	}
	kinds := map[string]int{}
	for {
		lineage := must[*Lineage](t)(m.PollLineage())
		if lineage == nil {
			break
		}
		kinds[lineage.Kind]++
		if lineage.Template == 0 || lineage.Kind == "became" && lineage.From == lineage.To {
			t.Errorf("%+v", lineage)
		}
	}
	if kinds["became"] == 0 {
		t.Errorf("kinds: %v", kinds)
	}
}

func TestMerging(t *testing.T) {
	here, there := newTestMiner(t, ""), newTestMiner(t, "")
	must[Hit](t)(here.Insert([]byte("disk 1 is full")))
	must[Hit](t)(there.Insert([]byte("link eth0 is up")))
	must[Hit](t)(there.Insert([]byte("disk 2 is full")))
	moved := must[map[uint64]uint64](t)(here.Merge(there))
	if !reflect.DeepEqual(moved, map[uint64]uint64{1: 2, 2: 1}) {
		t.Errorf("moved: %v", moved)
	}
	if count := must[*Template](t)(here.Template(1)).Count; count != 2 {
		t.Errorf("count: %d", count)
	}
	_, err := here.Merge(nil)
	expect(t, err, CodeArgument, "other")
	_, err = here.Merge(here)
	expect(t, err, CodeArgument, "other")
	_, err = here.Merge(newTestMiner(t, `{"mine": {"depth": 7}}`))
	if !errors.Is(err, CodeConfig) && !errors.Is(err, CodeSnapshotConfig) {
		t.Errorf("other settings: %v", err)
	}
	closed := newTestMiner(t, "")
	closed.Close()
	if _, err := here.Merge(closed); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestContentIDsAreTextInDocuments(t *testing.T) {
	id := ContentID(0xabc)
	text := must[[]byte](t)(json.Marshal(id))
	if string(text) != `"0000000000000abc"` {
		t.Errorf("%s", text)
	}
	var back ContentID
	check(t, json.Unmarshal(text, &back))
	if back != id {
		t.Error(back)
	}
	if json.Unmarshal([]byte(`"xyz"`), &back) == nil {
		t.Error("no digits, no error")
	}
}
