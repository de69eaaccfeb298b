package otelprocessor

import (
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

// serviceKey is the resource attribute that tells services apart.
const serviceKey = "service.name"

// share is what one service has in a collector's batch.
type share struct {
	service   string
	resources []plog.ResourceLogs
}

// sharesOf splits a collector's batch by service, in the order in which services appear.
func sharesOf(logs plog.Logs) []share {
	var shares []share
	for _, resource := range logs.ResourceLogs().All() {
		service := ""
		if name, named := resource.Resource().Attributes().Get(serviceKey); named {
			service = name.AsString()
		}
		at := 0
		for at < len(shares) && shares[at].service != service {
			at++
		}
		if at == len(shares) {
			shares = append(shares, share{service: service})
		}
		shares[at].resources = append(shares[at].resources, resource)
	}
	return shares
}

// batch is a share on its way through the processor. Entry i of all its slices is about the same record.
type batch struct {
	// What was gathered: records that have a text.
	records []plog.LogRecord
	bodies  []string
	// Which of all records of the share each of them is; those without a text count, too.
	places  []int
	visited int
	slab    drainrs.Records

	// What the engine said.
	events drainrs.Events
	// What is written to each record, nil if nothing is.
	shown []*shown
	// How many records each record stands for, 0 if it is sampled out.
	standsFor []int64

	tally tally
}

// batches are reused: their slices are large.
var batches = sync.Pool{New: func() any {
	b := &batch{}
	b.events.WithContentIDs = true
	return b
}}

// gather gives the batch of a share.
func gather(from share, bodyField string) *batch {
	b := batches.Get().(*batch)
	b.reset()
	b.slab.Service = from.service
	for _, resource := range from.resources {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				b.add(record, bodyField)
			}
		}
	}
	b.tally.seen = int64(b.visited)
	return b
}

// release gives the batch back. It lets go of what belongs to the collector.
func (b *batch) release() {
	b.reset()
	batches.Put(b)
}

func (b *batch) reset() {
	clear(b.records)
	clear(b.bodies)
	clear(b.shown)
	b.records, b.bodies, b.places, b.visited = b.records[:0], b.bodies[:0], b.places[:0], 0
	b.shown, b.standsFor = b.shown[:0], b.standsFor[:0]
	b.slab.Reset()
	b.slab.Service = ""
	b.tally = tally{}
}

func (b *batch) add(record plog.LogRecord, bodyField string) {
	place := b.visited
	b.visited++
	text, isText := textOf(record.Body(), bodyField)
	if !isText {
		b.tally.skipped[skippedNoText]++
		return
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		b.tally.skipped[skippedEmpty]++
		return
	}
	b.records = append(b.records, record)
	b.bodies = append(b.bodies, text)
	b.places = append(b.places, place)
	b.slab.Data = append(b.slab.Data, text...)
	b.slab.Ends = append(b.slab.Ends, uint32(len(b.slab.Data)))
	b.slab.Times = append(b.slab.Times, timeOf(record))
	b.slab.Levels = append(b.slab.Levels, levelOf(record.SeverityNumber()))
}

// textOf is the text of a body: the body itself, or the field that was asked for.
func textOf(body pcommon.Value, field string) (string, bool) {
	switch body.Type() {
	case pcommon.ValueTypeStr:
		return body.Str(), true
	case pcommon.ValueTypeEmpty:
		return "", true
	case pcommon.ValueTypeMap:
		if field == "" {
			return "", false
		}
		value, there := body.Map().Get(field)
		if !there {
			return "", false
		}
		return value.AsString(), true
	default:
		return "", false
	}
}
