package orders

import (
	"context"
	"errors"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

// KeyChanged is told when the API key was set, replaced or deleted.
func (b *Book) KeyChanged(ctx context.Context) {
	b.mu.Lock()
	b.state.Wallet = nil
	b.elsewhere, b.tallies = nil, nil
	b.moves++
	b.setKey(protocol.KeyUnchecked, "")
	b.mu.Unlock()
	b.refresh(ctx)
}

// observe learns from a call's error, or from its success, how things stand with
// the key and the provider.
func (b *Book) observe(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.setKey(protocol.KeyOK, "")
		b.setReachable(true, "")
		return
	}
	if refusal := (*logspanel.Error)(nil); errors.As(err, &refusal) {
		b.setReachable(true, "")
	}
	said := sentence.Of(err)
	switch said.Code {
	case protocol.CodeKeyMissing:
		b.setKey(protocol.KeyMissing, said.Message)
	case protocol.CodeKeyRefused:
		b.setKey(protocol.KeyRefused, said.Message)
	case protocol.CodeBlocked:
		b.setKey(protocol.KeyBlocked, said.Message)
	case protocol.CodeKeyring:
		b.setKey(protocol.KeyLocked, said.Message)
	case protocol.CodeUnreachable:
		b.setReachable(false, said.Message)
	}
}

func (b *Book) setKey(state protocol.KeyState, message string) {
	if b.state.Key.State == state {
		return
	}
	before := b.keyUsable()
	b.state.Key = protocol.Key{State: state, Message: message}
	key := b.state.Key
	b.publish(protocol.Change{Key: &key})
	switch {
	case before && !b.keyUsable():
		b.usable = make(chan struct{})
	case !before && b.keyUsable():
		close(b.usable)
		b.plan()
	}
}

// keyUsable reports that calls with the present key may succeed.
func (b *Book) keyUsable() bool {
	return b.state.Key.State == protocol.KeyOK || b.state.Key.State == protocol.KeyUnchecked
}

// awaitKey waits until calls may succeed, and reports whether they may.
func (b *Book) awaitKey(ctx context.Context) bool {
	b.mu.Lock()
	usable := b.usable
	b.mu.Unlock()
	select {
	case <-usable:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (b *Book) setReachable(reachable bool, message string) {
	if b.state.Provider.Reachable == reachable {
		return
	}
	b.state.Provider = protocol.Provider{Reachable: reachable, Since: b.now(), Message: message}
	provider := b.state.Provider
	b.publish(protocol.Change{Provider: &provider})
}
