package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/secrets"
)

// slowKeyring delays each answer until the test allows it. The answer is the value at the
// time of the call.
type slowKeyring struct {
	secrets.Store
	answer chan struct{}
	reads  atomic.Int32
}

func (k *slowKeyring) Get(ctx context.Context, name string) ([]byte, error) {
	k.reads.Add(1)
	value, err := k.Store.Get(ctx, name)
	<-k.answer
	return value, err
}

type keyRead struct {
	logspanel.Credential
	err error
}

func readKey(ctx context.Context, keys *app.Keys) <-chan keyRead {
	c := make(chan keyRead, 1)
	go func() {
		credential, err := keys.Credential(ctx)
		c <- keyRead{credential, err}
	}()
	return c
}

func TestCallerLeavesBlockedKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keyring := &slowKeyring{Store: secrets.Memory(), answer: make(chan struct{})}
		keys := app.NewKeys(keyring, "logspanel.com")
		require.NoError(t, keys.Set(t.Context(), "first-key"))
		ctx, leave := context.WithCancel(t.Context())
		leaving, staying := readKey(ctx, keys), readKey(t.Context(), keys)
		synctest.Wait()
		leave()
		synctest.Wait()
		select {
		case left := <-leaving:
			assert.ErrorIs(t, left.err, context.Canceled)
		default:
			assert.Fail(t, "the caller that gave up still waits")
		}
		keys.Reload() // does not wait for the keyring either
		synctest.Wait()
		close(keyring.answer)
		got := <-staying
		require.NoError(t, got.err, "the other caller gets an answer, whoever began the read")
		assert.Equal(t, "first-key", got.Key)
	})
}

func TestCallersShareOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keyring := &slowKeyring{Store: secrets.Memory(), answer: make(chan struct{})}
		keys := app.NewKeys(keyring, "logspanel.com")
		require.NoError(t, keys.Set(t.Context(), "first-key"))
		var waiting []<-chan keyRead
		for range 20 {
			waiting = append(waiting, readKey(t.Context(), keys))
		}
		synctest.Wait()
		close(keyring.answer)
		for _, w := range waiting {
			assert.Equal(t, "first-key", (<-w).Key)
		}
		assert.EqualValues(t, 1, keyring.reads.Load())
		_, err := keys.Credential(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, keyring.reads.Load(), "it is cached")
	})
}

// A key that is replaced while the keyring is read is neither returned nor cached.
func TestReplacedKeyIsNotCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keyring := &slowKeyring{Store: secrets.Memory(), answer: make(chan struct{})}
		keys := app.NewKeys(keyring, "logspanel.com")
		require.NoError(t, keys.Set(t.Context(), "first-key"))
		asked := readKey(t.Context(), keys)
		synctest.Wait()
		require.NoError(t, keys.Set(t.Context(), "second-key"))
		close(keyring.answer)
		assert.Equal(t, "second-key", (<-asked).Key)
		again, err := keys.Credential(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "second-key", again.Key)
	})
}

func TestCredentialPrintsWithoutItsKey(t *testing.T) {
	c := logspanel.Credential{Key: "marked-secret", Generation: "g1"}
	raw, err := json.Marshal(map[string]any{"value": c, "pointer": &c})
	require.NoError(t, err)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("it", "credential", c, "pointer", &c)
	for _, printed := range []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c), fmt.Sprintf("%v %+v", &c, []logspanel.Credential{c}),
		fmt.Sprint(fmt.Errorf("with %v", c)), string(raw), log.String(),
	} {
		assert.NotContains(t, printed, c.Key)
		assert.Contains(t, printed, "g1")
	}
}
