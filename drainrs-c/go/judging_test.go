package drainrs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// spikes are scores of a burst of errors, as a scorer gives them after an hour of quiet.
func spikes(t *testing.T) []Score {
	t.Helper()
	s := must[*Scorer](t)(NewScorer("frequency", nil))
	defer s.Close()
	at := then.UnixNano()
	for range 120 {
		window := Window{at, at + int64(time.Minute)}
		quiet := must[[]Score](t)(s.CloseWindow(window, []Tally{{0, 1, 20}}, false))
		if len(quiet) > 0 {
			t.Fatalf("%+v", quiet)
		}
		at = window.End
	}
	scores := must[[]Score](t)(s.CloseWindow(Window{at, at + int64(time.Minute)}, []Tally{{0, 1, 4000}}, false))
	if len(scores) == 0 || scores[0].Kind != "spike" {
		t.Fatalf("%+v", scores)
	}
	return scores
}

func TestAnAlerterTellsWhatComesTogetherOnce(t *testing.T) {
	a := must[*Alerter](t)(NewAlerter([]byte(`{"rules": [{"name": "fire", "pattern": "house is on fire", "priority": "critical"}]}`)))
	defer a.Close()
	scores := spikes(t)
	check(t, a.Take(scores))
	check(t, a.Take(nil))
	at := scores[0].At
	check(t, a.Check(at, 0, 7, LevelError, []byte("the house is on fire")))
	check(t, a.Check(at, 0, 8, LevelError, []byte("the house is fine")))
	snapshot := must[[]byte](t)(a.Snapshot())
	if _, there := a.NextDeadline(); !there {
		t.Error("never")
	}
	check(t, a.Advance(time.Unix(0, at).Add(time.Second)))
	check(t, a.Finish())
	told := must[[]Alert](t)(a.TakeAlerts(10))
	if len(told) == 0 || told[0].Status != "opened" || len(told[0].Raw) == 0 {
		t.Fatalf("%+v", told)
	}
	fire := slices.ContainsFunc(told, func(one Alert) bool { return one.Priority == "critical" })
	spike := slices.ContainsFunc(told, func(one Alert) bool {
		return one.Score.Kind == "spike" && one.Score.Observed == scores[0].Observed && one.Score.Reason == scores[0].Reason ||
			slices.ContainsFunc(one.Others, func(other Score) bool { return other.Kind == "spike" })
	})
	if !fire || !spike {
		t.Errorf("%+v", told)
	}
	if counters := must[json.RawMessage](t)(a.Counters()); counters[0] != '{' {
		t.Error(string(counters))
	}

	again := must[*Alerter](t)(RestoreAlerter(snapshot, []byte(`{"rules": [{"name": "fire", "pattern": "house is on fire", "priority": "critical"}]}`)))
	defer again.Close()
	check(t, again.Advance(time.Unix(0, at).Add(time.Second)))
	check(t, again.Finish())
	if retold := must[[]Alert](t)(again.TakeAlerts(10)); len(retold) != len(told) || string(retold[0].Raw) != string(told[0].Raw) {
		t.Errorf("%+v", retold)
	}
	_, err := RestoreAlerter(snapshot[:9], nil)
	if !errors.Is(err, CodeSnapshot) {
		t.Error(err)
	}
	_, err = NewAlerter([]byte(`{"budget_per_day": "much"}`))
	if !errors.Is(err, CodeConfig) {
		t.Error(err)
	}
}

func TestACorrelatorNamesCandidates(t *testing.T) {
	c := must[*Correlator](t)(NewCorrelator([]byte(`{"min_templates": 2, "topology": {"payment": ["database"]}}`)))
	defer c.Close()
	scores := spikes(t)
	check(t, c.Take(scores, "database"))
	later := slices.Clone(scores)
	for at := range later {
		later[at].At += int64(time.Second)
		later[at].Window.Start += int64(time.Second)
		later[at].Window.End += int64(time.Second)
	}
	check(t, c.Take(later, "payment"))
	check(t, c.Take(nil, "checkout"))
	deadline, there := c.NextDeadline()
	if !there {
		t.Fatal("never")
	}
	check(t, c.Advance(deadline))
	check(t, c.Finish())
	found := must[[]Correlation](t)(c.TakeCorrelations(10))
	if len(found) != 1 || !slices.Equal(found[0].Services, []string{"database", "payment"}) {
		t.Fatalf("%+v", found)
	}
	best := found[0].Candidates[0]
	if best.Service != "database" || !slices.Equal(best.Followers, []string{"payment"}) || len(best.Reasons) == 0 || best.Strongest[0] != '{' {
		t.Errorf("%+v", best)
	}
	if dropped := must[uint64](t)(c.Dropped()); dropped != 0 {
		t.Error(dropped)
	}
}

