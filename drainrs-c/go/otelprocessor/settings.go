package otelprocessor

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"drainrs"
)

// engineSettings are the settings of a service's engine, as the JSON document that it takes.
func (cfg *Config) engineSettings() ([]byte, error) {
	document, err := json.Marshal(cfg.settings())
	if err != nil {
		return nil, fmt.Errorf("config, detect: not expressible in JSON: %w; write plain maps, lists, texts and numbers", err)
	}
	return document, nil
}

func (cfg *Config) settings() map[string]any {
	mine := map[string]any{
		"depth":                cfg.TreeDepth,
		"similarity_threshold": cfg.MergeThreshold,
		"max_children":         cfg.MaxNodeChildren,
		"max_templates":        nil,
	}
	if cfg.MaxClusters > 0 {
		mine["max_templates"] = cfg.MaxClusters
	}
	masks := []any{}
	for _, rule := range cfg.MaskingRules {
		masks = append(masks, map[string]any{"name": rule.Name, "pattern": rule.Pattern})
	}
	normalize := map[string]any{"masks": masks}
	if len(cfg.ExtraDelimiters) > 0 {
		normalize["tokenizer"] = "drain3"
		normalize["extra_delimiters"] = cfg.ExtraDelimiters
	}
	settings := map[string]any{"mine": mine, "normalize": normalize}
	switch detect := cfg.Detect.(type) {
	case bool:
		if detect {
			settings["detect"] = map[string]any{}
		}
	case map[string]any:
		settings["detect"] = detect
	}
	return merged(settings, cfg.Settings)
}

// detects says whether engines have a detector.
func (cfg *Config) detects() bool {
	return cfg.settings()["detect"] != nil
}

// merged is a document with another one laid over it: maps unite, all else is replaced.
func merged(base, over map[string]any) map[string]any {
	result := maps.Clone(base)
	for key, value := range over {
		below, isMap := result[key].(map[string]any)
		above, areMaps := value.(map[string]any)
		if isMap && areMaps {
			result[key] = merged(below, above)
		} else {
			result[key] = value
		}
	}
	return result
}

// keysOfPaths lead from where the engine finds a mistake to where it was written.
var keysOfPaths = strings.NewReplacer(
	"mine.depth", "tree_depth",
	"mine.similarity_threshold", "merge_threshold",
	"mine.max_children", "max_node_children",
	"mine.max_templates", "max_clusters",
	"normalize.masks", "masking_rules",
	"normalize.extra_delimiters", "extra_delimiters",
)

// checkWithEngine lets the engine judge: it knows its patterns and the settings that are passed through to it.
func (cfg *Config) checkWithEngine() error {
	document, err := cfg.engineSettings()
	if err != nil {
		return err
	}
	pipeline, err := drainrs.NewPipeline(document)
	if err != nil {
		return inOurWords(err)
	}
	return pipeline.Close()
}

func inOurWords(err error) error {
	var wrong *drainrs.Error
	if !errors.As(err, &wrong) || wrong.Path == "" {
		return err
	}
	message := wrong.Message
	if !strings.Contains(message, wrong.Path) {
		message = wrong.Path + ": " + message
	}
	return errors.New(keysOfPaths.Replace(message))
}
