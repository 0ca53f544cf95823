package orders

import (
	"context"
	"errors"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// health is what the last calls showed about the API key and the provider.
type health struct {
	key      protocol.Key
	provider protocol.Provider
	usable   chan struct{} // closed while the key is usable
}

func newHealth(now time.Time) health {
	h := health{
		key:      protocol.Key{State: protocol.KeyUnchecked},
		provider: protocol.Provider{Reachable: true, Since: now},
		usable:   make(chan struct{}),
	}
	close(h.usable)
	return h
}

// keyUsable reports whether calls with the current key may succeed.
func (h *health) keyUsable() bool {
	return h.key.State == protocol.KeyOK || h.key.State == protocol.KeyUnchecked
}

// observe updates the health from the result of a call, which may be nil, and returns the
// changes.
func (h *health) observe(err error, now time.Time) (changes []protocol.Change) {
	if err == nil {
		return append(h.setKey(protocol.KeyOK, ""), h.setReachable(true, "", now)...)
	}
	if refusal := (*logspanel.Error)(nil); errors.As(err, &refusal) {
		changes = h.setReachable(true, "", now)
	}
	problem := usererr.From(err)
	switch problem.Code {
	case protocol.CodeKeyMissing:
		return append(changes, h.setKey(protocol.KeyMissing, problem.Message)...)
	case protocol.CodeKeyRefused:
		return append(changes, h.setKey(protocol.KeyRefused, problem.Message)...)
	case protocol.CodeAccountBlocked:
		return append(changes, h.setKey(protocol.KeyBlocked, problem.Message)...)
	case protocol.CodeKeyring:
		return append(changes, h.setKey(protocol.KeyLocked, problem.Message)...)
	case protocol.CodeUnreachable:
		return append(changes, h.setReachable(false, problem.Message, now)...)
	}
	return changes
}

func (h *health) setKey(state protocol.KeyState, message string) []protocol.Change {
	if h.key.State == state {
		return nil
	}
	wasUsable := h.keyUsable()
	h.key = protocol.Key{State: state, Message: message}
	switch {
	case wasUsable && !h.keyUsable():
		h.usable = make(chan struct{})
	case !wasUsable && h.keyUsable():
		close(h.usable)
	}
	key := h.key
	return []protocol.Change{{Key: &key}}
}

func (h *health) setReachable(reachable bool, message string, now time.Time) []protocol.Change {
	if h.provider.Reachable == reachable {
		return nil
	}
	h.provider = protocol.Provider{Reachable: reachable, Since: now, Message: message}
	provider := h.provider
	return []protocol.Change{{Provider: &provider}}
}

// KeyChanged must be called after the API key was set, replaced or deleted. It calls the
// provider to read the balance again.
func (s *Service) KeyChanged(ctx context.Context) {
	s.mu.Lock()
	s.state.base.Wallet = nil
	s.state.listedOrders, s.state.deliveries = nil, nil
	s.state.walletRevision++
	s.changeHealthLocked(func(h *health) []protocol.Change { return h.setKey(protocol.KeyUnchecked, "") })
	s.mu.Unlock()
	s.refresh(ctx)
}

// observe learns from the result of a call, which may be nil, whether the key is usable and
// the provider reachable.
func (s *Service) observe(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeHealthLocked(func(h *health) []protocol.Change { return h.observe(err, s.clock.now()) })
}

// changeHealthLocked publishes the changes that change returns, and wakes the watcher if the
// key has become usable.
func (s *Service) changeHealthLocked(change func(*health) []protocol.Change) {
	wasUsable := s.state.health.keyUsable()
	for _, c := range change(&s.state.health) {
		s.state.feed.publish(c)
	}
	if !wasUsable && s.state.health.keyUsable() {
		s.replan.raise()
	}
}

// awaitKey blocks until the key is usable, and returns true. It returns false if ctx ends
// first.
func (s *Service) awaitKey(ctx context.Context) bool {
	s.mu.Lock()
	usable := s.state.health.usable
	s.mu.Unlock()
	select {
	case <-usable:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
