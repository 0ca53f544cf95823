package secrets

import (
	"bytes"
	"context"
	"sync"
)

// Memory keeps secrets until the program ends: for play money alone.
func Memory() Store { return new(memory) }

type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Get reads a secret, or says ErrNotFound.
func (m *memory) Get(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, there := m.values[name]
	if !there {
		return nil, ErrNotFound
	}
	return bytes.Clone(value), nil
}

// Set writes a secret over the one before.
func (m *memory) Set(_ context.Context, name string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[name] = bytes.Clone(value)
	return nil
}

// Delete removes a secret; one that isn't there is no error.
func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}
