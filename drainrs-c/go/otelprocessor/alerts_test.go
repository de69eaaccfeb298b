package otelprocessor

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
)

// watching has a rule that alerts at once.
func watching(placement AlertPlacement) func(*Config) {
	return func(cfg *Config) {
		cfg.Detect = map[string]any{"alert": map[string]any{
			"rules": []any{map[string]any{"name": "oom", "pattern": "Out of memory"}},
		}}
		cfg.Alerts = placement
	}
}

func TestAlertsAreRecordsOfTheirOwn(t *testing.T) {
	h := started(t, configured(watching(AlertRecords)))
	out := h.process(logsOf("cart", "user 17 logged in", "Out of memory: killed process 42"))

	require.Equal(t, 1, out.ResourceLogs().Len(), "they are told under the resource of the service")
	scopes := out.ResourceLogs().At(0).ScopeLogs()
	require.Equal(t, 2, scopes.Len())
	require.Equal(t, scopeName, scopes.At(1).Scope().Name())
	alert := scopes.At(1).LogRecords().At(0)
	require.Equal(t, alertEvent, alert.EventName())
	require.Equal(t, plog.SeverityNumberFatal, alert.SeverityNumber())
	require.Equal(t, "FATAL", alert.SeverityText())
	require.Equal(t, pcommon.NewTimestampFromTime(noon), alert.Timestamp())
	require.Contains(t, alert.Body().Str(), "oom")
	attributes := alert.Attributes().AsRaw()
	require.Equal(t, "critical", attributes[alertPriorityKey])
	require.Equal(t, "opened", attributes[alertStatusKey])
	require.Equal(t, "rule", attributes[alertKindKey])
	require.Equal(t, "Out of memory: killed process <NUM>", attributes[templateKey])
	require.EqualValues(t, 1, h.count("alerts", attribute.String("priority", "critical")))
	h.requireIdentity()
}

func TestAlertsAreAttributesOfTheRecordThatTheyAreAbout(t *testing.T) {
	h := started(t, configured(watching(AlertAttributes)))
	out := h.process(logsOf("cart", "Out of memory: killed process 42", "user 17 logged in"))
	require.Len(t, recordsIn(out), 2)
	require.Equal(t, []string{"critical", ""}, texts(out, alertPriorityKey))
	require.Contains(t, texts(out, alertReasonKey)[0], "oom")
}

func TestAlertsCanBeCountedOnly(t *testing.T) {
	h := started(t, configured(watching(AlertNone)))
	out := h.process(logsOf("cart", "Out of memory: killed process 42"))
	require.Len(t, recordsIn(out), 1)
	require.Equal(t, []string{""}, texts(out, alertPriorityKey))
	require.EqualValues(t, 1, h.count("alerts"))
}

func TestAlertsWaitForARecordThatIsAnnotated(t *testing.T) {
	h := started(t, configured(watching(AlertAttributes), func(cfg *Config) { cfg.WarmupMinClusters = 2 }))
	h.process(logsOf("cart", "Out of memory: killed process 42"))
	require.Zero(t, h.count("alerts"))
	out := h.process(logsOf("cart", "user 17 logged in"))
	require.Equal(t, []string{"critical"}, texts(out, alertPriorityKey))
}

func TestSilenceIsNoticedWithoutRecords(t *testing.T) {
	h := started(t, configured(watching(AlertRecords)))
	at := noon.Add(-24 * time.Hour) // A replayed file: time goes on from its last record.
	for range 240 {
		logs := logsOf("cart", "pool: 7 active, 4 idle", "user 17 logged in")
		for i, record := range recordsIn(logs) {
			record.SetTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Duration(i) * time.Second)))
		}
		h.process(logs)
		at, h.now = at.Add(30*time.Second), h.now.Add(30*time.Second)
	}
	require.Zero(t, h.sink.LogRecordCount())
	for range 120 {
		h.now = h.now.Add(30 * time.Second)
		h.noticeSilence(context.Background())
	}
	require.NotZero(t, h.sink.LogRecordCount())
	told := h.sink.AllLogs()[0]
	name, _ := told.ResourceLogs().At(0).Resource().Attributes().Get(serviceKey)
	require.Equal(t, "cart", name.Str())
	require.Contains(t, fmt.Sprint(texts(told, alertKindKey)), "silence")
}
