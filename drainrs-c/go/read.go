package drainrs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

const (
	// How much is read at once, unless a line is longer.
	readSize = 64 << 10
	// Lines are cut here; it is far beyond what a miner looks at.
	longestLine = 1 << 20
	// So many reads without anything are no progress.
	mostEmptyReads = 100
)

// ReadFrom takes lines from a reader until its end, in batches as they come, and calls each after every batch with the events that it
// completed, all columns filled; they are valid until it returns. Nobody who is interested passes nil. At the end of the reader the
// stream is finished, see Finish. now is asked once per batch; nil is [time.Now].
//
// It gives how many bytes were read, and the first error: of the reader, of each, or of the context, which is looked at between reads.
// A read that blocks is not ended by the context: close the reader then. While a read blocks no time passes for the pipeline: another
// goroutine may call Advance.
//
// Lines end with LF or CR LF. Lines beyond 1 MiB are cut.
func (p *Pipeline) ReadFrom(ctx context.Context, r io.Reader, now func() time.Time, each func(*Events) error) (int64, error) {
	if now == nil {
		now = time.Now
	}
	var events *Events
	if each == nil {
		each = func(*Events) error { return nil }
	} else {
		events = &Events{WithParameters: true, WithContentIDs: true, WithTexts: true}
	}
	push := func(lines [][]byte) error {
		if err := p.PushBatch(lines, now(), events); err != nil {
			return err
		}
		return each(events)
	}
	lines := lineReader{from: r, buffer: make([]byte, 0, readSize)}
	for {
		if err := ctx.Err(); err != nil {
			return lines.total, err
		}
		batch, end := lines.next()
		if len(batch) > 0 {
			if err := push(batch); err != nil {
				return lines.total, err
			}
		}
		if errors.Is(end, io.EOF) {
			if err := p.Finish(now(), events); err != nil {
				return lines.total, err
			}
			return lines.total, each(events)
		}
		if end != nil {
			return lines.total, end
		}
	}
}

// A lineReader cuts what it reads into lines.
type lineReader struct {
	from io.Reader
	// How many bytes were read.
	total int64
	// What was read, and how much of it was given as lines.
	buffer []byte
	given  int
	// Whether the line at hand was cut: what follows is dropped up to its end.
	cut   bool
	lines [][]byte
}

// next reads once, and gives the lines that are complete then, at the end the last one, too. They are valid until the next call. An
// error comes with the lines before it.
func (l *lineReader) next() ([][]byte, error) {
	l.buffer = append(l.buffer[:0], l.buffer[l.given:]...)
	l.given, l.lines = 0, l.lines[:0]
	if len(l.buffer) == cap(l.buffer) {
		l.buffer = append(make([]byte, 0, 2*cap(l.buffer)), l.buffer...)
	}
	known := len(l.buffer)
	read, err := l.readSome()
	l.total += int64(read)
	l.buffer = l.buffer[:known+read]
	for search := known; ; {
		end := bytes.IndexByte(l.buffer[search:], '\n')
		if end < 0 {
			break
		}
		l.give(search + end)
		search += end + 1
		l.given = search
	}
	rest := l.buffer[l.given:]
	switch {
	case errors.Is(err, io.EOF) && len(rest) > 0, len(rest) >= longestLine:
		l.give(len(l.buffer))
		l.given = len(l.buffer)
		l.cut = true
	}
	return l.lines, err
}

// give gives the line from what was given to an end.
func (l *lineReader) give(end int) {
	line := l.buffer[l.given:end]
	if !l.cut {
		l.lines = append(l.lines, bytes.TrimSuffix(line[:min(len(line), longestLine)], []byte{'\r'}))
	}
	l.cut = false
}

func (l *lineReader) readSome() (int, error) {
	for range mostEmptyReads {
		read, err := l.from.Read(l.buffer[len(l.buffer):cap(l.buffer)])
		if read > 0 || err != nil {
			return read, err
		}
	}
	return 0, io.ErrNoProgress
}
