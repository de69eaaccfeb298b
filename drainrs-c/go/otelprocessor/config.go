package otelprocessor

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Config is what a collector's configuration says about the processor. The keys of the collector's own drain processor have
// their meaning from there; README.md tells what differs. An attribute whose name is empty is not written.
type Config struct {
	// TreeDepth counts as Drain3 does: tree_depth - 3 leading tokens are looked at.
	TreeDepth int `mapstructure:"tree_depth"`
	// MergeThreshold is the share of tokens that a record must have in common with a template to join it.
	MergeThreshold float64 `mapstructure:"merge_threshold"`
	// MaxNodeChildren is the most children of a node of the tree.
	MaxNodeChildren int `mapstructure:"max_node_children"`
	// MaxClusters is the most templates of a service; the least recently used one makes room. 0 is no limit.
	MaxClusters int `mapstructure:"max_clusters"`
	// ExtraDelimiters separate tokens besides white space. They need Drain3's tokenizer, which knows no classes of values.
	ExtraDelimiters []string `mapstructure:"extra_delimiters"`
	// MaskingRules are patterns of values with names.
	MaskingRules []MaskingRule `mapstructure:"masking_rules"`

	// BodyField is the key of a body that is a map under which the text is.
	BodyField string `mapstructure:"body_field"`

	// TemplateAttribute takes the template's text.
	TemplateAttribute string `mapstructure:"template_attribute"`
	// TemplateIDAttribute takes the template's content id, 16 hex digits that are the same on every host.
	TemplateIDAttribute string `mapstructure:"template_id_attribute"`
	// ParameterKeyPrefix is what the names of the parameters' attributes begin with.
	ParameterKeyPrefix string `mapstructure:"parameter_key_prefix"`
	// EmitWildcards says whether parameters without a name are written, as a list.
	EmitWildcards bool `mapstructure:"emit_wildcards"`
	// WildcardsAttribute takes that list.
	WildcardsAttribute string `mapstructure:"wildcards_attribute"`

	// SeedTemplates are planted before the first record: they never widen and never make room.
	SeedTemplates []string `mapstructure:"seed_templates"`
	// SeedLogs are example bodies that are learned from before the first record, unless there is a saved state.
	SeedLogs []string `mapstructure:"seed_logs"`
	// WarmupMinClusters is how many templates a service must have before its records are annotated.
	WarmupMinClusters int `mapstructure:"warmup_min_clusters"`

	// Storage is the extension that keeps the state between runs.
	Storage *component.ID `mapstructure:"storage"`
	// SaveInterval is how often the state is saved besides at shutdown; 0 is never.
	SaveInterval time.Duration `mapstructure:"save_interval"`

	// MaxServices is the most engines that are open at once, one per service.name.
	MaxServices int `mapstructure:"max_services"`
	// Detect is true, or a map of the detector's settings, if alerts are wanted.
	Detect any `mapstructure:"detect"`
	// Alerts is where alerts go.
	Alerts AlertPlacement `mapstructure:"alerts"`
	// SampleRepeats thins out records of templates that repeat.
	SampleRepeats *SampleRepeats `mapstructure:"sample_repeats"`

	// Settings are settings of the engine under the engine's own names. They win over all of the above.
	Settings map[string]any `mapstructure:"config"`
}

// MaskingRule says that what a pattern matches is a value with a name.
type MaskingRule struct {
	// Name stands in templates, as <name>, and in the attribute's name.
	Name string `mapstructure:"name"`
	// Pattern is a regular expression.
	Pattern string `mapstructure:"pattern"`
}

// AlertPlacement is where alerts go.
type AlertPlacement string

const (
	// AlertRecords makes a log record of each alert.
	AlertRecords AlertPlacement = "records"
	// AlertAttributes writes an alert to a record that it is about.
	AlertAttributes AlertPlacement = "attributes"
	// AlertNone counts alerts and drops them.
	AlertNone AlertPlacement = "none"
)

// SampleRepeats lets the first records of each template pass in every interval, then one of many.
type SampleRepeats struct {
	// First is how many records of a template pass in an interval before it is thinned out.
	First int `mapstructure:"first"`
	// OneOf is of how many records behind those one passes.
	OneOf int `mapstructure:"one_of"`
	// Interval is after which time the counting begins anew.
	Interval time.Duration `mapstructure:"interval"`
}

func createDefaultConfig() component.Config {
	return &Config{
		TreeDepth:           5,
		MergeThreshold:      0.5,
		MaxNodeChildren:     100,
		MaxClusters:         10_000,
		TemplateAttribute:   "log.record.template",
		TemplateIDAttribute: "log.record.template.id",
		ParameterKeyPrefix:  "log.record.template.parameter",
		WildcardsAttribute:  "log.record.template.wildcards",
		MaxServices:         64,
		Alerts:              AlertRecords,
	}
}

