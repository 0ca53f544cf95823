package secrets

import (
	"bytes"
	"context"
	"sync"
)

// Memory returns a store that keeps secrets until the program ends. It is for play money.
func Memory() Store { return new(memory) }

type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Get returns a secret, or ErrNotFound.
func (m *memory) Get(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, there := m.values[name]
	if !there {
		return nil, ErrNotFound
	}
	return bytes.Clone(value), nil
}

// Set stores a secret and replaces an earlier one.
func (m *memory) Set(_ context.Context, name string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[name] = bytes.Clone(value)
	return nil
}

// Delete removes a secret. It is no error if there is none.
func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}
