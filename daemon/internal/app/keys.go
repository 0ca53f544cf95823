package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/shared/protocol"
)

// apiKey is what the keyring holds for one API host. The generation tells one key
// from the next without showing either.
type apiKey struct {
	Key        string `json:"key"`
	Generation string `json:"generation"`
}

// Keys is the API key of one API host, kept in the keyring and remembered in memory
// until Reload.
type Keys struct {
	keyring secrets.Store
	name    string
	redact  func(string) // told every key that is read

	readings singleflight.Group // of the keyring, by the reloads before them

	mu      sync.Mutex // guards the fields below, and is never held over a call of the keyring
	loaded  bool
	cached  logspanel.Credential
	reloads uint64 // how often Reload was called
}

// NewKeys is the key of host, which is an API's host with its port, if it names one.
func NewKeys(keyring secrets.Store, host string) *Keys {
	return &Keys{keyring: keyring, name: "api-key/" + host, redact: func(string) {}}
}

// maxKey is far above the length of any key, and below what keyrings take.
const maxKey = 512

// Set stores a key over the one before.
func (k *Keys) Set(ctx context.Context, key string) error {
	key = strings.TrimSpace(key)
	if key == "" {
		return errors.New("no key was given: paste the API key from the provider's site")
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("that is not an API key: copy it again from the provider's site")
	}
	raw, err := json.Marshal(apiKey{Key: key, Generation: rand.Text()})
	if err != nil {
		return fmt.Errorf("store the API key: %w", err)
	}
	if err := k.keyring.Set(ctx, k.name, raw); err != nil {
		return fmt.Errorf("store the API key: %w", err)
	}
	k.Reload()
	return nil
}

// Delete removes the key.
func (k *Keys) Delete(ctx context.Context) error {
	if err := k.keyring.Delete(ctx, k.name); err != nil {
		return fmt.Errorf("delete the API key: %w", err)
	}
	k.Reload()
	return nil
}

// Reload forgets what is remembered, so that the keyring is asked again.
func (k *Keys) Reload() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded, k.cached = false, logspanel.Credential{}
	k.reloads++
}

// generation tells the key that was read from others; empty: none was.
func (k *Keys) generation() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cached.Generation
}

// IsSet reports whether there is a key.
func (k *Keys) IsSet(ctx context.Context) (bool, error) {
	credential, err := k.Credential(ctx)
	return credential.Key != "", err
}

// Credential is the logspanel.CredentialFunc; without a key it is a zero Credential. All
// who ask while the keyring is being read share that one reading, which goes on when one
// of them leaves.
func (k *Keys) Credential(ctx context.Context) (logspanel.Credential, error) {
	for ctx.Err() == nil {
		credential, loaded, reloads := k.cachedCredential()
		if loaded {
			return credential, nil
		}
		reading := k.readings.DoChan(strconv.FormatUint(reloads, 10), func() (any, error) {
			return k.read(context.WithoutCancel(ctx), reloads)
		})
		select {
		case read := <-reading:
			if _, _, now := k.cachedCredential(); now != reloads {
				continue // the key was replaced meanwhile
			}
			return read.Val.(logspanel.Credential), read.Err
		case <-ctx.Done():
		}
	}
	return logspanel.Credential{}, ctx.Err()
}

func (k *Keys) cachedCredential() (credential logspanel.Credential, loaded bool, reloads uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cached, k.loaded, k.reloads
}

// read asks the keyring, and remembers the answer unless Reload was called since.
func (k *Keys) read(ctx context.Context, reloads uint64) (logspanel.Credential, error) {
	raw, err := k.keyring.Get(ctx, k.name)
	var stored apiKey
	switch {
	case errors.Is(err, secrets.ErrNotFound):
	case err != nil:
		return logspanel.Credential{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the API key can't be read from the keyring", Next: err.Error(),
		}).WithCause(err)
	case json.Unmarshal(raw, &stored) != nil || stored.Key == "" || stored.Generation == "":
		return logspanel.Credential{}, &protocol.Error{
			Code: protocol.CodeKeyRefused, Message: "what the keyring holds is not an API key", Next: "set the key again",
		}
	}
	read := logspanel.Credential{Key: stored.Key, Generation: stored.Generation}
	if read.Key != "" {
		k.redact(read.Key)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reloads == reloads {
		k.loaded, k.cached = true, read
	}
	return read, nil
}

// probe asks the keyring, whatever is remembered.
func (k *Keys) probe(ctx context.Context) error {
	_, err := k.keyring.Get(ctx, k.name)
	if errors.Is(err, secrets.ErrNotFound) {
		return nil
	}
	return err
}

// account is the provider as orders wants it: the client, bound to its key.
type keyedClient struct {
	*logspanel.Client
	keys *Keys
}

func (a keyedClient) Generation(ctx context.Context) (string, error) {
	credential, err := a.keys.Credential(ctx)
	if err == nil && credential.Key == "" {
		err = &logspanel.NotSentError{Call: "the purchase", Cause: logspanel.ErrNoKey}
	}
	return credential.Generation, err
}

func (a keyedClient) BuyNumber(ctx context.Context, generation string, p logspanel.Purchase) (logspanel.Bought, error) {
	p.Generation = generation
	return a.Client.BuyNumber(ctx, p)
}
