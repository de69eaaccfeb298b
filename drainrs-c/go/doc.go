// Package drainrs turns log lines into templates, and templates into alerts: online, bounded, deterministic.
//
// A [Miner] takes messages and gives each its template. A [Pipeline] takes raw lines or records, joins stack traces, reads headers,
// mines, and with a "detect" part in its settings tells [Alert]s.
//
// Settings are JSON documents; nil is the default. Log lines never cause errors: any bytes are a line. What does fail gives an
// [*Error] with a [Code], which [errors.Is] compares:
//
//	if errors.Is(err, drainrs.CodeSnapshot) { ... }
//
// Objects may be used by many goroutines, one after the other: calls wait for each other. Use an object per goroutine for speed, and
// merge miners. Close frees an object at once, the garbage collector does so later. Hits, events and records belong to one goroutine at
// a time, and are meant to be used again from call to call: their memory is kept.
//
// The library runs as WebAssembly in pure Go; with the build tag drainrs_cgo it is linked. [Engine] tells which. Results are equal.
package drainrs
