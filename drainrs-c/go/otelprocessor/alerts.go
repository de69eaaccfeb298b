package otelprocessor

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

// alertEvent is the event name of records that are alerts.
const alertEvent = "drainrs.alert"

// The attributes of an alert.
const (
	alertIDKey         = "drainrs.alert.id"
	alertStatusKey     = "drainrs.alert.status"
	alertPriorityKey   = "drainrs.alert.priority"
	alertKindKey       = "drainrs.alert.kind"
	alertReasonKey     = "drainrs.alert.reason"
	alertSeverityKey   = "drainrs.alert.severity"
	alertRouteKey      = "drainrs.alert.route"
	alertFirstAtKey    = "drainrs.alert.first_at"
	alertGroupedKey    = "drainrs.alert.grouped"
	alertSuppressedKey = "drainrs.alert.suppressed"
	alertSamplesKey    = "drainrs.alert.samples"
)

// urgency is the severity of an alert's record, by priority.
var urgency = map[string]plog.SeverityNumber{
	"low":      plog.SeverityNumberInfo,
	"medium":   plog.SeverityNumberWarn,
	"high":     plog.SeverityNumberError,
	"critical": plog.SeverityNumberFatal,
}

const resolved = "resolved"

// addAlertRecords makes a log record of each alert, in a scope of their own.
func addAlertRecords(to plog.ScopeLogsSlice, alerts []drainrs.Alert, plan plan, now time.Time) {
	scope := to.AppendEmpty()
	scope.Scope().SetName(scopeName)
	scope.LogRecords().EnsureCapacity(len(alerts))
	for i := range alerts {
		writeAlertRecord(scope.LogRecords().AppendEmpty(), &alerts[i], plan, now)
	}
}

func writeAlertRecord(record plog.LogRecord, alert *drainrs.Alert, plan plan, now time.Time) {
	record.SetTimestamp(pcommon.Timestamp(alert.At))
	record.SetObservedTimestamp(pcommon.NewTimestampFromTime(now))
	record.SetEventName(alertEvent)
	severity := urgency[alert.Priority]
	if alert.Status == resolved {
		severity = plog.SeverityNumberInfo
	}
	record.SetSeverityNumber(severity)
	record.SetSeverityText(strings.ToUpper(severity.String()))
	record.Body().SetStr(alert.Score.Reason)
	attributes := record.Attributes()
	attributes.EnsureCapacity(12)
	writeAlert(attributes, alert)
	if alert.Template != "" {
		putUnlessUnnamed(attributes, plan.textKey, alert.Template)
	}
	attributes.PutInt(alertFirstAtKey, alert.FirstAt)
	attributes.PutInt(alertGroupedKey, int64(alert.Grouped))
	attributes.PutInt(alertSuppressedKey, int64(alert.Suppressed))
	samples := attributes.PutEmptySlice(alertSamplesKey)
	for _, sample := range alert.Samples {
		samples.AppendEmpty().SetStr(sample)
	}
}

// writeAlert writes what an alert is in few words.
func writeAlert(attributes pcommon.Map, alert *drainrs.Alert) {
	attributes.PutInt(alertIDKey, int64(alert.ID))
	attributes.PutStr(alertStatusKey, alert.Status)
	attributes.PutStr(alertPriorityKey, alert.Priority)
	attributes.PutStr(alertKindKey, alert.Score.Kind)
	attributes.PutDouble(alertSeverityKey, alert.Score.Severity)
	if alert.Route != "" {
		attributes.PutStr(alertRouteKey, alert.Route)
	}
}

// writeAlertsToRecords writes each alert to the last record of the batch that has its template, or else to the last one. The most
// urgent of several alerts on one record stays.
func (b *batch) writeAlertsToRecords(alerts []drainrs.Alert) {
	written := map[int]plog.SeverityNumber{}
	for i := range alerts {
		alert := &alerts[i]
		at := b.recordFor(alert.Template)
		if urgency[alert.Priority] < written[at] {
			continue
		}
		written[at] = urgency[alert.Priority]
		attributes := b.records[at].Attributes()
		writeAlert(attributes, alert)
		attributes.PutStr(alertReasonKey, alert.Score.Reason)
	}
}

func (b *batch) recordFor(template string) int {
	last := -1
	for i := len(b.records) - 1; i >= 0; i-- {
		if !b.keeps(i) {
			continue
		}
		if b.shown[i].text == template {
			return i
		}
		if last < 0 {
			last = i
		}
	}
	return last
}

// keeps says whether a record is annotated and not sampled out.
func (b *batch) keeps(i int) bool {
	return b.shown[i] != nil && b.standsFor[i] > 0
}

func (b *batch) keepsAny() bool {
	for i := range b.records {
		if b.keeps(i) {
			return true
		}
	}
	return false
}
