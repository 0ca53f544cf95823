//go:build js && wasm

// Package shell is the only place where Go and JavaScript meet: it gives the worker
// one function, from an event to its effects, both as JSON.
package shell

import (
	"crypto/rand"
	"encoding/json"
	"syscall/js"

	"github.com/logspanel/companion/wasm/internal/core"
)

// Run hands the function to the worker, and stays.
func Run() {
	c := core.New(rand.Reader)
	handle := js.FuncOf(func(_ js.Value, args []js.Value) any {
		var event core.Event
		if err := json.Unmarshal([]byte(args[0].String()), &event); err != nil {
			return `[]`
		}
		effects, err := json.Marshal(c.Handle(event))
		if err != nil {
			return `[]`
		}
		return string(effects)
	})
	js.Global().Call("companionReady", handle)
	select {}
}
