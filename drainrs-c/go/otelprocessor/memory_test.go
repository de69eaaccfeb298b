//go:build linux

package otelprocessor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
)

// BenchmarkMemory tells what the process has after every two of ten million records, of which every hundredth is like none before:
// templates come and make room all the time. Alerts are found and thrown away, too.
//
//	go test -run '^$' -bench Memory -benchtime 1x
func BenchmarkMemory(b *testing.B) {
	for range b.N {
		factory := NewFactory()
		cfg := configured(func(cfg *Config) { cfg.Detect = true })
		p, err := factory.CreateLogs(
			context.Background(), processortest.NewNopSettings(factory.Type()), cfg, consumertest.NewNop())
		require.NoError(b, err)
		require.NoError(b, p.Start(context.Background(), componenttest.NewNopHost()))
		random := rand.New(rand.NewPCG(1, 2))
		batches := make([]plog.Logs, 16)
		for i := range batches {
			batches[i] = shopRecords(random, benchedRecords)
		}
		for done := 0; done < 10_000_000; done += benchedRecords {
			batch := plog.NewLogs()
			batches[done/benchedRecords%len(batches)].CopyTo(batch)
			records := batch.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
			for i := range records.Len() {
				record := records.At(i)
				record.SetTimestamp(record.Timestamp() + pcommon.Timestamp(done*int(time.Millisecond)))
				if i%100 == 0 {
					record.Body().SetStr(strange(random))
				}
			}
			require.NoError(b, p.ConsumeLogs(context.Background(), batch))
			if at := done + benchedRecords; at%2_000_000 == 0 {
				b.ReportMetric(resident(b), fmt.Sprintf("MB@%dM", at/1_000_000))
			}
		}
		require.NoError(b, p.Shutdown(context.Background()))
	}
}

// strange is a text with words that nobody has seen.
func strange(random *rand.Rand) string {
	word := func() string {
		letters := make([]byte, 8)
		for i := range letters {
			letters[i] = byte('a' + random.IntN(26))
		}
		return string(letters)
	}
	return fmt.Sprintf("%s %s of the %s has %s", word(), word(), word(), word())
}

// resident is the memory of the process in MB, with what the garbage collector holds back given to the system.
func resident(b *testing.B) float64 {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(b, err)
	var size, pages int
	_, err = fmt.Sscan(string(text), &size, &pages)
	require.NoError(b, err)
	return float64(pages*os.Getpagesize()) / 1e6
}
