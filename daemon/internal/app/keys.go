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

// apiKey is the keyring's entry for one API host. The generation is random: it identifies
// the key without revealing it.
type apiKey struct {
	Key        string `json:"key"`
	Generation string `json:"generation"`
}

// Keys gives access to the API key of one host. It reads the key from the keyring once and
// caches it until Reload. It is safe for concurrent use.
type Keys struct {
	keyring secrets.Store
	name    string
	redact  func(string) // called with each key that is read

	readings singleflight.Group // shares reads of the keyring; one read per count of reloads

	mu      sync.Mutex // guards the fields below; never held while the keyring is called
	loaded  bool
	cached  logspanel.Credential
	reloads uint64 // number of calls of Reload
}

// NewKeys returns the key of a host: the API's host name, with the port if its URL has one.
func NewKeys(keyring secrets.Store, host string) *Keys {
	return &Keys{keyring: keyring, name: "api-key/" + host, redact: func(string) {}}
}

// maxKey is far above the length of any key, and below what keyrings accept.
const maxKey = 512

// Set checks a key and stores it in place of the present one.
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

// Delete removes the key from the keyring.
func (k *Keys) Delete(ctx context.Context) error {
	if err := k.keyring.Delete(ctx, k.name); err != nil {
		return fmt.Errorf("delete the API key: %w", err)
	}
	k.Reload()
	return nil
}

// Reload drops the cached key, so that the next caller reads the keyring.
func (k *Keys) Reload() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded, k.cached = false, logspanel.Credential{}
	k.reloads++
}

// generation identifies the key that was read last. It is empty if none was.
func (k *Keys) generation() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cached.Generation
}

// IsSet reports whether the keyring has a key.
func (k *Keys) IsSet(ctx context.Context) (bool, error) {
	credential, err := k.Credential(ctx)
	return credential.Key != "", err
}

// Credential returns the key, or a zero Credential if there is none. It is a
// logspanel.CredentialFunc. Callers share one read of the keyring, which continues when one
// of them gives up.
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
				continue // the key was replaced during the read
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

// read reads the keyring, and caches the key unless Reload was called meanwhile.
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
			Code: protocol.CodeKeyRefused, Message: "the keyring doesn't hold a valid API key", Next: "set the key again",
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

// probe reads the keyring and ignores the cache.
func (k *Keys) probe(ctx context.Context) error {
	_, err := k.keyring.Get(ctx, k.name)
	if errors.Is(err, secrets.ErrNotFound) {
		return nil
	}
	return err
}

// keyedClient is the provider as package orders sees it: the client with its key.
type keyedClient struct {
	*logspanel.Client
	keys *Keys
}

func (c keyedClient) Generation(ctx context.Context) (string, error) {
	credential, err := c.keys.Credential(ctx)
	if err == nil && credential.Key == "" {
		err = &logspanel.NotSentError{Call: "the purchase", Cause: logspanel.ErrNoKey}
	}
	return credential.Generation, err
}

func (c keyedClient) BuyNumber(ctx context.Context, generation string, p logspanel.Purchase) (logspanel.Bought, error) {
	p.Generation = generation
	return c.Client.BuyNumber(ctx, p)
}
