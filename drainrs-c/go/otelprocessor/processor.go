package otelprocessor

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.uber.org/zap"

	"drainrs"
)

// logsProcessor is the processor: it owns the services, and what runs beside the batches.
type logsProcessor struct {
	cfg      *Config
	id       component.ID
	logger   *zap.Logger
	next     consumer.Logs
	metrics  *metrics
	open     openEngine
	clock    func() time.Time
	services *services

	// Known from the start on.
	plan    plan
	detects bool
	seeds   []byte
	states  *states // nil without storage

	stop       context.CancelFunc
	background sync.WaitGroup
}

func newLogsProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*logsProcessor, error) {
	settings, err := cfg.engineSettings()
	if err != nil {
		return nil, err
	}
	p := &logsProcessor{
		cfg: cfg, id: set.ID, logger: set.Logger, next: next,
		open: engineOpener(settings), clock: time.Now, detects: cfg.detects(),
		stop: func() {},
	}
	p.services = newServices(cfg.MaxServices, p.retire)
	p.metrics, err = newMetrics(set.TelemetrySettings, set.ID, p.standing)
	return p, err
}

// processLogs is what a collector calls with each batch, from many goroutines.
func (p *logsProcessor) processLogs(ctx context.Context, logs plog.Logs) (plog.Logs, error) {
	now := p.clock()
	for _, share := range sharesOf(logs) {
		p.processShare(ctx, share, now)
	}
	if p.plan.sample != nil {
		dropEmpty(logs)
		if logs.ResourceLogs().Len() == 0 {
			return logs, processorhelper.ErrSkipProcessingData
		}
	}
	return logs, nil
}

func (p *logsProcessor) processShare(ctx context.Context, share share, now time.Time) {
	batch := gather(share, p.plan.bodyField)
	defer batch.release()
	var alerts []drainrs.Alert
	if len(batch.records) > 0 {
		alerts = p.digest(ctx, share, batch, now)
	}
	batch.annotate(p.plan)
	if p.cfg.Alerts == AlertAttributes {
		batch.writeAlertsToRecords(alerts)
	}
	batch.leaveOut(share)
	if p.cfg.Alerts == AlertRecords && len(alerts) > 0 {
		addAlertRecords(share.resources[0].ScopeLogs(), alerts, p.plan, now)
	}
	p.metrics.count(ctx, &batch.tally)
}

// digest runs a batch through the engine of its service. Where that fails, the records pass as they are, and the next batch gets
// another engine.
func (p *logsProcessor) digest(ctx context.Context, share share, batch *batch, now time.Time) []drainrs.Alert {
	s := p.services.locked(share.service)
	defer s.mu.Unlock()
	err := p.ensureEngine(ctx, s)
	if err == nil {
		share.resources[0].Resource().CopyTo(s.resource)
		err = s.digest(batch, p.plan, now)
	}
	if err != nil {
		p.failed(ctx, "mine", s.name, err)
		s.drop()
		batch.fails()
		return nil
	}
	if p.cfg.Alerts == AlertAttributes && !batch.keepsAny() {
		return nil
	}
	return p.takeAlerts(ctx, s)
}

// alertsAtOnce is how many alerts are taken from an engine with one call.
const alertsAtOnce = 100

// takeAlerts takes the alerts that wait in a service's engine.
func (p *logsProcessor) takeAlerts(ctx context.Context, s *service) []drainrs.Alert {
	if !p.detects {
		return nil
	}
	var alerts []drainrs.Alert
	for {
		some, err := s.engine.TakeAlerts(alertsAtOnce)
		if err != nil {
			p.failed(ctx, "take alerts", s.name, err)
			s.drop()
			return alerts
		}
		for i := range some {
			p.metrics.alert(ctx, some[i].Priority)
		}
		alerts = append(alerts, some...)
		if len(some) < alertsAtOnce {
			return alerts
		}
	}
}

// failed tells of what went wrong and is survived.
func (p *logsProcessor) failed(ctx context.Context, doing, service string, err error) {
	p.metrics.err(ctx, doing)
	p.logger.Warn("drainrs: failed to "+doing+"; records pass on", zap.String("service", service), zap.Error(err))
}

// standing asks all engines how they stand.
func (p *logsProcessor) standing() standing {
	var sum standing
	for _, s := range p.services.all() {
		s.mu.Lock()
		if s.engine != nil {
			if stats, err := s.engine.Stats(); err == nil {
				sum.services++
				sum.templates += int64(stats.Miner.Templates)
				sum.memory += int64(stats.Miner.Memory + stats.DetectorMemory)
			}
		}
		s.mu.Unlock()
	}
	return sum
}
