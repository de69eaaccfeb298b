package otelprocessor

import (
	"math"

	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

// levelOf follows the table of the log data model: INFO2 is syslog's notice, ERROR2 its critical, ERROR3 its alert.
func levelOf(number plog.SeverityNumber) drainrs.Level {
	switch {
	case number < plog.SeverityNumberTrace || number > plog.SeverityNumberFatal4:
		return drainrs.LevelUnknown
	case number <= plog.SeverityNumberTrace4:
		return drainrs.LevelTrace
	case number <= plog.SeverityNumberDebug4:
		return drainrs.LevelDebug
	case number == plog.SeverityNumberInfo:
		return drainrs.LevelInfo
	case number <= plog.SeverityNumberInfo4:
		return drainrs.LevelNotice
	case number <= plog.SeverityNumberWarn4:
		return drainrs.LevelWarn
	case number == plog.SeverityNumberError:
		return drainrs.LevelError
	case number == plog.SeverityNumberError2:
		return drainrs.LevelCritical
	default:
		return drainrs.LevelFatal
	}
}

// timeOf is when a record happened, or else when it was observed.
func timeOf(record plog.LogRecord) int64 {
	at := record.Timestamp()
	if at == 0 {
		at = record.ObservedTimestamp()
	}
	if at == 0 || at > math.MaxInt64 {
		return drainrs.NoTime
	}
	return int64(at)
}
