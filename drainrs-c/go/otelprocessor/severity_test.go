package otelprocessor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

func TestSeveritiesAreLevels(t *testing.T) {
	for number, level := range map[plog.SeverityNumber]drainrs.Level{
		-1:                             drainrs.LevelUnknown,
		plog.SeverityNumberUnspecified: drainrs.LevelUnknown,
		plog.SeverityNumberTrace:       drainrs.LevelTrace,
		plog.SeverityNumberDebug4:      drainrs.LevelDebug,
		plog.SeverityNumberInfo:        drainrs.LevelInfo,
		plog.SeverityNumberInfo2:       drainrs.LevelNotice,
		plog.SeverityNumberWarn3:       drainrs.LevelWarn,
		plog.SeverityNumberError:       drainrs.LevelError,
		plog.SeverityNumberError2:      drainrs.LevelCritical,
		plog.SeverityNumberError3:      drainrs.LevelFatal,
		plog.SeverityNumberFatal4:      drainrs.LevelFatal,
		25:                             drainrs.LevelUnknown,
	} {
		require.Equal(t, level, levelOf(number), number)
	}
}

func TestTimesAreThoseOfTheEventOrElseOfTheObservation(t *testing.T) {
	record := plog.NewLogRecord()
	require.Equal(t, drainrs.NoTime, timeOf(record))
	record.SetObservedTimestamp(7)
	require.EqualValues(t, 7, timeOf(record))
	record.SetTimestamp(5)
	require.EqualValues(t, 5, timeOf(record))
	record.SetTimestamp(math.MaxUint64)
	require.Equal(t, drainrs.NoTime, timeOf(record), "a time beyond what can be counted is none")
}
