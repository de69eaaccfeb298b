package otelprocessor

import (
	"encoding/json"
	"strings"

	"drainrs"
)

// seedSnapshot is the state that every new engine begins with: the seed logs mined, the seed templates planted. It is nil without
// seeds. A miner takes them, not a pipeline: they are no events, and a detector must not count them.
func (cfg *Config) seedSnapshot() ([]byte, error) {
	templates, logs := withoutBlank(cfg.SeedTemplates), withoutBlank(cfg.SeedLogs)
	if len(templates) == 0 && len(logs) == 0 {
		return nil, nil
	}
	settings := cfg.settings()
	document, err := json.Marshal(map[string]any{"mine": settings["mine"], "normalize": settings["normalize"]})
	if err != nil {
		return nil, err
	}
	miner, err := drainrs.NewMiner(document)
	if err != nil {
		return nil, err
	}
	defer miner.Close()
	for _, template := range templates {
		if _, err := miner.Seed(template); err != nil {
			return nil, err
		}
	}
	if err := miner.InsertStrings(logs, nil); err != nil {
		return nil, err
	}
	return miner.Snapshot()
}

func withoutBlank(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
