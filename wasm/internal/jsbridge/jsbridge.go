//go:build js && wasm

// Package jsbridge is the only place where Go and JavaScript meet. Run gives the worker one
// function that takes a core.Event and returns a core.Answer, both as JSON text. A panic in
// the backend becomes a view.Crash, which names the place in the code and contains no data.
package jsbridge

import (
	"crypto/rand"
	"encoding/json"
	"syscall/js"

	"github.com/logspanel/companion/wasm/internal/core"
)

// Run gives the worker the function and blocks until a call of it panics. A Core that stopped
// in the middle of an event can't be trusted with the next one, so the worker then starts the
// program again.
func Run() {
	s := &session{core: core.New(rand.Reader), over: make(chan struct{})}
	handle := js.FuncOf(func(_ js.Value, args []js.Value) any {
		raw, err := json.Marshal(s.handle([]byte(args[0].String())))
		if err != nil {
			return ""
		}
		return string(raw)
	})
	js.Global().Call("companionReady", handle)
	<-s.over
}

// session is the life of one Core, until it panics.
type session struct {
	core *core.Core
	over chan struct{} // closed once the core has panicked
}

func (s *session) handle(raw []byte) (answer core.Answer) {
	var event core.Event
	if json.Unmarshal(raw, &event) != nil {
		return core.Answer{}
	}
	defer func() {
		if thrown := recover(); thrown != nil {
			answer = core.Answer{Crash: crash(event.Kind, event.Now, thrown)}
			close(s.over)
		}
	}()
	provoke(event)
	return core.Answer{Effects: s.core.Handle(event)}
}
