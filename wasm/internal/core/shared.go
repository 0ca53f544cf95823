package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// shared is what Core and its parts work on together while one event is handled: what the
// pages show, which pages are open, and the effects so far. It decides nothing.
type shared struct {
	state   view.State
	pages   map[int]string // open pages by id, with their names
	effects []Effect
}

func newShared() *shared {
	return &shared{state: unpairedState(), pages: map[int]string{}}
}

// unpairedState is what a browser starts with that knows no daemon.
func unpairedState() view.State {
	return view.State{Connection: view.ConnectionUnpaired, Port: protocol.DefaultPort, Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{}}
}

// do adds an effect to those of the event. The worker performs them in this order.
func (s *shared) do(e Effect) { s.effects = append(s.effects, e) }

// startTimer requests a TimerFired event after a delay.
func (s *shared) startTimer(after time.Duration) {
	s.do(Effect{Do: StartTimer, DelayMillis: int(after.Milliseconds())})
}

// storePreferences stores the preferences as they are now.
func (s *shared) storePreferences() {
	p := s.state.Preferences
	s.do(Effect{Do: StorePreferences, Preferences: &p})
}

// takeEffects returns the effects so far, and begins a new list.
func (s *shared) takeEffects() []Effect {
	effects := s.effects
	s.effects = nil
	return effects
}
