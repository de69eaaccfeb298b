package otelprocessor

import (
	"context"
	"encoding/json"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// stateKeyPrefix stands before the name of a service in the keys of the storage.
const stateKeyPrefix = "service:"

// namesKey is where the names of the services are that were open, as a JSON array, the latest used first.
const namesKey = "services"

// states keeps what engines have learned in a storage extension.
type states struct {
	client storage.Client
}

// openStates gives the states that are kept by an extension.
func openStates(ctx context.Context, host component.Host, extension, processor component.ID) (*states, error) {
	found, there := host.GetExtensions()[extension]
	if !there {
		return nil, fmt.Errorf("storage: there is no extension %q; add it to extensions and to service::extensions", extension)
	}
	keeper, keeps := found.(storage.Extension)
	if !keeps {
		return nil, fmt.Errorf("storage: the extension %q keeps nothing; name a storage extension, such as file_storage", extension)
	}
	client, err := keeper.GetClient(ctx, component.KindProcessor, processor, "")
	if err != nil {
		return nil, fmt.Errorf("storage: the extension %q gives no client: %w", extension, err)
	}
	return &states{client: client}, nil
}

// load gives what was saved of a service, nil if nothing was.
func (s *states) load(ctx context.Context, service string) ([]byte, error) {
	return s.client.Get(ctx, stateKeyPrefix+service)
}

// save keeps what a service has learned.
func (s *states) save(ctx context.Context, service string, snapshot []byte) error {
	return s.client.Set(ctx, stateKeyPrefix+service, snapshot)
}

// names gives the services that were open when they were saved.
func (s *states) names(ctx context.Context) ([]string, error) {
	document, err := s.client.Get(ctx, namesKey)
	if err != nil || document == nil {
		return nil, err
	}
	var names []string
	err = json.Unmarshal(document, &names)
	return names, err
}

// saveNames keeps the names of the services that are open.
func (s *states) saveNames(ctx context.Context, names []string) error {
	document, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return s.client.Set(ctx, namesKey, document)
}

func (s *states) close(ctx context.Context) error {
	return s.client.Close(ctx)
}
