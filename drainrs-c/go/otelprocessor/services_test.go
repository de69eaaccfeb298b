package otelprocessor

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestServicesHaveTemplatesOfTheirOwn(t *testing.T) {
	h := started(t, configured(func(cfg *Config) { cfg.WarmupMinClusters = 2 }))
	logs := logsOf("cart", "user 17 logged in")
	addTo(logs, "payment", "charged 12 EUR", "pool is empty")
	addTo(logs, "cart", "pool is empty")
	addTo(logs, "", "no service")
	require.Equal(t,
		[]string{"", "", "pool is empty", "pool is empty", ""}, texts(h.process(logs), templateKey),
		"each service warms up by itself")
	require.EqualValues(t, 3, h.count("services"))
	require.EqualValues(t, 5, h.count("templates"))
	require.Positive(t, h.count("memory"))
	require.EqualValues(t, 3, h.count("records_warming"))
	h.requireIdentity()
}

func TestTheLeastRecentlyUsedServiceMakesRoom(t *testing.T) {
	kept := &memoryStorage{}
	h := storing(t, kept, configured(func(cfg *Config) { cfg.MaxServices = 2 }))
	h.start()
	names := func() []string {
		var names []string
		for _, s := range h.services.all() {
			names = append(names, s.name)
		}
		return names
	}
	var ids []string
	for _, service := range []string{"a", "b", "a", "c"} {
		ids = texts(h.process(logsOf(service, "user 17 logged in")), idKey)
	}
	require.Equal(t, []string{"c", "a"}, names())
	require.Contains(t, kept.kept, stateKeyPrefix+"b", "it was saved")
	require.NotContains(t, kept.kept, stateKeyPrefix+"a")

	require.Equal(t, ids, texts(h.process(logsOf("b", "user 18 logged in")), idKey))
	require.Equal(t, []string{"b", "c"}, names())
	s := h.services.locked("b")
	require.Equal(t, 1, s.created, "it goes on where it was")
	s.mu.Unlock()
}

func TestWithoutStorageAServiceThatComesBackStartsAnew(t *testing.T) {
	h := started(t, configured(func(cfg *Config) { cfg.MaxServices, cfg.WarmupMinClusters = 1, 2 }))
	for _, service := range []string{"a", "b", "a"} {
		require.Equal(t, []string{""}, texts(h.process(logsOf(service, "user 17 logged in")), templateKey))
	}
	require.EqualValues(t, 1, h.count("services"))
}

func TestSeeds(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.SeedTemplates = []string{"session of <*> was closed", " "}
		cfg.SeedLogs = []string{"user 17 logged in", ""}
		cfg.WarmupMinClusters = 2
	}))
	for _, service := range []string{"a", "b"} {
		out := h.process(logsOf(service, "session of anna was closed", "user 18 logged in"))
		require.Equal(t, []string{"session of <*> was closed", "user <NUM> logged in"}, texts(out, templateKey))
	}
	require.EqualValues(t, 4, h.count("templates"))
}

func TestWarmupEndsWithinABatch(t *testing.T) {
	h := started(t, configured(func(cfg *Config) { cfg.WarmupMinClusters = 2 }))
	out := h.process(logsOf("a", "user 17 logged in", "pool is empty", "user 18 logged in"))
	require.Equal(t, []string{"", "pool is empty", "user <NUM> logged in"}, texts(out, templateKey))
	h.requireIdentity()
}

func TestTheEnginesFilterIsPassedThrough(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.Settings = map[string]any{"filter": map[string]any{"min_level": "warn"}}
	}))
	logs := logsOf("a", "user 17 logged in", "user 18 failed")
	recordsIn(logs)[0].SetSeverityNumber(plog.SeverityNumberInfo)
	recordsIn(logs)[1].SetSeverityNumber(plog.SeverityNumberError)
	require.Equal(t, []string{"", "user <NUM> failed"}, texts(h.process(logs), templateKey))
	require.EqualValues(t, 1, h.count("records_skipped", attributeOfReason(skippedBelowLevel)))
	h.requireIdentity()
}
