// Package otelprocessor is a logs processor for the OpenTelemetry Collector. It mines templates from log records as they pass,
// writes the template, its id and the parameters to each record, and can tell alerts and thin out repetitions.
//
// A batch runs through it in these steps, one file each: its records are gathered per service (gather.go), the service's
// engine takes all of them in one call (service.go), the texts of their templates are brought up to date (template.go), the findings
// are written to the records (annotate.go, parameters.go), repetitions are left out (sampling.go), alerts are added (alerts.go).
// What happens at the beginning, at the end and beside the batches is in lifecycle.go, which services have an engine in services.go,
// what outlives the process in state.go.
package otelprocessor
