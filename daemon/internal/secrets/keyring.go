// Package secrets keeps secrets in the system's keyring: the Secret Service on
// Linux, the Keychain on macOS, the Credential Manager on Windows. Where there is none,
// encrypted files stand in for it (file.go), and memory does for play money (memory.go).
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
	// ErrNotFound says that the keyring holds nothing under a name.
	ErrNotFound = errors.New("the keyring holds no such secret")
	// ErrLocked says that the keyring is locked, or waits for its password.
	ErrLocked = errors.New("the keyring is locked or waits for a password: unlock it and try again")
	// ErrDenied says that the keyring is there, and refuses this program.
	ErrDenied = errors.New("the keyring does not let the companion in: allow it in the keyring's settings and try again")
	// ErrUnavailable says that there is no keyring to talk to.
	ErrUnavailable = errors.New("no keyring answers: log in to a desktop session with one, such as GNOME Keyring or KWallet, or keep the secrets in an encrypted file with --keyring file")
)

const (
	service  = "logspanel-companion"
	patience = 8 * time.Second // a person may be typing a password; the extension waits ten seconds to be told so
)

// Store keeps secrets under names.
type Store interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Set(ctx context.Context, name string, value []byte) error
	Delete(ctx context.Context, name string) error
}

// Keyring is the system's keyring, or a file in its place. It is safe for concurrent
// use; one that does not answer holds up no caller for longer than eight seconds.
type Keyring struct {
	open     func() (keyring.Keyring, error)
	ring     keyring.Keyring // once opened; belongs to the one who has the turn
	turn     chan struct{}   // held by the one call under way, also after its caller left
	patience time.Duration
}

// Open chooses the keyring. A system's keyring that can't be there at all is
// ErrUnavailable; what else is wrong with it shows at the first call.
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
			err = errors.Join(err, whyNot())
		}
		return ring, err
	}), nil
}

func newKeyring(open func() (keyring.Keyring, error)) *Keyring {
	return &Keyring{open: open, turn: make(chan struct{}, 1), patience: patience}
}

// key sets our secrets apart from those of other programs in the same collection.
func key(name string) string { return service + "/" + name }

// Get reads a secret, or says ErrNotFound.
func (k *Keyring) Get(ctx context.Context, name string) ([]byte, error) {
	return k.call(ctx, func(ring keyring.Keyring) ([]byte, error) {
		item, err := ring.Get(key(name))
		return item.Data, err
	})
}

// Set writes a secret over the one before.
func (k *Keyring) Set(ctx context.Context, name string, value []byte) error {
	_, err := k.call(ctx, func(ring keyring.Keyring) ([]byte, error) {
		return nil, ring.Set(keyring.Item{Key: key(name), Data: value, Label: "Logspanel Companion: " + name})
	})
	return err
}

// Delete removes a secret; one that isn't there is no error.
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

// call runs do in its turn, and leaves it behind when it takes too long.
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
		value, err := k.perform(do)
		done <- answer{value, inWords(err)}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (k *Keyring) perform(do func(keyring.Keyring) ([]byte, error)) (value []byte, err error) {
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

func inWords(err error) error {
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
