package otelprocessor

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// harness is a processor at work, with everything around it in reach.
type harness struct {
	*logsProcessor
	t         *testing.T
	telemetry *componenttest.Telemetry
	// What the processor passes on by itself.
	sink *consumertest.LogsSink
	host component.Host
	now  time.Time
}

// noon is when the clock of a harness stands at first.
var noon = time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)

// configured gives the default configuration with changes.
func configured(changes ...func(*Config)) *Config {
	cfg := createDefaultConfig().(*Config)
	for _, change := range changes {
		change(cfg)
	}
	return cfg
}

// made gives a processor that is not started yet.
func made(t *testing.T, cfg *Config) *harness {
	t.Helper()
	require.NoError(t, cfg.Validate())
	h := &harness{t: t, telemetry: componenttest.NewTelemetry(), sink: &consumertest.LogsSink{}, now: noon}
	set := processortest.NewNopSettings(Type)
	set.TelemetrySettings = h.telemetry.NewTelemetrySettings()
	var err error
	h.logsProcessor, err = newLogsProcessor(set, cfg, h.sink)
	require.NoError(t, err)
	h.clock = func() time.Time { return h.now }
	h.host = componenttest.NewNopHost()
	return h
}

func started(t *testing.T, cfg *Config) *harness {
	t.Helper()
	h := made(t, cfg)
	h.start()
	return h
}

func (h *harness) start() {
	h.t.Helper()
	require.NoError(h.t, h.logsProcessor.start(context.Background(), h.host))
	h.t.Cleanup(h.stop)
}

// stop shuts the processor down, once.
func (h *harness) stop() {
	if h.logsProcessor != nil {
		require.NoError(h.t, h.shutdown(context.Background()))
		h.logsProcessor = nil
	}
}

// process runs a batch through the processor and gives what comes out.
func (h *harness) process(logs plog.Logs) plog.Logs {
	h.t.Helper()
	out, err := h.processLogs(context.Background(), logs)
	if !errors.Is(err, processorhelper.ErrSkipProcessingData) {
		require.NoError(h.t, err)
	}
	return out
}

// count is the sum of a counter or gauge, over those of its points that have the attributes.
func (h *harness) count(name string, of ...attribute.KeyValue) int64 {
	h.t.Helper()
	found, err := h.telemetry.GetMetric(metricPrefix + name)
	if err != nil {
		return 0
	}
	var points []metricdata.DataPoint[int64]
	switch data := found.Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	}
	sum := int64(0)
	for _, point := range points {
		fits := true
		for _, wanted := range of {
			value, there := point.Attributes.Value(wanted.Key)
			fits = fits && there && value == wanted.Value
		}
		if fits {
			sum += point.Value
		}
	}
	return sum
}

// requireIdentity checks that every record that was seen is accounted for.
func (h *harness) requireIdentity() {
	h.t.Helper()
	outcomes := h.count("records_annotated") + h.count("records_warming") + h.count("records_skipped") +
		h.count("records_failed")
	require.Equal(h.t, h.count("records_seen"), outcomes, "seen = annotated + warming + skipped + failed")
}

// logsOf is a batch of one service with these bodies.
func logsOf(service string, bodies ...string) plog.Logs {
	logs := plog.NewLogs()
	addTo(logs, service, bodies...)
	return logs
}

func addTo(logs plog.Logs, service string, bodies ...string) {
	resource := logs.ResourceLogs().AppendEmpty()
	if service != "" {
		resource.Resource().Attributes().PutStr(serviceKey, service)
	}
	records := resource.ScopeLogs().AppendEmpty().LogRecords()
	for _, body := range bodies {
		record := records.AppendEmpty()
		record.Body().SetStr(body)
		record.SetTimestamp(pcommon.NewTimestampFromTime(noon))
	}
}

// recordsIn are all records, in order.
func recordsIn(logs plog.Logs) []plog.LogRecord {
	var records []plog.LogRecord
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				records = append(records, record)
			}
		}
	}
	return records
}

// texts are the values of an attribute, "" where a record has none.
func texts(logs plog.Logs, key string) []string {
	var values []string
	for _, record := range recordsIn(logs) {
		text := ""
		if value, there := record.Attributes().Get(key); there {
			text = value.AsString()
		}
		values = append(values, text)
	}
	return values
}

const (
	templateKey  = "log.record.template"
	idKey        = "log.record.template.id"
	parameterKey = "log.record.template.parameter."
)

// memoryStorage is a storage extension that keeps everything in a map.
type memoryStorage struct {
	component.StartFunc
	component.ShutdownFunc

	mu      sync.Mutex
	kept    map[string][]byte
	failing error
	closed  int
}

var storageID = component.MustNewID("memory")

func withStorage(cfg *Config) { cfg.Storage = &storageID }

// storing gives a processor with that storage, not started yet.
func storing(t *testing.T, kept *memoryStorage, cfg *Config) *harness {
	t.Helper()
	withStorage(cfg)
	h := made(t, cfg)
	h.host = hostWith{storageID: kept}
	return h
}

type hostWith map[component.ID]component.Component

func (h hostWith) GetExtensions() map[component.ID]component.Component { return h }

func (m *memoryStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return m, nil
}

func (m *memoryStorage) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[key], m.failing
}

func (m *memoryStorage) Set(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing == nil {
		if m.kept == nil {
			m.kept = map[string][]byte{}
		}
		m.kept[key] = value
	}
	return m.failing
}

func (m *memoryStorage) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, key)
	return m.failing
}

func (m *memoryStorage) Batch(context.Context, ...*storage.Operation) error {
	return errors.New("not needed")
}

func (m *memoryStorage) Close(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed++
	return nil
}

func attributeOfReason(reason int) attribute.KeyValue {
	return attribute.String("reason", skipNames[reason])
}
