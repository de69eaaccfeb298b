package otelprocessor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestTheFactoryMakesAProcessorThatStartsAndStops(t *testing.T) {
	factory := NewFactory()
	require.Equal(t, Type, factory.Type())
	require.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
	cfg := factory.CreateDefaultConfig().(*Config)
	require.NoError(t, cfg.Validate())

	sink := &consumertest.LogsSink{}
	p, err := factory.CreateLogs(context.Background(), processortest.NewNopSettings(Type), cfg, sink)
	require.NoError(t, err)
	require.True(t, p.Capabilities().MutatesData)
	require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeLogs(context.Background(), logsOf("cart", "user 17 logged in")))
	require.NoError(t, p.Shutdown(context.Background()))
	require.Equal(t, []string{"user <NUM> logged in"}, texts(sink.AllLogs()[0], templateKey))
}

func TestTheProcessorKeepsWhatCollectorsExpect(t *testing.T) {
	processortest.VerifyShutdown(t, NewFactory(), createDefaultConfig())
}

func TestAProcessorThatNeverStartedStops(t *testing.T) {
	p, err := NewFactory().CreateLogs(
		context.Background(), processortest.NewNopSettings(Type), createDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.Shutdown(context.Background()))
}

func TestWhatRunsBesideTheBatchesStops(t *testing.T) {
	kept := &memoryStorage{}
	h := storing(t, kept, configured(watching(AlertRecords), func(cfg *Config) { cfg.SaveInterval = time.Millisecond }))
	h.start()
	h.process(logsOf("cart", "user 17 logged in"))
	require.Eventually(t, func() bool {
		kept.mu.Lock()
		defer kept.mu.Unlock()
		return kept.kept[stateKeyPrefix+"cart"] != nil
	}, time.Minute, time.Millisecond)
	h.stop()
}

func TestManyGoroutinesMayBringBatches(t *testing.T) {
	kept := &memoryStorage{}
	h := storing(t, kept, configured(watching(AlertRecords), thinned, func(cfg *Config) {
		cfg.MaxServices = 3
		cfg.SaveInterval = time.Millisecond
	}))
	h.start()
	const goroutines, rounds, services = 4, 12, 5
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for round := range rounds {
				logs := plog.NewLogs()
				for s := range services {
					name := fmt.Sprint("service", (s+g+round)%services)
					addTo(logs, name, "user 17 logged in", "", fmt.Sprintf("job %d took %d ms", round, g))
				}
				_, _ = h.processLogs(context.Background(), logs)
				h.noticeSilence(context.Background())
			}
		})
	}
	all.Wait()
	require.EqualValues(t, goroutines*rounds*services*3, h.count("records_seen"))
	require.EqualValues(t, goroutines*rounds*services*2, h.count("records_annotated"))
	require.Zero(t, h.count("records_failed"))
	require.Zero(t, h.count("errors"))
	require.LessOrEqual(t, h.count("services"), int64(3))
	h.requireIdentity()
}
