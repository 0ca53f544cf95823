// Package secrets keeps secrets in the system's keyring: the Secret Service on
// Linux, the Keychain on macOS, the Credential Manager on Windows.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/99designs/keyring"

	_ "github.com/logspanel/companion/daemon/internal/secrets/bus" // before keyring
)

var (
	// ErrNotFound says that the keyring holds nothing under a name.
	ErrNotFound = errors.New("the keyring holds no such secret")
	// ErrLocked says that the keyring is locked, or waits for its password.
	ErrLocked = errors.New("the keyring is locked or waits for a password: unlock it and try again")
	// ErrUnavailable says that there is no keyring to talk to.
	ErrUnavailable = errors.New("no keyring answers: log in to a desktop session with one, such as GNOME Keyring or KWallet")
)

const (
	service  = "logspanel-companion"
	patience = 10 * time.Second // a person may be typing a password, but not into every call
)

// Keyring is the system's keyring. It is safe for concurrent use; a keyring that
// does not answer holds up no caller for longer than ten seconds.
type Keyring struct {
	ring keyring.Keyring
	turn chan struct{} // held by the one call under way, also after its caller left
}

// Open opens the system's keyring.
func Open() (*Keyring, error) {
	listenForPrompts()
	ring, err := keyring.Open(keyring.Config{
		AllowedBackends:          []keyring.BackendType{keyring.SecretServiceBackend, keyring.KeychainBackend, keyring.WinCredBackend},
		ServiceName:              service,
		LibSecretCollectionName:  "login", // another one would ask the person to create it
		KeychainTrustApplication: true,
		WinCredPrefix:            service,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return newKeyring(ring), nil
}

func newKeyring(ring keyring.Keyring) *Keyring {
	return &Keyring{ring: ring, turn: make(chan struct{}, 1)}
}

// key sets our secrets apart from those of other programs in the same collection.
func key(name string) string { return service + "/" + name }

// Get reads a secret, or says ErrNotFound.
func (k *Keyring) Get(ctx context.Context, name string) (value []byte, err error) {
	err = k.call(ctx, func() error {
		item, err := k.ring.Get(key(name))
		value = item.Data
		return err
	})
	if err != nil {
		return nil, err
	}
	return value, nil
}

// Set writes a secret over the one before.
func (k *Keyring) Set(ctx context.Context, name string, value []byte) error {
	return k.call(ctx, func() error {
		return k.ring.Set(keyring.Item{Key: key(name), Data: value, Label: "Logspanel Companion: " + name})
	})
}

// Delete removes a secret; one that isn't there is no error.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	err := k.call(ctx, func() error { return k.ring.Remove(key(name)) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// call runs do in its turn, and leaves it behind when it takes too long.
func (k *Keyring) call(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, ErrLocked)
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-k.turn }()
		done <- do()
	}()
	select {
	case err := <-done:
		return inWords(err)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func inWords(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrKeyNotFound):
		return ErrNotFound
	case strings.Contains(err.Error(), "locked"), strings.Contains(err.Error(), "does not exist at path"),
		strings.Contains(err.Error(), "ismissed"), strings.Contains(err.Error(), "prompt"):
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
