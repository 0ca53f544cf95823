package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

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
	store secrets.Store
	name  string
	hide  func(string) // told every key that is read

	mu     sync.Mutex
	loaded bool
	held   apiKey
}

// NewKeys is the key of host, which is an API's host with its port, if it names one.
func NewKeys(store secrets.Store, host string) *Keys {
	return &Keys{store: store, name: "api-key/" + host, hide: func(string) {}}
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
	if err := k.store.Set(ctx, k.name, raw); err != nil {
		return fmt.Errorf("store the API key: %w", err)
	}
	k.Reload()
	return nil
}

// Delete removes the key.
func (k *Keys) Delete(ctx context.Context) error {
	if err := k.store.Delete(ctx, k.name); err != nil {
		return fmt.Errorf("delete the API key: %w", err)
	}
	k.Reload()
	return nil
}

// Reload forgets what is remembered, so that the keyring is asked again.
func (k *Keys) Reload() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded, k.held = false, apiKey{}
}

// generation tells the key that was read from others; empty: none was.
func (k *Keys) generation() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held.Generation
}

// IsSet reports whether there is a key.
func (k *Keys) IsSet(ctx context.Context) (bool, error) {
	held, err := k.read(ctx)
	return held.Key != "", err
}

func (k *Keys) read(ctx context.Context) (apiKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.loaded {
		return k.held, nil
	}
	raw, err := k.store.Get(ctx, k.name)
	if errors.Is(err, secrets.ErrNotFound) {
		k.loaded = true
		return k.held, nil
	}
	if err != nil {
		return apiKey{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the API key can't be read from the keyring", Next: err.Error(),
		}).Because(err)
	}
	var held apiKey
	if json.Unmarshal(raw, &held) != nil || held.Key == "" || held.Generation == "" {
		return apiKey{}, &protocol.Error{
			Code: protocol.CodeKeyRefused, Message: "what the keyring holds is not an API key", Next: "set the key again",
		}
	}
	k.loaded, k.held = true, held
	k.hide(held.Key)
	return held, nil
}

// probe asks the keyring, whatever is remembered.
func (k *Keys) probe(ctx context.Context) error {
	_, err := k.store.Get(ctx, k.name)
	if errors.Is(err, secrets.ErrNotFound) {
		return nil
	}
	return err
}

// pinned names the generation in a context, so that no request leaves under another
// key than it was meant for.
type pinned struct{}

// Key is the logspanel.KeyFunc.
func (k *Keys) Key(ctx context.Context) (string, error) {
	held, err := k.read(ctx)
	if err != nil {
		return "", err
	}
	if want, ok := ctx.Value(pinned{}).(string); ok && want != held.Generation {
		return "", logspanel.ErrKeyReplaced
	}
	return held.Key, nil
}

// account is the provider as orders wants it: the client, bound to its key.
type account struct {
	*logspanel.Client
	keys *Keys
}

func (a account) Generation(ctx context.Context) (string, error) {
	held, err := a.keys.read(ctx)
	if err == nil && held.Key == "" {
		err = &logspanel.Unsent{Call: "the purchase", Cause: logspanel.ErrNoKey}
	}
	return held.Generation, err
}

func (a account) BuyNumber(ctx context.Context, generation string, p logspanel.Purchase) (logspanel.Bought, error) {
	return a.Client.BuyNumber(context.WithValue(ctx, pinned{}, generation), p)
}
