package drainrs

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestANormalizerShowsWhatMasksDo(t *testing.T) {
	n := must[*Normalizer](t)(NewNormalizer(nil))
	defer n.Close()
	line := []byte("user 17 from 10.0.0.7")
	if text := must[string](t)(n.MaskedText(line)); text != "user <NUM> from <IP>" {
		t.Error(text)
	}
	if names := must[[]string](t)(n.ClassNames()); !slices.Contains(names, "NUM") {
		t.Error(names)
	}
	tokens := must[[]Token](t)(n.Tokens(line))
	if len(tokens) != 4 || tokens[1].Text != "17" || tokens[1].Masks[0].Class == "" || tokens[3].Span != (Span{13, 21}) {
		t.Errorf("%+v", tokens)
	}
	if exhausted := must[uint64](t)(n.ExhaustedMasks()); exhausted != 0 {
		t.Error(exhausted)
	}
	none, err := NewNormalizer([]byte(`{"max_tokens": "many"}`))
	if none != nil || !errors.Is(err, CodeConfig) {
		t.Error(none, err)
	}
}

func TestAParserReadsHeaders(t *testing.T) {
	p := must[*Parser](t)(NewParser(nil))
	defer p.Close()
	parsed := must[Parsed](t)(p.Parse([]byte("2026-01-02T03:04:05Z WARN disk 1 is full")))
	if parsed.At == nil || *parsed.At != then.UnixNano() || parsed.Level != LevelWarn || parsed.Message != "disk 1 is full" || len(parsed.Raw) == 0 {
		t.Errorf("%+v", parsed)
	}
	check(t, p.AddFormat([]byte(`{"name": "own", "pattern": "^(?P<level>[A-Z]+)\\|(?P<message>.*)$"}`)))
	if parsed := must[Parsed](t)(p.Parse([]byte("ERROR|it broke"))); parsed.Format != "own" || parsed.Message != "it broke" {
		t.Errorf("%+v", parsed)
	}
	if p.AddFormat([]byte(`{"name": "bad", "pattern": "("}`)) == nil {
		t.Error("no error")
	}
	if formats := must[json.RawMessage](t)(p.Formats()); !strings.Contains(string(formats), `"own"`) {
		t.Error(string(formats))
	}
	both := must[[]Parsed](t)(p.ParseBatch(asBytes([]string{"ERROR|it broke", "2026-01-02T03:04:05Z WARN disk 1 is full"})))
	if len(both) != 2 || both[0].Message != "it broke" || both[1].Level != LevelWarn || len(both[1].Raw) == 0 {
		t.Errorf("%+v", both)
	}
	must[bool](t)(p.RemoveFormat("own"))
	if must[bool](t)(p.RemoveFormat("never there")) {
		t.Error("removed")
	}
	must[[]string](t)(p.Detected())
	check(t, p.SetReferenceTime(then))
	must[Parsed](t)(p.Parse([]byte("\xff\x00")))
	if counters := must[json.RawMessage](t)(p.Counters()); counters[0] != '{' {
		t.Error(string(counters))
	}
	if names := must[[]string](t)(BuiltInFormats()); len(names) < 10 {
		t.Error(names)
	}
}