func TestAGuardLetsRunWhatRulesAllow(t *testing.T) {
	settings := []byte(`{"autonomy": "auto_low_risk", "max_failures": 1, "max_audit": 3, "max_per_hour": 100, "cooldown_ns": 0,
		"actions": [{"name": "restart", "risk": "low", "targets": ["pay*"], "verify": "is it up"}]}`)
	proposal := []byte(`{"action": "restart", "target": "payment", "confidence": 0.99}`)

	careful := must[*Guard](t)(NewGuard(nil))
	defer careful.Close()
	if decision := must[Decision](t)(careful.Decide(proposal, "ann", then)); decision.Verdict != "suggest" || decision.Run != nil {
		t.Errorf("%+v", decision)
	}

	g := must[*Guard](t)(NewGuard(settings))
	defer g.Close()
	decision := must[Decision](t)(g.Decide(proposal, "", then))
	if decision.Verdict != "run" || decision.Run == nil || decision.Risk != "low" || decision.Verify == nil || *decision.Verify != "is it up" {
		t.Fatalf("%+v", decision)
	}
	again := must[*Guard](t)(RestoreGuard(must[[]byte](t)(g.Snapshot()), settings))
	defer again.Close()
	if reported := must[Reported](t)(again.Report(*decision.Run, Succeeded, then)); reported != Noted {
		t.Error(reported)
	}
	if reported := must[Reported](t)(g.Report(*decision.Run, Failed, then)); reported != Suspended {
		t.Error(reported)
	}
	if reported := must[Reported](t)(g.Report(*decision.Run, Failed, then)); reported != UnknownRun {
		t.Error(reported)
	}
	_, err := g.Report(*decision.Run, 9, then)
	expect(t, err, CodeArgument, "outcome")
	if !must[bool](t)(g.IsSuspended("restart")) {
		t.Error("goes on")
	}
	if refused := must[Decision](t)(g.Decide(proposal, "", then.Add(time.Hour))); refused.Verdict == "run" || len(refused.Reasons) == 0 ||
		refused.Reasons[0].Code != "suspended" || refused.Reasons[0].Sentence == "" {
		t.Errorf("%+v", refused)
	}
	if !must[bool](t)(g.Resume("restart", "ann", then)) || must[bool](t)(g.Resume("restart", "ann", then)) {
		t.Error("resumed twice, or never")
	}
	if !must[bool](t)(g.CorrectClock(then)) || must[bool](t)(g.CorrectClock(then.Add(time.Hour))) {
		t.Error("the clock")
	}
	_, err = g.Decide([]byte(`{"action": "restart", "approved_by": "me"}`), "", then)
	expect(t, err, CodeConfig, "approved_by")

	lines := strings.SplitAfter(strings.TrimSuffix(string(must[[]byte](t)(g.TakeAuditLines())), "\n"), "\n")
	if dropped := must[uint64](t)(g.AuditDropped()); len(lines) != 3 || dropped == 0 || !json.Valid([]byte(lines[0])) {
		t.Error(lines, dropped)
	}
	var counted struct{ Decided, Run, Failed uint64 }
	check(t, json.Unmarshal(must[json.RawMessage](t)(g.Counters()), &counted))
	if counted.Decided != 2 || counted.Run != 1 || counted.Failed != 1 {
		t.Errorf("%+v", counted)
	}
	if config := must[json.RawMessage](t)(g.Config()); !strings.Contains(string(config), `"max_cooldowns"`) {
		t.Error(string(config))
	}
}

func TestABaselineKnowsWhatIsUsual(t *testing.T) {
	b := must[*Baseline](t)(NewBaseline(nil))
	defer b.Close()
	var good []string
	for number := range 400 {
		good = append(good, fmt.Sprintf("INFO user %d logged in", number))
	}
	check(t, b.PushStrings(good[:200], then))
	check(t, b.PushBatch(asBytes(good[200:]), then.Add(time.Minute)))
	check(t, b.Finish(then.Add(2*time.Minute)))
	usual := must[[]Template](t)(b.Templates())
	if len(usual) != 1 || usual[0].Text != "user <NUM> logged in" || usual[0].Count != 400 {
		t.Fatalf("%+v", usual)
	}
	if counters := must[json.RawMessage](t)(b.Counters()); !strings.Contains(string(counters), "400") {
		t.Error(string(counters))
	}
	saved := must[[]byte](t)(b.Save())
	again := must[*Baseline](t)(LoadBaseline(saved))
	defer again.Close()
	if string(must[[]byte](t)(again.Save())) != string(saved) {
		t.Error("another baseline")
	}
	_, err := LoadBaseline(saved[:len(saved)-1])
	if !errors.Is(err, CodeSnapshot) {
		t.Error(err)
	}

	check(t, again.PushStrings([]string{"ERROR the house is on fire", "INFO user 1 logged in"}, then.Add(time.Hour)))
	check(t, again.Finish(then.Add(time.Hour)))
	if differences := must[json.RawMessage](t)(b.CompareWith(again, nil)); !strings.Contains(string(differences), "the house is on fire") {
		t.Error(string(differences))
	}
	if same := must[json.RawMessage](t)(b.CompareWith(b, nil)); strings.Contains(string(same), "logged in") {
		t.Error(string(same))
	}
	_, err = b.CompareWith(again, []byte(`{"wrong": 1}`))
	if !errors.Is(err, CodeConfig) {
		t.Error(err)
	}

	_, err = b.CompareWith(nil, nil)
	expect(t, err, CodeArgument, "after")

	for range 2 {
		judge := must[*Pipeline](t)(b.NewPipeline())
		check(t, judge.PushStrings([]string{"INFO user 7 logged in", "ERROR the house is on fire"}, then.Add(time.Hour), nil))
		check(t, judge.Finish(then.Add(2*time.Hour), nil))
		told := must[[]Alert](t)(judge.TakeAlerts(10))
		if len(told) != 1 || told[0].Template != "the house is on fire" {
			t.Errorf("%+v", told)
		}
		check(t, judge.Close())
	}
	check(t, again.Close())
	if _, err := b.CompareWith(again, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
