package main

import (
	"errors"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"

	"drainrs/otelprocessor"
)

// factories are the components that configurations can name.
func factories() (otelcol.Factories, error) {
	var errs [4]error
	made := otelcol.Factories{Telemetry: otelconftelemetry.NewFactory()}
	made.Receivers, errs[0] = otelcol.MakeFactoryMap[receiver.Factory](filelogreceiver.NewFactory())
	made.Processors, errs[1] = otelcol.MakeFactoryMap[processor.Factory](otelprocessor.NewFactory())
	made.Exporters, errs[2] = otelcol.MakeFactoryMap[exporter.Factory](fileexporter.NewFactory(), debugexporter.NewFactory())
	made.Extensions, errs[3] = otelcol.MakeFactoryMap[extension.Factory](filestorage.NewFactory())
	return made, errors.Join(errs[:]...)
}