func TestARedactorHidesSecrets(t *testing.T) {
	r := must[*Redactor](t)(NewRedactor(nil))
	text := []byte("login of alice@example.com from 10.0.0.7")
	redacted := must[string](t)(r.Redact(text))
	if strings.Contains(redacted, "alice") || must[bool](t)(r.IsClean(text)) || !must[bool](t)(r.IsClean([]byte("disk full"))) {
		t.Error(redacted)
	}
	found := must[[]Finding](t)(r.Find(text))
	if len(found) == 0 || string(text[found[0].Start:found[0].End]) != "alice@example.com" {
		t.Errorf("%+v", found)
	}
	if len(must[[]string](t)(r.Rules())) == 0 {
		t.Error("no rules")
	}

	of := must[*Redaction](t)(r.NewRedaction())
	one := must[string](t)(of.Redact(text))
	two := must[string](t)(of.Redact([]byte("mail to alice@example.com")))
	if !strings.Contains(one, "<EMAIL_1>") || !strings.Contains(two, "<EMAIL_1>") {
		t.Error(one, two)
	}
	if back := must[string](t)(of.Restore(one)); back != string(text) {
		t.Error(back)
	}
	if counts := must[json.RawMessage](t)(of.Counts()); !strings.Contains(string(counts), `"forged":0`) {
		t.Error(string(counts))
	}
	again := must[*Redaction](t)(r.LoadRedaction(must[[]byte](t)(of.Save())))
	if must[map[string]string](t)(again.Values())["<EMAIL_1>"] != "alice@example.com" {
		t.Error("a value is lost")
	}
	_, err := r.LoadRedaction([]byte("{"))
	if !errors.Is(err, CodeArgument) {
		t.Error(err)
	}
	for range 2 {
		check(t, of.Close())
	}
	if _, err := of.Redact(text); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	check(t, r.Close())
	if _, err := again.Values(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	check(t, again.Close())
}

func TestAScorerIsFedByHand(t *testing.T) {
	s := must[*Scorer](t)(NewScorer("all", nil))
	defer s.Close()
	at := then.UnixNano()
	event := Observation{At: at, Template: 1, Level: LevelError, Change: Created, Session: "s", Text: []byte("disk 1 is full"),
		Parameters: []Parameter{{Start: 5, Stop: 6, Class: 1, Token: 1}}}
	must[[]Score](t)(s.Observe(&event))
	must[[]Score](t)(s.Advance(then.Add(time.Second)))
	must[[]Score](t)(s.CloseWindow(Window{at, at + int64(time.Minute)}, []Tally{{0, 1, 1}, {1, 1, 3}}, false))
	must[[]Score](t)(s.CloseWindow(Window{at + int64(time.Minute), at + 2*int64(time.Minute)}, nil, true))
	_, err := s.CloseWindow(Window{}, []Tally{{0, 1, 1}, {0, 1, 3}}, false)
	expect(t, err, CodeArgument, "template_ids")
	s.NextDeadline()
	check(t, s.Merged(1, 2))
	if memory := must[uint64](t)(s.Memory()); memory < 100 {
		t.Error(memory)
	}
	again := must[*Scorer](t)(RestoreScorer("all", must[[]byte](t)(s.Snapshot()), nil))
	defer again.Close()
	if !slices.Equal(must[[]byte](t)(again.Snapshot()), must[[]byte](t)(s.Snapshot())) {
		t.Error("another state")
	}
	check(t, s.SetMode(Detect))
	expect(t, s.SetMode(9), CodeArgument, "mode")
	_, err = NewScorer("mood", nil)
	expect(t, err, CodeArgument, "name")
}

func TestAnAskerMakesTasksAndJudgesAnswers(t *testing.T) {
	p := newTestPipeline(t, `{"detect": {}}`)
	a := must[*Asker](t)(NewAsker(p, nil))
	lines := sampleLog(t)
	var events Events
	alerts := must[[]Alert](t)(a.PushBatch(asBytes(lines), then, &events))
	if len(alerts) == 0 || events.Len() == 0 {
		t.Fatal(len(alerts), events.Len())
	}
	must[[]Alert](t)(a.Advance(then, nil))
	must[[]Alert](t)(a.Finish(then, nil))
	now := time.Unix(0, alerts[len(alerts)-1].At)
	if !strings.Contains(string(must[json.RawMessage](t)(a.Plan(now, nil))), `"tasks"`) {
		t.Error("no plan")
	}
	_, err := a.Plan(now, []byte(`{"max_tokens": 1}`))
	if !errors.Is(err, CodeLimit) {
		t.Error(err)
	}
	must[json.RawMessage](t)(a.Offer(now, nil))
	task := must[*Task](t)(a.Next(now))
	if task == nil || task.ID == "" || task.Kind == "" || task.Text == "" || task.Messages[0] != '[' || task.Schema[0] != '{' {
		t.Fatalf("%+v", task)
	}
	again := must[*Task](t)(LoadTask(task.Save()))
	if again.ID != task.ID || string(again.Document) != string(task.Document) {
		t.Error("another task")
	}
	var verdict struct{ Reasons json.RawMessage }
	check(t, json.Unmarshal(must[json.RawMessage](t)(again.Judge([]byte("no JSON"), now, nil)), &verdict))
	if repair := must[*Task](t)(again.Repair(verdict.Reasons)); repair == nil || repair.ID == task.ID || !strings.Contains(repair.Text, "JSON") {
		t.Errorf("%+v", repair)
	}
	must[json.RawMessage](t)(again.Fallback())
	must[string](t)(again.Restore("<IP_1>"))
	_, err = LoadTask([]byte("{}"))
	if !errors.Is(err, CodeTask) {
		t.Error(err)
	}

	answered := must[*Answered](t)(a.Answer(task.ID, []byte("no JSON"), now))
	if answered == nil || answered.Accepted || len(answered.Raw) == 0 {
		t.Fatalf("%+v", answered)
	}
	if none := must[*Answered](t)(a.Answer("none", nil, now)); none != nil {
		t.Error(none)
	}
	must[*Task](t)(answered.Repair())
	must[[]uint64](t)(a.Adopt(answered, "a test", true, now))
	if must[bool](t)(a.Undo(77, "a test", now)) {
		t.Error("undone")
	}
	if another := must[*Task](t)(a.Next(now)); another != nil {
		must[*Answered](t)(a.GiveUp(another.ID, now))
	}
	if none := must[json.RawMessage](t)(a.Adoptions()); string(none) != "[]" {
		t.Error(string(none))
	}
	if none := must[json.RawMessage](t)(a.Label(1)); string(none) != `{"label":null,"parameters":null}` {
		t.Error(string(none))
	}
	if digest := must[json.RawMessage](t)(a.Digest("shop.log", 2000)); !strings.Contains(string(digest), "shop.log") {
		t.Error(string(digest))
	}
	if unusual := must[json.RawMessage](t)(a.IncidentTemplates()); !strings.Contains(string(unusual), `"weight":`) {
		t.Error(string(unusual))
	}
	var rows []struct{ Vector []float64 }
	check(t, json.Unmarshal(must[json.RawMessage](t)(a.IndexRows(true, true)), &rows))
	if len(rows) != 27 || len(rows[0].Vector) == 0 {
		t.Error(len(rows))
	}
	must[json.RawMessage](t)(a.Lost(now))
	must[json.RawMessage](t)(a.Stats())
	check(t, a.Flush(now, nil))
	snapshot := must[[]byte](t)(a.Snapshot())

	q := must[*Pipeline](t)(RestorePipeline(must[[]byte](t)(p.Snapshot()), nil, AdoptOtherSettings))
	defer q.Close()
	b := must[*Asker](t)(NewAsker(q, nil))
	check(t, b.Resume(snapshot))
	if b.Resume(snapshot[:20]) == nil {
		t.Error("no error")
	}
	_, err = b.Adopt(answered, "", false, now)
	expect(t, err, CodeArgument, "answered")
	var records Records
	records.Add([]byte("disk 1 is full"), NoTime, LevelWarn)
	must[[]Alert](t)(b.PushRecords(&records, now, nil))

	check(t, answered.Close())
	_, err = answered.Repair()
	if !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	check(t, p.Close())
	if _, err := a.Next(now); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
