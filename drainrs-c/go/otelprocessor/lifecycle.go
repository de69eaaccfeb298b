package otelprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"drainrs"
)

// silenceInterval is how often the detectors are told that time passes, whether records come or not.
const silenceInterval = 10 * time.Second

// start makes everything ready for the first batch: the storage, the seeds, and the services that were open at the last end.
func (p *logsProcessor) start(ctx context.Context, host component.Host) error {
	if p.cfg.Storage != nil {
		states, err := openStates(ctx, host, *p.cfg.Storage, p.id)
		if err != nil {
			return err
		}
		p.states = states
	}
	classes, err := p.classNames()
	if err != nil {
		return err
	}
	p.plan = newPlan(p.cfg, classes)
	if p.seeds, err = p.cfg.seedSnapshot(); err != nil {
		return err
	}
	p.reopen(ctx)
	p.runBeside()
	return nil
}

// classNames asks an engine for them. They depend on the configuration alone.
func (p *logsProcessor) classNames() ([]string, error) {
	engine, err := p.open(nil)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	return engine.ClassNames()
}

// reopen opens the services that were open at the last end: a detector notices that one stays away.
func (p *logsProcessor) reopen(ctx context.Context) {
	if p.states == nil {
		return
	}
	names, err := p.states.names(ctx)
	if err != nil {
		p.failed(ctx, "read the names of services", "", err)
		return
	}
	names = names[:min(len(names), p.cfg.MaxServices)]
	for i := len(names) - 1; i >= 0; i-- {
		s := p.services.locked(names[i])
		if err := p.ensureEngine(ctx, s); err != nil {
			p.failed(ctx, "open an engine", s.name, err)
		}
		s.mu.Unlock()
	}
}

// ensureEngine gives a service an engine: one that goes on where the service's state was saved, or a new one.
func (p *logsProcessor) ensureEngine(ctx context.Context, s *service) error {
	if s.engine != nil {
		return nil
	}
	engine, err := p.restored(ctx, s.name), error(nil)
	if engine == nil {
		if engine, err = p.open(p.seeds); err != nil {
			return err
		}
	}
	stats, err := engine.Stats()
	if err != nil {
		_ = engine.Close()
		return err
	}
	s.use(engine, int(stats.Miner.Templates))
	return nil
}

// restored gives an engine from the service's saved state, nil if that is not possible.
func (p *logsProcessor) restored(ctx context.Context, service string) engine {
	if p.states == nil {
		return nil
	}
	snapshot, err := p.states.load(ctx, service)
	if err != nil {
		p.failed(ctx, "load a state", service, err)
		return nil
	}
	if len(snapshot) == 0 {
		return nil
	}
	engine, err := p.open(snapshot)
	if err != nil {
		p.failed(ctx, "restore a state, so the service starts anew", service, err)
		return nil
	}
	// Seed templates may be newer than the state.
	for _, template := range withoutBlank(p.cfg.SeedTemplates) {
		if _, err := engine.Seed(template); err != nil {
			p.failed(ctx, "plant a seed template", service, err)
		}
	}
	return engine
}

// runBeside starts what runs beside the batches.
func (p *logsProcessor) runBeside() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	if p.states != nil && p.cfg.SaveInterval > 0 {
		p.every(ctx, p.cfg.SaveInterval, p.saveAll)
	}
	if p.detects && p.cfg.Alerts == AlertRecords {
		p.every(ctx, silenceInterval, p.noticeSilence)
	}
}

func (p *logsProcessor) every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	p.background.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				do(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
}

// noticeSilence lets time pass in the detectors, and tells the alerts that come of it.
func (p *logsProcessor) noticeSilence(ctx context.Context) {
	for _, s := range p.services.all() {
		now := p.clock()
		logs := plog.NewLogs()
		if alerts := p.advance(ctx, s, now, logs.ResourceLogs().AppendEmpty()); len(alerts) > 0 {
			if err := p.next.ConsumeLogs(ctx, logs); err != nil {
				p.failed(ctx, "pass alerts on", s.name, err)
			}
		}
	}
}

// advance lets time pass for a service. The alerts that come of it are written to the resource.
func (p *logsProcessor) advance(
	ctx context.Context, s *service, now time.Time, to plog.ResourceLogs,
) []drainrs.Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, begun := s.clock.now(now)
	if s.engine == nil || !begun {
		return nil
	}
	if err := s.engine.Advance(at, nil); err != nil {
		p.failed(ctx, "let time pass", s.name, err)
		s.drop()
		return nil
	}
	alerts := p.takeAlerts(ctx, s)
	s.resource.CopyTo(to.Resource())
	addAlertRecords(to.ScopeLogs(), alerts, p.plan, now)
	return alerts
}

// saveAll saves the state of every service.
func (p *logsProcessor) saveAll(ctx context.Context) {
	var names []string
	for _, s := range p.services.all() {
		s.mu.Lock()
		if s.engine != nil {
			p.save(ctx, s)
			names = append(names, s.name)
		}
		s.mu.Unlock()
	}
	if err := p.states.saveNames(ctx, names); err != nil {
		p.failed(ctx, "save the names of services", "", err)
	}
}

// save saves the state of a service, if it has learned something.
func (p *logsProcessor) save(ctx context.Context, s *service) {
	if p.states == nil || s.engine == nil || !s.unsaved {
		return
	}
	snapshot, err := s.engine.Snapshot()
	if err == nil {
		err = p.states.save(ctx, s.name, snapshot)
	}
	if err != nil {
		p.failed(ctx, "save a state", s.name, err)
		return
	}
	s.unsaved = false
}

// retire saves and closes the engine of a service that has to go. It has its own context: the batch that makes a service go may be
// cancelled, what was learned should not.
func (p *logsProcessor) retire(s *service) {
	p.save(context.Background(), s)
	s.drop()
}

// shutdown saves everything. What cannot be saved is told, and is no reason to fail.
func (p *logsProcessor) shutdown(ctx context.Context) error {
	p.stop()
	p.background.Wait()
	if p.states != nil {
		p.saveAll(ctx)
	}
	p.services.close()
	if p.states != nil {
		if err := p.states.close(ctx); err != nil {
			p.logger.Warn("drainrs: failed to close the storage", zap.Error(err))
		}
	}
	return p.metrics.close()
}