// Validate names everything that is wrong, with key, value and remedy.
func (cfg *Config) Validate() error {
	var found problems
	cfg.checkMining(&found)
	cfg.checkMasks(&found)
	cfg.checkAttributes(&found)
	cfg.checkState(&found)
	cfg.checkAlerts(&found)
	if cfg.SampleRepeats != nil {
		cfg.SampleRepeats.check(&found)
	}
	if err := found.join(); err != nil {
		return err
	}
	return cfg.checkWithEngine()
}

func (cfg *Config) checkMining(found *problems) {
	found.require(cfg.TreeDepth >= 3, "tree_depth: %d is too small; write 3 or more, 5 is the default", cfg.TreeDepth)
	found.require(cfg.MergeThreshold >= 0 && cfg.MergeThreshold <= 1,
		"merge_threshold: %v is no share; write a number from 0 to 1, 0.5 is the default", cfg.MergeThreshold)
	found.require(cfg.MaxNodeChildren >= 1,
		"max_node_children: %d is too small; write 1 or more, 100 is the default", cfg.MaxNodeChildren)
	found.require(cfg.MaxClusters >= 0,
		"max_clusters: %d is negative; write how many templates a service may have, or 0 for no limit", cfg.MaxClusters)
	for i, delimiter := range cfg.ExtraDelimiters {
		found.require(delimiter != "",
			"extra_delimiters[%d]: \"\" would split between all characters; remove it", i)
	}
	found.require(cfg.WarmupMinClusters >= 0,
		"warmup_min_clusters: %d is negative; write a number of templates, or 0 for no warmup", cfg.WarmupMinClusters)
	found.require(cfg.MaxServices >= 1,
		"max_services: %d leaves no engine; write 1 or more, 64 is the default", cfg.MaxServices)
}

// posixClass is what Go's regular expressions take for a class and Python's silently for something else.
var posixClass = regexp.MustCompile(`\[:\^?[a-z]+:\]`)

func (cfg *Config) checkMasks(found *problems) {
	for i, rule := range cfg.MaskingRules {
		named := rule.Name != "" && rule.Name != "*" && !strings.ContainsAny(rule.Name, "<> \t\r\n")
		found.require(named,
			"masking_rules[%d].name: %q is no name; write a word without white space and angle brackets, such as \"order\"",
			i, rule.Name)
		found.require(rule.Pattern != "",
			"masking_rules[%d].pattern: \"\" matches everywhere; write a regular expression, or remove the rule", i)
		posix := posixClass.FindString(rule.Pattern)
		found.require(posix == "",
			"masking_rules[%d].pattern: %q has %s, which is no class here but those characters; write the class out, such as a-z",
			i, rule.Pattern, posix)
	}
}

func (cfg *Config) checkAttributes(found *problems) {
	names := map[string]string{}
	for _, attribute := range []struct{ key, name string }{
		{"template_attribute", cfg.TemplateAttribute},
		{"template_id_attribute", cfg.TemplateIDAttribute},
		{"wildcards_attribute", cfg.WildcardsAttribute},
	} {
		if attribute.name == "" {
			continue
		}
		other, taken := names[attribute.name]
		found.require(!taken, "%s: %q is the name of %s, too; give each attribute its own, or leave one empty",
			attribute.key, attribute.name, other)
		names[attribute.name] = attribute.key
	}
	found.require(!cfg.EmitWildcards || cfg.WildcardsAttribute != "",
		"wildcards_attribute: \"\" takes no list; write a name, or set emit_wildcards to false")
}

func (cfg *Config) checkState(found *problems) {
	found.require(cfg.SaveInterval >= 0,
		"save_interval: %v is negative; write a time such as 5m, or 0 to save at shutdown only", cfg.SaveInterval)
	found.require(cfg.SaveInterval <= 0 || cfg.Storage != nil,
		"save_interval: %v has nowhere to save to; set storage to the name of a storage extension", cfg.SaveInterval)
}

func (cfg *Config) checkAlerts(found *problems) {
	switch cfg.Alerts {
	case AlertRecords, AlertAttributes, AlertNone:
	default:
		found.require(false, "alerts: %q is no place for alerts; write records, attributes or none", cfg.Alerts)
	}
	switch cfg.Detect.(type) {
	case nil, bool, map[string]any:
	default:
		found.require(false,
			"detect: %v is neither true nor a map; write true, or the settings of the detector", cfg.Detect)
	}
}

func (sample *SampleRepeats) check(found *problems) {
	found.require(sample.First >= 1,
		"sample_repeats.first: %d is too small; write how many records of a template always pass, 1 or more", sample.First)
	found.require(sample.OneOf >= 2,
		"sample_repeats.one_of: %d thins out nothing; write 2 or more, or leave sample_repeats out", sample.OneOf)
	found.require(sample.Interval > 0,
		"sample_repeats.interval: %v is no time; write one such as 1m", sample.Interval)
}

// problems collects what is wrong, so that all of it is told at once.
type problems []error

func (found *problems) require(holds bool, format string, arguments ...any) {
	if !holds {
		*found = append(*found, fmt.Errorf(format, arguments...))
	}
}

func (found *problems) join() error {
	return errors.Join(*found...)
}
