package orders

import (
	"context"
	"errors"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// KeyChanged is told when the API key was set, replaced or deleted.
func (s *Service) KeyChanged(ctx context.Context) {
	s.mu.Lock()
	s.state.Wallet = nil
	s.elsewhere, s.tallies = nil, nil
	s.moves++
	s.setKey(protocol.KeyUnchecked, "")
	s.mu.Unlock()
	s.refresh(ctx)
}

// observe learns from a call's error, or from its success, how things stand with
// the key and the provider.
func (s *Service) observe(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.setKey(protocol.KeyOK, "")
		s.setReachable(true, "")
		return
	}
	if refusal := (*logspanel.Error)(nil); errors.As(err, &refusal) {
		s.setReachable(true, "")
	}
	said := usererr.From(err)
	switch said.Code {
	case protocol.CodeKeyMissing:
		s.setKey(protocol.KeyMissing, said.Message)
	case protocol.CodeKeyRefused:
		s.setKey(protocol.KeyRefused, said.Message)
	case protocol.CodeAccountBlocked:
		s.setKey(protocol.KeyBlocked, said.Message)
	case protocol.CodeKeyring:
		s.setKey(protocol.KeyLocked, said.Message)
	case protocol.CodeUnreachable:
		s.setReachable(false, said.Message)
	}
}

func (s *Service) setKey(state protocol.KeyState, message string) {
	if s.state.Key.State == state {
		return
	}
	before := s.keyUsable()
	s.state.Key = protocol.Key{State: state, Message: message}
	key := s.state.Key
	s.publish(protocol.Change{Key: &key})
	switch {
	case before && !s.keyUsable():
		s.usable = make(chan struct{})
	case !before && s.keyUsable():
		close(s.usable)
		s.plan()
	}
}

// keyUsable reports that calls with the present key may succeed.
func (s *Service) keyUsable() bool {
	return s.state.Key.State == protocol.KeyOK || s.state.Key.State == protocol.KeyUnchecked
}

// awaitKey waits until calls may succeed, and reports whether they may.
func (s *Service) awaitKey(ctx context.Context) bool {
	s.mu.Lock()
	usable := s.usable
	s.mu.Unlock()
	select {
	case <-usable:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (s *Service) setReachable(reachable bool, message string) {
	if s.state.Provider.Reachable == reachable {
		return
	}
	s.state.Provider = protocol.Provider{Reachable: reachable, Since: s.clock.now(), Message: message}
	provider := s.state.Provider
	s.publish(protocol.Change{Provider: &provider})
}
