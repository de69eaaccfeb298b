package drainrs

import "encoding/json"

// MinerStats tells how a miner stands.
type MinerStats struct {
	Counters MinerCounters `json:"counters"`
	// Lines longer than a limit: they were mined by their head.
	CutLines uint64 `json:"cut_lines"`
	// Lines on which a mask used up its steps.
	ExhaustedMasks uint64 `json:"exhausted_masks"`
	// Templates alive.
	Templates uint64 `json:"templates"`
	// Nodes of the tree.
	Nodes uint64 `json:"nodes"`
	// Rough memory in bytes of what is learned.
	Memory uint64 `json:"memory"`
}

// MinerCounters is what a miner has counted. Seen is Matched plus Created, always.
type MinerCounters struct {
	Seen             uint64 `json:"seen"`
	Matched          uint64 `json:"matched"`
	Created          uint64 `json:"created"`
	Widened          uint64 `json:"widened"`
	EvictedTemplates uint64 `json:"evicted_templates"`
	EvictedLines     uint64 `json:"evicted_lines"`
	MergedTemplates  uint64 `json:"merged_templates"`
	DroppedLineage   uint64 `json:"dropped_lineage"`
}

// PipelineStats tells how a pipeline stands. Pipeline.Events is Miner.Counters.Matched plus Created plus what was skipped.
type PipelineStats struct {
	Pipeline PipelineCounters `json:"pipeline"`
	Miner    MinerStats       `json:"miner"`
	// What the detector counted, as a document; null without a detector.
	Detector json.RawMessage `json:"detector"`
	// Rough memory of the detector in bytes; 0 without one.
	DetectorMemory uint64 `json:"detector_memory"`
}

// PipelineCounters is what a pipeline has counted.
type PipelineCounters struct {
	Lines             uint64 `json:"lines"`
	Events            uint64 `json:"events"`
	Truncated         uint64 `json:"truncated"`
	SkippedBelowLevel uint64 `json:"skipped_below_level"`
	SkippedSurge      uint64 `json:"skipped_surge"`
}
