package drainrs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func atThen() time.Time { return then }

func TestReadingGivesWhatPushingGives(t *testing.T) {
	lines := sampleLog(t)
	pushed := newTestPipeline(t, "")
	check(t, pushed.PushStrings(lines, then, nil))
	check(t, pushed.Finish(then, nil))
	want := must[[]byte](t)(pushed.Snapshot())
	text := strings.Join(lines, "\n")
	for name, reader := range map[string]io.Reader{
		"whole":   strings.NewReader(text + "\n"),
		"no end":  strings.NewReader(text),
		"windows": strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")),
		"halves":  iotest.HalfReader(strings.NewReader(text)),
		"at end":  iotest.DataErrReader(strings.NewReader(text)),
	} {
		p := newTestPipeline(t, "")
		events := 0
		read, err := p.ReadFrom(context.Background(), reader, atThen, func(e *Events) error {
			events += e.Len()
			if e.Len() > 0 && len(e.MinedText(0)) == 0 {
				t.Error("no texts")
			}
			return nil
		})
		check(t, err)
		if read < int64(len(text)) || events == 0 {
			t.Errorf("%s: %d bytes, %d events", name, read, events)
		}
		if !bytes.Equal(must[[]byte](t)(p.Snapshot()), want) {
			t.Errorf("%s: another state", name)
		}
	}
}

func TestReadingEnds(t *testing.T) {
	p := newTestPipeline(t, "")
	ctx, cancel := context.WithCancel(context.Background())
	endless := readerFunc(func(into []byte) (int, error) { return copy(into, "up\n"), nil })
	batches := 0
	_, err := p.ReadFrom(ctx, endless, nil, func(*Events) error {
		if batches++; batches == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || batches != 3 {
		t.Error(err, batches)
	}
	enough := errors.New("enough")
	if _, err := p.ReadFrom(context.Background(), endless, nil, func(*Events) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	if _, err := p.ReadFrom(context.Background(), iotest.ErrReader(enough), nil, nil); !errors.Is(err, enough) {
		t.Error(err)
	}
	stuck := readerFunc(func([]byte) (int, error) { return 0, nil })
	if _, err := p.ReadFrom(context.Background(), stuck, nil, nil); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
	p.Close()
	if _, err := p.ReadFrom(context.Background(), endless, nil, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

func TestLinesOfAReader(t *testing.T) {
	long := strings.Repeat("x", 3*longestLine)
	for _, one := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a\n", []string{"a"}},
		{"a\n\nb\r\n", []string{"a", "", "b"}},
		{"\n", []string{""}},
		{long + "\nb\n", []string{long[:longestLine], "b"}},
		{"a\n" + long, []string{"a", long[:longestLine]}},
		{long[:longestLine] + "\nb", []string{long[:longestLine], "b"}},
	} {
		for name, reader := range map[string]io.Reader{
			"whole": strings.NewReader(one.text), "at end": iotest.DataErrReader(strings.NewReader(one.text)),
		} {
			lines := lineReader{from: reader, buffer: make([]byte, 0, readSize)}
			var got []string
			for {
				batch, err := lines.next()
				for _, line := range batch {
					got = append(got, string(line))
				}
				if err != nil {
					break
				}
			}
			if !slices.Equal(got, one.want) {
				t.Errorf("%.9q, %s: %d lines", one.text, name, len(got))
			}
			if cap(lines.buffer) > 4*longestLine {
				t.Errorf("a buffer of %d", cap(lines.buffer))
			}
		}
	}
}
