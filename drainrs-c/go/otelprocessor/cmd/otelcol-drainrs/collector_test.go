package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

// asCollector makes the test program the collector: it is built already.
const asCollector = "RUN_AS_OTELCOL_DRAINRS"

func TestMain(m *testing.M) {
	if os.Getenv(asCollector) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	templateKey  = "log.record.template"
	idKey        = "log.record.template.id"
	parameterKey = "log.record.template.parameter."
)

// sampleLog is the log that the project ships: six services, three styles, stack traces.
var sampleLog = filepath.Join("..", "..", "..", "..", "..", "drainrs", "src", "program", "sample.log")

// beginsRecord is the line_start_pattern of config.yaml.
var beginsRecord = regexp.MustCompile(`(?m)^(\d{4}-\d\d-\d\d[T ]|\d+\.\d+\.\d+\.\d+ )`)

// collector is a collector's files.
type collector struct {
	t                *testing.T
	log, out, states string
}

// run runs a collector until it has written so many records of the log, and gives all that it has written.
func (c collector) run(records int) []plog.LogRecord {
	c.t.Helper()
	command := exec.Command(os.Args[0],
		"--config", "config.yaml", "--set", "service.telemetry.metrics.level=none")
	command.Env = append(os.Environ(),
		asCollector+"=1", "DRAINRS_LOG="+c.log, "DRAINRS_OUT="+c.out, "DRAINRS_STATE="+c.states)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	require.NoError(c.t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()

	const patience = 3 * time.Minute
	for deadline := time.Now().Add(patience); ; {
		select {
		case err := <-ended:
			c.t.Fatalf("the collector ended by itself: %v\n%s", err, said.String())
		case <-time.After(50 * time.Millisecond):
		}
		if mined, _ := split(c.written()); len(mined) >= records {
			break
		}
		if time.Now().After(deadline) {
			_ = command.Process.Kill()
			<-ended
			c.t.Fatalf("the collector wrote too little in %v\n%s", patience, said.String())
		}
	}
	require.NoError(c.t, command.Process.Signal(os.Interrupt))
	require.NoError(c.t, <-ended, said.String())
	require.NotContains(c.t, said.String(), "drainrs: failed")
	return c.written()
}

// written gives the records in the file, in order. Each has its service as an attribute.
func (c collector) written() []plog.LogRecord {
	content, err := os.ReadFile(c.out)
	if err != nil {
		return nil
	}
	var records []plog.LogRecord
	for line := range strings.Lines(string(content)) {
		logs, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(line))
		if err != nil {
			break // It is being written.
		}
		for _, resource := range logs.ResourceLogs().All() {
			service, _ := resource.Resource().Attributes().Get("service.name")
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					record.Attributes().PutStr("service", service.Str())
					records = append(records, record)
				}
			}
		}
	}
	return records
}

// split tells the records of the log and the alerts apart.
func split(all []plog.LogRecord) (mined, alerts []plog.LogRecord) {
	for _, record := range all {
		if record.EventName() == "drainrs.alert" {
			alerts = append(alerts, record)
		} else {
			mined = append(mined, record)
		}
	}
	return mined, alerts
}

func text(record plog.LogRecord, key string) string {
	value, there := record.Attributes().Get(key)
	if !there {
		return ""
	}
	return value.AsString()
}

// reference is what the engine says when it gets the records of all services one by one.
type reference struct {
	engines map[string]*drainrs.Pipeline
	// All texts that templates ever had, by service and id, the latest last: a text may change with the kinds of values that a place
	// has shown.
	texts map[string][]string
}

// mine gives the id of the template of each record.
func (r *reference) mine(t *testing.T, records []plog.LogRecord) (ids []string, settled bool) {
	settled = true
	for _, record := range records {
		engine := r.engines[text(record, "service")]
		if engine == nil {
			var err error
			engine, err = drainrs.NewPipeline(nil)
			require.NoError(t, err)
			r.engines[text(record, "service")] = engine
		}
		var one drainrs.Records
		one.Add([]byte(record.Body().Str()), drainrs.NoTime, drainrs.LevelUnknown)
		events := drainrs.Events{WithContentIDs: true}
		require.NoError(t, engine.PushRecords(&one, time.Now(), &events))
		id := drainrs.ContentID(events.ContentIDs[0]).String()
		template, err := engine.TemplateText(events.Templates[0])
		require.NoError(t, err)
		key := text(record, "service") + id
		if texts := r.texts[key]; len(texts) == 0 || texts[len(texts)-1] != template {
			r.texts[key] = append(texts, template)
		}
		settled = settled && events.Changes[0] == drainrs.Unchanged
		ids = append(ids, id)
	}
	return ids, settled
}

// textsOf are the texts that the template of a record ever had.
func (r *reference) textsOf(record plog.LogRecord) []string {
	return r.texts[text(record, "service")+text(record, idKey)]
}

func TestACollectorMinesALogAndGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	log, err := filepath.Abs(sampleLog)
	require.NoError(t, err)
	content, err := os.ReadFile(log)
	require.NoError(t, err)
	want := len(beginsRecord.FindAll(content, -1))
	c := collector{t, log, filepath.Join(dir, "out.json"), filepath.Join(dir, "states")}

	first, alerts := split(c.run(want))
	require.Len(t, first, want, "every record comes out, once")
	requireParameters(t, first)
	requireAlerts(t, alerts)

	both, _ := split(c.run(2 * want))
	require.Len(t, both, 2*want)
	second := both[want:]

	engine := reference{map[string]*drainrs.Pipeline{}, map[string][]string{}}
	engine.mine(t, first)
	expected, settled := engine.mine(t, second)
	require.True(t, settled, "the log's templates do not change when it comes again")
	for i, record := range first {
		require.Contains(t, engine.textsOf(record), text(record, templateKey), "record %d", i)
	}
	for i, record := range second {
		require.Equal(t, expected[i], text(record, idKey), record.Body().Str())
		texts := engine.textsOf(record)
		require.Equal(t, texts[len(texts)-1], text(record, templateKey))
	}
	t.Logf("%d records, %d services, %d alerts; an alert: %s: %s", want, len(engine.engines), len(alerts),
		text(alerts[0], "service"), alerts[0].Body().Str())
}

// placeholder is a place of a template that has a name.
var placeholder = regexp.MustCompile(`<([A-Z0-9]+)>`)

func requireParameters(t *testing.T, records []plog.LogRecord) {
	t.Helper()
	with := 0
	for _, record := range records {
		for _, named := range placeholder.FindAllStringSubmatch(text(record, templateKey), -1) {
			value := text(record, parameterKey+named[1])
			require.NotEmpty(t, value, "%s of %s", named[1], record.Body().Str())
			require.Contains(t, record.Body().Str(), value)
			with++
		}
	}
	require.Greater(t, with, len(records))
}

func requireAlerts(t *testing.T, alerts []plog.LogRecord) {
	t.Helper()
	require.NotEmpty(t, alerts)
	services := map[string]bool{}
	for _, alert := range alerts {
		require.NotEmpty(t, alert.Body().Str())
		require.NotEmpty(t, text(alert, "drainrs.alert.kind"))
		require.NotZero(t, alert.SeverityNumber())
		services[text(alert, "service")] = true
	}
	require.Contains(t, services, "payment", "its release broke")
}
