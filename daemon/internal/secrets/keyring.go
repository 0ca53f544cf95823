// Package secrets stores the API key and the paired browsers' secrets. A Store has three
// implementations:
//
//   - Open uses the system's keyring: the Secret Service on Linux, the Keychain on macOS,
//     the Credential Manager on Windows.
//   - OpenFile uses files that are encrypted with a passphrase (file.go). It is never
//     chosen automatically.
//   - Memory forgets everything at exit, and is for play money only.
//
// ForbidDumps keeps secrets in memory out of core dumps. The package never logs or caches
// a secret.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/99designs/keyring"

	_ "github.com/logspanel/companion/daemon/internal/secrets/bus" // before keyring
)

var (
	// ErrNotFound means that the store has no secret with this name.
	ErrNotFound = errors.New("the keyring holds no such secret")
	// ErrLocked means that the keyring is locked or waits for its password.
	ErrLocked = errors.New("the keyring is locked or waits for a password: unlock it and try again")
	// ErrDenied means that the keyring refuses this program.
	ErrDenied = errors.New("the keyring does not let the companion in: allow it in the keyring's settings and try again")
	// ErrUnavailable means that no keyring can be reached.
	ErrUnavailable = errors.New("no keyring answers: log in to a desktop session with one, such as GNOME Keyring or KWallet, or keep the secrets in an encrypted file with --keyring file")
)

const (
	service  = "logspanel-companion"
	patience = 8 * time.Second // the person may be typing a password; the extension gives up after ten seconds
)

// Store keeps secrets by name. Get returns ErrNotFound if there is no such secret; deleting
// one that does not exist is no error. Implementations are safe for concurrent use.
type Store interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Set(ctx context.Context, name string, value []byte) error
	Delete(ctx context.Context, name string) error
}

// Keyring is the system's keyring, or encrypted files. It is safe for concurrent use. If
// the keyring does not answer, calls return ErrLocked after eight seconds.
type Keyring struct {
	open     func() (keyring.Keyring, error)
	ring     keyring.Keyring // nil until opened; only the holder of turn may use it
	turn     chan struct{}   // held by the running call, even after its caller has given up
	patience time.Duration
}

// Open returns the system's keyring without connecting to it, so most errors appear at the
// first call. It returns ErrUnavailable if this system has none.
func Open() (*Keyring, error) {
	config := keyring.Config{
		AllowedBackends:          []keyring.BackendType{keyring.SecretServiceBackend, keyring.KeychainBackend, keyring.WinCredBackend},
		ServiceName:              service,
		LibSecretCollectionName:  "login", // another one would ask the person to create it
		KeychainTrustApplication: true,
		WinCredPrefix:            service,
	}
	possible := func(b keyring.BackendType) bool { return slices.Contains(keyring.AvailableBackends(), b) }
	if !slices.ContainsFunc(config.AllowedBackends, possible) {
		return nil, ErrUnavailable
	}
	return newKeyring(func() (keyring.Keyring, error) {
		listenForPrompts()
		ring, err := keyring.Open(config)
		if err != nil {
			err = errors.Join(err, sessionError())
		}
		return ring, err
	}), nil
}

func newKeyring(open func() (keyring.Keyring, error)) *Keyring {
	return &Keyring{open: open, turn: make(chan struct{}, 1), patience: patience}
}

// key sets our secrets apart from those of other programs in the same collection.
func key(name string) string { return service + "/" + name }

// Get returns a secret, or ErrNotFound.
func (k *Keyring) Get(ctx context.Context, name string) ([]byte, error) {
	return k.call(ctx, func(ring keyring.Keyring) ([]byte, error) {
		item, err := ring.Get(key(name))
		return item.Data, err
	})
}

// Set stores a secret and replaces an earlier one.
func (k *Keyring) Set(ctx context.Context, name string, value []byte) error {
	_, err := k.call(ctx, func(ring keyring.Keyring) ([]byte, error) {
		return nil, ring.Set(keyring.Item{Key: key(name), Data: value, Label: "Logspanel Companion: " + name})
	})
	return err
}

// Delete removes a secret. It is no error if there is none.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	_, err := k.call(ctx, func(ring keyring.Keyring) ([]byte, error) { return nil, ring.Remove(key(name)) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

type answer struct {
	value []byte
	err   error
}

// call runs do when no other call runs. When it takes too long, call returns and lets it
// finish in the background.
func (k *Keyring) call(ctx context.Context, do func(keyring.Keyring) ([]byte, error)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.patience, ErrLocked)
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-k.turn }()
		value, err := k.run(do)
		done <- answer{value, classify(err)}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (k *Keyring) run(do func(keyring.Keyring) ([]byte, error)) (value []byte, err error) {
	// The library panics where a person dismisses the prompt for the password.
	defer func() {
		if why := recover(); why != nil {
			value, err = nil, fmt.Errorf("prompt without a result: %v", why)
		}
	}()
	if k.ring == nil {
		if k.ring, err = k.open(); err != nil {
			return nil, err
		}
	}
	return do(k.ring)
}

// classify wraps an error of the library in one of ours. The library has no error values
// for most cases, so its text decides.
func classify(err error) error {
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(err.Error(), word) })
	}
	switch {
	case err == nil, errors.Is(err, ErrUnreadable):
		return err
	case errors.Is(err, keyring.ErrKeyNotFound), errors.Is(err, fs.ErrNotExist):
		return ErrNotFound
	case says("locked", "does not exist at path", "ismissed", "prompt"):
		return fmt.Errorf("%w: %w", ErrLocked, err)
	case says("denied", "AccessDenied", "not authorized", "not allowed"):
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
