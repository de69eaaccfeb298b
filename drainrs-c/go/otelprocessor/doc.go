// Package otelprocessor is a logs processor for the OpenTelemetry Collector. It mines templates from log records as they pass,
// writes the template, its id and the parameters to each record, and can tell alerts and thin out repetitions.
//
// A batch runs through it in these steps, one file each: its records are gathered per service (gather.go), the service's
// engine takes all of them in one call (service.go), the findings are written to the records (annotate.go), repetitions are left
// out (sampling.go), alerts are added (alerts.go). Which services have an engine is in services.go, what outlives the process in
// state.go.
package otelprocessor
