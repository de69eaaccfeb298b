package otelprocessor

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// scopeName is the scope of the processor's metrics and of its alerts.
const scopeName = "drainrs"

// metricPrefix stands before the names of all metrics.
const metricPrefix = "otelcol_processor_drainrs_"

// metrics is what the processor tells about itself.
type metrics struct {
	of metric.MeasurementOption

	seen, annotated, warming, skipped, failed, sampledOut metric.Int64Counter
	alerts, errors                                        metric.Int64Counter

	skippedFor [skipReasons]metric.MeasurementOption
	watching   metric.Registration
}

// standing is how the engines stand, all services together.
type standing struct {
	services, templates, memory int64
}

func newMetrics(set component.TelemetrySettings, id component.ID, standingNow func() standing) (*metrics, error) {
	meter := set.MeterProvider.Meter(scopeName)
	own := attribute.String("processor", id.String())
	m := &metrics{of: metric.WithAttributeSet(attribute.NewSet(own))}
	for reason, name := range skipNames {
		m.skippedFor[reason] = metric.WithAttributeSet(attribute.NewSet(own, attribute.String("reason", name)))
	}
	var problems []error
	counter := func(name, unit, description string) metric.Int64Counter {
		made, err := meter.Int64Counter(metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		problems = append(problems, err)
		return made
	}
	m.seen = counter("records_seen", "{records}", "Records that came in.")
	m.annotated = counter("records_annotated", "{records}", "Records that got a template, those sampled out included.")
	m.warming = counter("records_warming", "{records}", "Records that passed before there were enough templates.")
	m.skipped = counter("records_skipped", "{records}", "Records that are left as they are, by reason.")
	m.failed = counter("records_failed", "{records}", "Records that passed without a template because the engine failed.")
	m.sampledOut = counter("records_sampled_out", "{records}", "Records that were left out as repetitions.")
	m.alerts = counter("alerts", "{alerts}", "Alerts, by priority.")
	m.errors = counter("errors", "{errors}", "What went wrong, by what was being done.")

	gauge := func(name, unit, description string) metric.Int64ObservableGauge {
		made, err := meter.Int64ObservableGauge(
			metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		problems = append(problems, err)
		return made
	}
	services := gauge("services", "{services}", "Services that have an engine.")
	templates := gauge("templates", "{templates}", "Templates of all services.")
	memory := gauge("memory", "By", "Rough memory of what the engines have learned.")
	watching, err := meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		now := standingNow()
		observer.ObserveInt64(services, now.services, m.of)
		observer.ObserveInt64(templates, now.templates, m.of)
		observer.ObserveInt64(memory, now.memory, m.of)
		return nil
	}, services, templates, memory)
	m.watching = watching
	return m, errors.Join(append(problems, err)...)
}

// count adds what became of a batch.
func (m *metrics) count(ctx context.Context, tally *tally) {
	add := func(counter metric.Int64Counter, records int64, of metric.MeasurementOption) {
		if records > 0 {
			counter.Add(ctx, records, of)
		}
	}
	add(m.seen, tally.seen, m.of)
	add(m.annotated, tally.annotated, m.of)
	add(m.warming, tally.warming, m.of)
	add(m.failed, tally.failed, m.of)
	add(m.sampledOut, tally.sampledOut, m.of)
	for reason, records := range tally.skipped {
		add(m.skipped, records, m.skippedFor[reason])
	}
}

func (m *metrics) alert(ctx context.Context, priority string) {
	m.alerts.Add(ctx, 1, m.of, metric.WithAttributes(attribute.String("priority", priority)))
}

func (m *metrics) err(ctx context.Context, doing string) {
	m.errors.Add(ctx, 1, m.of, metric.WithAttributes(attribute.String("doing", doing)))
}

func (m *metrics) close() error {
	return m.watching.Unregister()
}
