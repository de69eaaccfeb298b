package otelprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// plan is the configuration as the steps need it.
type plan struct {
	bodyField      string
	textKey, idKey string
	parameters     parameterKeys
	warmup         int
	sample         *SampleRepeats
}

func newPlan(cfg *Config, classes []string) plan {
	return plan{
		bodyField:  cfg.BodyField,
		textKey:    cfg.TemplateAttribute,
		idKey:      cfg.TemplateIDAttribute,
		parameters: newParameterKeys(cfg, classes),
		warmup:     cfg.WarmupMinClusters,
		sample:     cfg.SampleRepeats,
	}
}

// annotate writes to every record of a batch what was found.
func (b *batch) annotate(plan plan) {
	mined := string(b.events.Mined)
	for i, record := range b.records {
		if b.shown[i] == nil || b.standsFor[i] == 0 {
			continue
		}
		first, end := span(b.events.ParameterEnds, i)
		attributes := record.Attributes()
		attributes.EnsureCapacity(attributes.Len() + 3 + end - first)
		putUnlessUnnamed(attributes, plan.textKey, b.shown[i].text)
		putUnlessUnnamed(attributes, plan.idKey, b.shown[i].id)
		if plan.sample != nil {
			attributes.PutInt(standsForKey, b.standsFor[i])
		}
		if first == end {
			continue
		}
		text := b.bodies[i]
		if mined != "" {
			from, to := span(b.events.MinedEnds, i)
			text = mined[from:to]
		}
		b.putParameters(attributes, text, first, end, b.shown[i].places, plan.parameters)
	}
}

// putParameters writes the parameters from first to before end, whose bytes are in the text, each to the key of its place. A record
// that has others than its template has places for names them by what they are.
func (b *batch) putParameters(
	attributes pcommon.Map, text string, first, end int, places []string, keys parameterKeys,
) {
	fits := len(places) == end-first
	var before [64]int
	var unnamed []string
	for at := first; at < end; at++ {
		class := b.events.ParameterClasses[at]
		key := ""
		if fits {
			key = places[at-first]
		} else {
			key = keys.key(class, before[class])
			before[class]++
		}
		value := text[b.events.ParameterStarts[at]:b.events.ParameterStops[at]]
		switch key {
		case "":
		case wildcardClass:
			unnamed = append(unnamed, value)
		default:
			attributes.PutStr(key, value)
		}
	}
	if keys.wildcards != "" && len(unnamed) > 0 {
		list := attributes.PutEmptySlice(keys.wildcards)
		list.EnsureCapacity(len(unnamed))
		for _, value := range unnamed {
			list.AppendEmpty().SetStr(value)
		}
	}
}

// span is where entry i begins and ends, from the ends of all; nowhere if they were not asked for.
func span(ends []uint32, i int) (int, int) {
	if i >= len(ends) {
		return 0, 0
	}
	if i == 0 {
		return 0, int(ends[0])
	}
	return int(ends[i-1]), int(ends[i])
}

func putUnlessUnnamed(attributes pcommon.Map, key, value string) {
	if key != "" {
		attributes.PutStr(key, value)
	}
}
