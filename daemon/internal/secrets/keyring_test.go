package secrets

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/keyring"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// keeps checks what every Store must do.
func keeps(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Get(ctx, "a")
	require.ErrorIs(t, err, ErrNotFound)
	require.NoError(t, s.Delete(ctx, "a"))
	require.NoError(t, s.Set(ctx, "a", []byte("one")))
	require.NoError(t, s.Set(ctx, "b/c.example:8080", []byte{0, 1, 0xff}))
	require.NoError(t, s.Set(ctx, "a", []byte("two")))
	got, err := s.Get(ctx, "a")
	require.NoError(t, err)
	assert.Equal(t, []byte("two"), got)
	got, err = s.Get(ctx, "b/c.example:8080")
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 1, 0xff}, got)
	require.NoError(t, s.Delete(ctx, "a"))
	_, err = s.Get(ctx, "a")
	require.ErrorIs(t, err, ErrNotFound)
	require.NoError(t, s.Delete(ctx, "b/c.example:8080"))
}

func TestMemory(t *testing.T) { keeps(t, Memory()) }

func TestKeyringOverItsLibrary(t *testing.T) {
	ring := keyring.NewArrayKeyring(nil)
	keeps(t, over(ring))
	require.NoError(t, over(ring).Set(t.Context(), "a", []byte("x")))
	names, err := ring.Keys()
	require.NoError(t, err)
	assert.Equal(t, []string{"logspanel-companion/a"}, names, "names have the companion's prefix")
}

func over(ring keyring.Keyring) *Keyring {
	return newKeyring(func() (keyring.Keyring, error) { return ring, nil })
}

func TestKeyringAppearsLater(t *testing.T) {
	there := false
	k := newKeyring(func() (keyring.Keyring, error) {
		if !there {
			return nil, keyring.ErrNoAvailImpl
		}
		return keyring.NewArrayKeyring(nil), nil
	})
	_, err := k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrUnavailable)
	there = true
	keeps(t, k)
}

// silent is a keyring that blocks, as if it waited for a person.
type silent struct {
	keyring.Keyring
	answer chan error
}

func (s silent) Get(string) (keyring.Item, error) { return keyring.Item{}, <-s.answer }

func TestSilentKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := silent{keyring.NewArrayKeyring(nil), make(chan error)}
		k, start := over(s), time.Now()
		_, err := k.Get(t.Context(), "a")
		require.ErrorIs(t, err, ErrLocked)
		require.Less(t, time.Since(start), 9*time.Second, "the extension waits for ten")
		require.ErrorIs(t, k.Set(t.Context(), "a", []byte("x")), ErrLocked, "the first call is still under way")
		s.answer <- keyring.ErrKeyNotFound
		synctest.Wait()
		require.NoError(t, k.Set(t.Context(), "a", []byte("x")))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = k.Get(ctx, "a")
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestClassify(t *testing.T) {
	for text, want := range map[string]error{
		"Object does not exist at path “/org/freedesktop/secrets/collection/login”": ErrLocked,
		"Cannot create an item in a locked collection":                              ErrLocked,
		"Prompt was dismissed":                                                    ErrLocked,
		"Sender is not authorized to send message":                                ErrDenied,
		"org.freedesktop.DBus.Error.AccessDenied":                                 ErrDenied,
		"User interaction is not allowed. (-25308)":                               ErrDenied,
		"The name org.freedesktop.secrets was not provided by any .service files": ErrUnavailable,
	} {
		assert.ErrorIs(t, classify(errors.New(text)), want, text)
	}
}
