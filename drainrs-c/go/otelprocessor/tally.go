package otelprocessor

// Why a record is left as it is.
const (
	skippedNoText = iota
	skippedEmpty
	skippedBelowLevel
	skippedSurge
	skippedTemplateGone
	skipReasons
)

// skipNames are the values of the attribute "reason".
var skipNames = [skipReasons]string{"no_text", "empty", "below_level", "surge", "template_gone"}

// tally is what became of the records of a batch: seen is annotated, warming, failed and skipped together.
type tally struct {
	seen      int64
	annotated int64
	warming   int64
	failed    int64
	skipped   [skipReasons]int64
	// Of those annotated.
	sampledOut int64
}

// fails counts every record as failed that the engine was to take.
func (b *batch) fails() {
	clear(b.shown)
	b.shown, b.standsFor = b.shown[:0], b.standsFor[:0]
	for range b.records {
		b.shown = append(b.shown, nil)
		b.standsFor = append(b.standsFor, 1)
	}
	b.tally.failed = int64(len(b.records))
}
