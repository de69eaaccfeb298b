//go:build unix

package otelprocessor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
)

// BenchmarkProcessor tells what a record costs between the processor's entrance and its exit, on generated batches of a shop's
// records. The copying of the batches is not part of it.
//
//	go test -run '^$' -bench . -cpu 1
func BenchmarkProcessor(b *testing.B) {
	for name, change := range map[string]func(*Config){
		"template":   func(cfg *Config) { cfg.ParameterKeyPrefix = "" },
		"parameters": func(*Config) {},
		"detect":     func(cfg *Config) { cfg.Detect = true },
		"sample": func(cfg *Config) {
			cfg.SampleRepeats = &SampleRepeats{First: 10, OneOf: 100, Interval: time.Minute}
		},
	} {
		b.Run(name, func(b *testing.B) { benchmarkFactory(b, NewFactory(), configured(change)) })
	}
}

const benchedRecords = 1000

// benchmarkFactory works for the factory of every processor of logs, so that others can be measured beside this one from a module that
// requires both.
func benchmarkFactory(b *testing.B, factory processor.Factory, cfg any) {
	p, err := factory.CreateLogs(
		context.Background(), processortest.NewNopSettings(factory.Type()), cfg, consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, p.Start(context.Background(), componenttest.NewNopHost()))
	defer func() { require.NoError(b, p.Shutdown(context.Background())) }()
	random := rand.New(rand.NewPCG(1, 2))
	batches := make([]plog.Logs, 16)
	for i := range batches {
		batches[i] = shopRecords(random, benchedRecords)
	}
	consume := func(of plog.Logs) time.Duration {
		batch := plog.NewLogs()
		of.CopyTo(batch)
		before := cpuTime(b)
		b.StartTimer()
		require.NoError(b, p.ConsumeLogs(context.Background(), batch))
		b.StopTimer()
		return cpuTime(b) - before
	}
	for _, batch := range batches {
		consume(batch)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.StopTimer()
	spent := time.Duration(0)
	for i := range b.N {
		spent += consume(batches[i%len(batches)])
	}
	b.ReportMetric(float64(b.N)*benchedRecords/spent.Seconds(), "records/cpu-s")
}

// cpuTime is what the process has used of all cores: it says the same on a machine that has other things to do.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// shopRecords is a batch of records of one service, as the log of a shop has them.
func shopRecords(random *rand.Rand, count int) plog.Logs {
	users := []string{"anna", "berta", "clara", "dora", "emma", "frida", "greta", "hanna", "ida", "jana"}
	number := random.IntN
	ip := func() string { return fmt.Sprintf("10.%d.%d.%d", number(256), number(256), number(256)) }
	lines := []func() string{
		func() string { return fmt.Sprintf("user %s logged in from %s", users[number(len(users))], ip()) },
		func() string {
			return fmt.Sprintf("order %d placed: %d items, total %d.%02d EUR", number(1e6), 1+number(9), number(999), number(99))
		},
		func() string {
			return fmt.Sprintf("charged order %d via gateway eu-%d in %d ms", number(1e6), number(4), number(900))
		},
		func() string { return fmt.Sprintf("pool: %d active, %d idle, 0 waiting", number(20), number(20)) },
		func() string {
			return fmt.Sprintf("GET /products/%d 200 %d \"shop-app/7.4.1\" 0.%03d", number(1e4), number(9e3), number(999))
		},
		func() string { return fmt.Sprintf("connection to %s:5432 closed after %d s", ip(), number(600)) },
		func() string { return fmt.Sprintf("cache miss for key product:%d:details", number(1e4)) },
		func() string { return "health check passed" },
	}
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.Resource().Attributes().PutStr(serviceKey, "shop")
	records := resource.ScopeLogs().AppendEmpty().LogRecords()
	for i := range count {
		record := records.AppendEmpty()
		record.SetTimestamp(pcommon.NewTimestampFromTime(noon.Add(time.Duration(i) * time.Millisecond)))
		record.SetSeverityNumber(plog.SeverityNumberInfo)
		record.Body().SetStr(lines[number(len(lines))]())
	}
	return logs
}
