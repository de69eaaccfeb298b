package otelprocessor

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

func thinned(cfg *Config) {
	cfg.SampleRepeats = &SampleRepeats{First: 2, OneOf: 5, Interval: time.Minute}
}

func logins(count int) []string {
	var bodies []string
	for user := range count {
		bodies = append(bodies, fmt.Sprintf("user %d logged in", user))
	}
	return bodies
}

func TestRepetitionsAreThinnedOutAndCounted(t *testing.T) {
	h := started(t, configured(thinned))
	logs := logsOf("cart", logins(14)...)
	addTo(logs, "cart", "pool is empty")

	out := h.process(logs)
	require.Equal(t, []string{"1", "1", "5", "5", "1"}, texts(out, standsForKey))
	require.Equal(t, "user 6 logged in", recordsIn(out)[2].Body().Str())
	require.EqualValues(t, 10, h.count("records_sampled_out"))
	require.EqualValues(t, 15, h.count("records_annotated"))
	h.requireIdentity()

	h.now = h.now.Add(time.Minute)
	out = h.process(logsOf("cart", logins(3)...))
	require.Equal(t, []string{"3", "1"}, texts(out, standsForKey), "what was left out before is carried on")
}

func TestEveryRecordIsStoodForOrWaits(t *testing.T) {
	h := started(t, configured(thinned))
	stood := 0
	for range 20 {
		for _, text := range texts(h.process(logsOf("cart", logins(17)...)), standsForKey) {
			number, err := strconv.Atoi(text)
			require.NoError(t, err)
			stood += number
		}
		h.now = h.now.Add(25 * time.Second)
	}
	require.InDelta(t, 20*17, stood, 4)
}

func TestWhatIsEmptyThenIsNotPassedOn(t *testing.T) {
	h := started(t, configured(thinned))
	h.process(logsOf("cart", logins(2)...))
	logs := logsOf("cart", logins(2)...)
	require.Zero(t, h.process(logs).ResourceLogs().Len())
}

func TestWarningsAndRecordsWithoutTextAreKept(t *testing.T) {
	h := started(t, configured(thinned))
	logs := logsOf("cart", append([]string{""}, logins(8)...)...)
	recordsIn(logs)[5].SetSeverityNumber(plog.SeverityNumberWarn)
	require.Equal(t, []string{"", "1", "1", "3", "2"}, texts(h.process(logs), standsForKey))
}
