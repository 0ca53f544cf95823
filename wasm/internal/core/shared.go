package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// shared is the data that Core and its parts have in common: what the pages show, which pages are
// open, and the effects of the current event. It makes no decisions.
type shared struct {
	state   view.State
	pages   map[int]string // open pages by id, with their names
	effects []Effect
}

func newShared() *shared {
	return &shared{state: unpairedState(), pages: map[int]string{}}
}

// unpairedState returns the state of a browser that is not paired.
func unpairedState() view.State {
	return view.State{Connection: view.ConnectionUnpaired, Port: protocol.DefaultPort, Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{}}
}

// do adds an effect. The worker performs the effects of an event in this order.
func (s *shared) do(e Effect) { s.effects = append(s.effects, e) }

// startTimer requests a TimerFired event after a delay, which is rounded down to milliseconds.
func (s *shared) startTimer(after time.Duration) {
	s.do(Effect{Do: StartTimer, DelayMillis: int(after.Milliseconds())})
}

// storePreferences stores the current preferences.
func (s *shared) storePreferences() {
	p := s.state.Preferences
	s.do(Effect{Do: StorePreferences, Preferences: &p})
}

// takeEffects returns the effects so far and starts a new list.
func (s *shared) takeEffects() []Effect {
	effects := s.effects
	s.effects = nil
	return effects
}
