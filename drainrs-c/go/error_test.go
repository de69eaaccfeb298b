package drainrs

import (
	"errors"
	"strings"
	"testing"
)

// expect fails unless an error has this code and path.
func expect(t *testing.T, err error, code Code, path string) {
	t.Helper()
	var is *Error
	if !errors.As(err, &is) || !errors.Is(err, code) {
		t.Errorf("expected %v, got %v", code, err)
		return
	}
	if is.Path != path || is.Message == "" {
		t.Errorf("path %q, message %q", is.Path, is.Message)
	}
}

func TestWrongSettings(t *testing.T) {
	cases := []struct {
		config string
		code   Code
		path   string
	}{
		{`{"mine": {"depht": 3}}`, CodeConfig, "mine.depht"},
		{`{"mine": {"depth": "deep"}}`, CodeConfig, "mine.depth"},
		{`{"mine": {"similarity_threshold": 7}}`, CodeConfig, "mine.similarity_threshold"},
		{`{"mine": `, CodeConfig, "mine"},
		{"\xff\xfe", CodeConfig, "config"},
		{`[] []`, CodeConfig, "config"},
		{`{} more`, CodeConfig, "config"},
	}
	for _, one := range cases {
		m, err := NewMiner([]byte(one.config))
		if m != nil {
			t.Errorf("%s gives a miner", one.config)
		}
		expect(t, err, one.code, one.path)
	}
	_, err := NewPipeline([]byte(`{"filter": {"min_level": "loud"}}`))
	expect(t, err, CodeConfig, "filter.min_level")
	_, err = RestoreMiner(nil, []byte(`{"mine": 3}`), RefuseOtherSettings)
	expect(t, err, CodeConfig, "mine")
	_, err = RestoreMiner(must[[]byte](t)(newTestMiner(t, "").Snapshot()), nil, 7)
	expect(t, err, CodeArgument, "on_other_settings")
}

func TestWrongEnds(t *testing.T) {
	m, p := newTestMiner(t, ""), newTestPipeline(t, "")
	for _, ends := range [][]uint32{{4, 2}, {5}, {1, 1 << 31}, {0, 4, 5}} {
		expect(t, m.InsertBuffer([]byte("data"), ends, nil), CodeArgument, "ends")
		expect(t, p.PushBuffer([]byte("data"), ends, then, &Events{}), CodeArgument, "ends")
		expect(t, p.PushRecords(&Records{Data: []byte("data"), Ends: ends}, then, nil), CodeArgument, "ends")
	}
	if stats := must[MinerStats](t)(m.Stats()); stats.Counters.Seen != 0 {
		t.Errorf("a wrong batch was mined: %+v", stats)
	}
}

func TestWrongRecords(t *testing.T) {
	p := newTestPipeline(t, "")
	records := Records{Data: []byte("ab"), Ends: []uint32{1, 2}, Times: []int64{1}}
	expect(t, p.PushRecords(&records, then, nil), CodeArgument, "Times")
	records = Records{Data: []byte("ab"), Ends: []uint32{1, 2}, Levels: []Level{1, 2, 3}}
	expect(t, p.PushRecords(&records, then, nil), CodeArgument, "Levels")
	records = Records{Data: []byte("a"), Ends: []uint32{1}, Levels: []Level{9}}
	expect(t, p.PushRecords(&records, then, nil), CodeArgument, "levels")
}

func TestAnyBytesAreALine(t *testing.T) {
	m, p := newTestMiner(t, ""), newTestPipeline(t, "")
	lines := [][]byte{nil, {}, []byte(" "), []byte("\x00"), []byte("\xff\xfe\xfd"), []byte("a\x00b"), []byte("\xe2\x82"),
		[]byte(strings.Repeat("x", 1<<20)), []byte(strings.Repeat("x ", 1<<16)), []byte("new\nline"), []byte("Ä ö 😀")}
	for _, line := range lines {
		must[Hit](t)(m.Insert(line))
		if _, found, err := m.Find(line); !found || err != nil {
			t.Errorf("%.20q: %v, %v", line, found, err)
		}
		must[uint64](t)(m.ShardKey(line))
	}
	var hits Hits
	check(t, m.InsertBatch(lines, &hits))
	if hits.Len() != len(lines) {
		t.Error(hits.Len())
	}
	check(t, m.InsertBatch(nil, &hits))
	if hits.Len() != 0 {
		t.Error(hits.Len())
	}
	check(t, m.InsertBuffer(nil, []uint32{0, 0}, &hits))
	if hits.Len() != 2 {
		t.Error(hits.Len())
	}
	check(t, p.PushBatch(lines, then, nil))
	check(t, p.Finish(then, nil))
	if all := must[[]Template](t)(m.Templates()); len(all) == 0 {
		t.Error("no templates")
	}
}

func TestAfterClose(t *testing.T) {
	m := must[*Miner](t)(NewMiner(nil))
	p := must[*Pipeline](t)(NewPipeline(nil))
	for range 2 {
		check(t, m.Close())
		check(t, p.Close())
	}
	calls := map[string]func() error{
		"Insert":       func() error { _, err := m.Insert(nil); return err },
		"InsertBatch":  func() error { return m.InsertBatch(nil, nil) },
		"Find":         func() error { _, _, err := m.Find(nil); return err },
		"Seed":         func() error { _, err := m.Seed(""); return err },
		"TemplateText": func() error { _, err := m.TemplateText(1); return err },
		"Templates":    func() error { _, err := m.Templates(); return err },
		"Stats":        func() error { _, err := m.Stats(); return err },
		"Snapshot":     func() error { _, err := m.Snapshot(); return err },
		"PollLineage":  func() error { _, err := m.PollLineage(); return err },
		"PushBatch":    func() error { return p.PushBatch(nil, then, nil) },
		"PushRecords":  func() error { return p.PushRecords(&Records{}, then, &Events{}) },
		"Advance":      func() error { return p.Advance(then, nil) },
		"TakeAlerts":   func() error { _, err := p.TakeAlerts(1); return err },
		"zero Miner":   func() error { _, err := new(Miner).Insert(nil); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok := p.NextDeadline(); ok {
		t.Error("a deadline")
	}
}

func TestCodesHaveNames(t *testing.T) {
	if CodeSnapshotVersion.String() != "snapshot_version" || Code(77).String() != "code(77)" {
		t.Error(CodeSnapshotVersion, Code(77))
	}
	err := error(&Error{CodeLimit, "", "too much"})
	if !errors.Is(err, CodeLimit) || errors.Is(err, CodeConfig) || err.Error() != "drainrs: too much" {
		t.Error(err)
	}
}
