package otelprocessor

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
)

func TestARestartGoesOnWithTheSameTemplates(t *testing.T) {
	kept := &memoryStorage{}
	cfg := configured(func(cfg *Config) { cfg.WarmupMinClusters = 2 })
	first := storing(t, kept, cfg)
	first.start()
	first.process(logsOf("cart", "user 17 logged in"))
	before := first.process(logsOf("cart", "pool is empty"))
	first.stop()
	require.Equal(t, 1, kept.closed)

	second := storing(t, kept, cfg)
	second.start()
	require.EqualValues(t, 1, second.count("services"), "open before the first record")
	require.EqualValues(t, 2, second.count("templates"))
	after := second.process(logsOf("cart", "pool is empty"))
	require.Equal(t, texts(before, idKey), texts(after, idKey))
	require.Zero(t, second.count("errors"))
}

func TestStateIsSavedWhileRunningOnlyIfSomethingWasLearned(t *testing.T) {
	kept := &memoryStorage{}
	h := storing(t, kept, configured())
	h.start()
	h.process(logsOf("cart", "user 17 logged in"))
	h.saveAll(context.Background())
	require.Contains(t, kept.kept, stateKeyPrefix+"cart")
	require.JSONEq(t, `["cart"]`, string(kept.kept[namesKey]))

	delete(kept.kept, stateKeyPrefix+"cart")
	h.saveAll(context.Background())
	require.NotContains(t, kept.kept, stateKeyPrefix+"cart")
}

func TestAStateThatCannotBeUsedIsToldAndLeft(t *testing.T) {
	learned := func(cfg *Config) []byte {
		kept := &memoryStorage{}
		h := storing(t, kept, cfg)
		h.start()
		h.process(logsOf("cart", "user 17 logged in"))
		h.stop()
		return kept.kept[stateKeyPrefix+"cart"]
	}
	good := learned(configured())
	damaged := append([]byte(nil), good...)
	damaged[len(damaged)/2] ^= 1
	for name, state := range map[string][]byte{
		"damaged":        damaged,
		"cut":            good[:len(good)/2],
		"none":           []byte("hello"),
		"other settings": learned(configured(func(cfg *Config) { cfg.TreeDepth = 6 })),
	} {
		t.Run(name, func(t *testing.T) {
			kept := &memoryStorage{kept: map[string][]byte{
				stateKeyPrefix + "cart": state, namesKey: []byte(`["cart"]`),
			}}
			h := storing(t, kept, configured())
			h.start()
			require.EqualValues(t, 1, h.count("errors"))
			out := h.process(logsOf("cart", "user 17 logged in"))
			require.Equal(t, []string{"user <NUM> logged in"}, texts(out, templateKey))
			h.requireIdentity()
		})
	}
}

func TestDamagedNamesOfServicesAreToldAndLeft(t *testing.T) {
	h := storing(t, &memoryStorage{kept: map[string][]byte{namesKey: []byte("{")}}, configured())
	h.start()
	require.EqualValues(t, 1, h.count("errors"))
}

func TestAStorageThatFailsDoesNotStopRecords(t *testing.T) {
	h := storing(t, &memoryStorage{failing: errors.New("disk full")}, configured())
	h.start()
	require.Equal(t, []string{"user <NUM> logged in"},
		texts(h.process(logsOf("cart", "user 17 logged in")), templateKey))
	h.saveAll(context.Background())
	require.Positive(t, h.count("errors", attribute.String("doing", "save a state")))
}

func TestSeedTemplatesThatAreNewerThanTheStateArePlanted(t *testing.T) {
	kept := &memoryStorage{}
	first := storing(t, kept, configured())
	first.start()
	first.process(logsOf("cart", "user 17 logged in"))
	first.stop()
	second := storing(t, kept, configured(func(cfg *Config) { cfg.SeedTemplates = []string{"session of <*> was closed"} }))
	second.start()
	require.EqualValues(t, 2, second.count("templates"))
}

func TestTheStorageMustBeAStorage(t *testing.T) {
	for name, extensions := range map[string]hostWith{
		"there is no extension \"memory\"":       {},
		"the extension \"memory\" keeps nothing": {storageID: struct{ component.Component }{}},
	} {
		h := made(t, configured(withStorage))
		require.ErrorContains(t, h.logsProcessor.start(context.Background(), extensions), name)
		require.NoError(t, h.shutdown(context.Background()))
	}
}
