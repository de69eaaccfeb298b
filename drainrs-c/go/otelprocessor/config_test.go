package otelprocessor

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
)

// read gives a configuration as a collector reads it.
func read(t *testing.T, settings map[string]any) (*Config, error) {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	if err := confmap.NewFromStringMap(settings).Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestEverySettingIsRead(t *testing.T) {
	cfg, err := read(t, map[string]any{
		"tree_depth":            4,
		"merge_threshold":       0.4,
		"max_node_children":     50,
		"max_clusters":          0,
		"extra_delimiters":      []any{"="},
		"masking_rules":         []any{map[string]any{"name": "order", "pattern": `ord-\d+`}},
		"body_field":            "message",
		"template_attribute":    "t",
		"template_id_attribute": "i",
		"parameter_key_prefix":  "p",
		"emit_wildcards":        true,
		"wildcards_attribute":   "w",
		"seed_templates":        []any{"user <*> logged in"},
		"seed_logs":             []any{"user 17 logged in"},
		"warmup_min_clusters":   3,
		"storage":               "file_storage/logs",
		"save_interval":         "5m",
		"max_services":          7,
		"detect":                map[string]any{"max_services": 1},
		"alerts":                "attributes",
		"sample_repeats":        map[string]any{"first": 10, "one_of": 100, "interval": "1m"},
		"config":                map[string]any{"mine": map[string]any{"max_examples": 1}},
	})
	require.NoError(t, err)
	storage := component.MustNewIDWithName("file_storage", "logs")
	require.Equal(t, &Config{
		TreeDepth: 4, MergeThreshold: 0.4, MaxNodeChildren: 50, MaxClusters: 0, ExtraDelimiters: []string{"="},
		MaskingRules: []MaskingRule{{"order", `ord-\d+`}}, BodyField: "message", TemplateAttribute: "t",
		TemplateIDAttribute: "i", ParameterKeyPrefix: "p", EmitWildcards: true, WildcardsAttribute: "w",
		SeedTemplates: []string{"user <*> logged in"}, SeedLogs: []string{"user 17 logged in"}, WarmupMinClusters: 3,
		Storage: &storage, SaveInterval: 5 * time.Minute, MaxServices: 7, Detect: map[string]any{"max_services": 1},
		Alerts: AlertAttributes, SampleRepeats: &SampleRepeats{10, 100, time.Minute},
		Settings: map[string]any{"mine": map[string]any{"max_examples": 1}},
	}, cfg)
}

func TestSettingsOfTheEngine(t *testing.T) {
	document := func(settings map[string]any) string {
		cfg, err := read(t, settings)
		require.NoError(t, err)
		document, err := cfg.engineSettings()
		require.NoError(t, err)
		return string(document)
	}
	require.JSONEq(t, `{
		"mine": {"depth": 5, "similarity_threshold": 0.5, "max_children": 100, "max_templates": 10000},
		"normalize": {"masks": []}
	}`, document(nil))
	require.JSONEq(t, `{
		"mine": {"depth": 6, "similarity_threshold": 0.5, "max_children": 100, "max_templates": null, "rule": "drain3"},
		"normalize": {"masks": [], "tokenizer": "drain3", "extra_delimiters": ["="]},
		"detect": {"max_scores": 1}
	}`, document(map[string]any{
		"tree_depth": 4, "max_clusters": 0, "extra_delimiters": []any{"="}, "detect": true,
		"config": map[string]any{
			"mine": map[string]any{"depth": 6, "rule": "drain3"}, "detect": map[string]any{"max_scores": 1},
		},
	}))
}

func TestWrongSettingsAreNamedWithValueAndRemedy(t *testing.T) {
	mask := func(name, pattern string) map[string]any {
		return map[string]any{"masking_rules": []any{map[string]any{"name": name, "pattern": pattern}}}
	}
	sample := func(first, oneOf int, interval string) map[string]any {
		return map[string]any{"sample_repeats": map[string]any{"first": first, "one_of": oneOf, "interval": interval}}
	}
	for name, one := range map[string]struct {
		settings map[string]any
		told     []string
	}{
		"depth":             {map[string]any{"tree_depth": 2}, []string{"tree_depth: 2", "write 3 or more"}},
		"depth, too large":  {map[string]any{"tree_depth": 65}, []string{"tree_depth: must be at most 64, got 65"}},
		"threshold":         {map[string]any{"merge_threshold": 1.5}, []string{"merge_threshold: 1.5", "from 0 to 1"}},
		"threshold, nan":    {map[string]any{"merge_threshold": math.NaN()}, []string{"merge_threshold: NaN"}},
		"children":          {map[string]any{"max_node_children": 0}, []string{"max_node_children: 0", "1 or more"}},
		"clusters":          {map[string]any{"max_clusters": -1}, []string{"max_clusters: -1", "0 for no limit"}},
		"delimiter":         {map[string]any{"extra_delimiters": []any{"=", ""}}, []string{"extra_delimiters[1]", "remove it"}},
		"mask, no name":     {mask("", "a"), []string{`masking_rules[0].name: ""`, "write a word"}},
		"mask, wildcard":    {mask("*", "a"), []string{`masking_rules[0].name: "*"`}},
		"mask, brackets":    {mask("<ip>", "a"), []string{`masking_rules[0].name: "<ip>"`}},
		"mask, no pattern":  {mask("ip", ""), []string{`masking_rules[0].pattern: ""`}},
		"mask, bad pattern": {mask("ip", "[a"), []string{`masking_rules[0].pattern: "[a" is not a pattern`}},
		"mask, go's class":  {mask("id", "[[:alpha:]]+"), []string{`"[[:alpha:]]+" has [:alpha:]`, "write the class out"}},
		"mask, go's escape": {mask("id", `\pL+`), []string{`masking_rules[0].pattern: "\\pL+" is not a pattern`}},
		"same attribute": {
			map[string]any{"template_id_attribute": "log.record.template"},
			[]string{`template_id_attribute: "log.record.template" is the name of template_attribute`},
		},
		"list without a name": {
			map[string]any{"emit_wildcards": true, "wildcards_attribute": ""}, []string{"wildcards_attribute", "emit_wildcards"},
		},
		"warmup":            {map[string]any{"warmup_min_clusters": -1}, []string{"warmup_min_clusters: -1", "0 for no warmup"}},
		"interval":          {map[string]any{"storage": "a", "save_interval": "-1s"}, []string{"save_interval: -1s"}},
		"interval, nowhere": {map[string]any{"save_interval": "5m"}, []string{"save_interval: 5m0s", "set storage"}},
		"services":          {map[string]any{"max_services": 0}, []string{"max_services: 0", "64 is the default"}},
		"alerts":            {map[string]any{"alerts": "mail"}, []string{`alerts: "mail"`, "records, attributes or none"}},
		"detect":            {map[string]any{"detect": "yes"}, []string{"detect: yes", "write true"}},
		"detect, unknown":   {map[string]any{"detect": map[string]any{"scorerz": 1}}, []string{"scorerz"}},
		"sample, first":     {sample(0, 100, "1m"), []string{"sample_repeats.first: 0"}},
		"sample, one of":    {sample(1, 1, "1m"), []string{"sample_repeats.one_of: 1", "2 or more"}},
		"sample, interval":  {sample(1, 2, "0s"), []string{"sample_repeats.interval: 0s"}},
		"engine, unknown":   {map[string]any{"config": map[string]any{"mien": 1}}, []string{"mien"}},
		"unknown":           {map[string]any{"tree_dept": 5}, []string{"tree_dept"}},
		"wrong type":        {map[string]any{"tree_depth": "deep"}, []string{"tree_depth"}},
		"several": {
			map[string]any{"tree_depth": 1, "max_services": -1}, []string{"tree_depth: 1", "max_services: -1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, one.settings)
			for _, words := range one.told {
				require.ErrorContains(t, err, words)
			}
		})
	}
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	cfg := configured(func(cfg *Config) { cfg.Settings = map[string]any{"mine": func() {}} })
	require.ErrorContains(t, cfg.Validate(), "not expressible in JSON")
	var unsupported *json.UnsupportedTypeError
	require.ErrorAs(t, cfg.Validate(), &unsupported)
}
