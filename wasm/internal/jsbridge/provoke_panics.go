//go:build js && wasm && panics

package jsbridge

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/logspanel/companion/wasm/internal/core"
)

// provoke crashes the backend on purpose, in test builds only. A text in the popup's search
// says how, at which event and how often: "provoke panic received 2".
func provoke(e core.Event) {
	if js.Global().Get("provoked").IsUndefined() {
		js.Global().Set("provoked", map[string]any{})
	}
	provoked := js.Global().Get("provoked") // a global of JavaScript, which outlives this program
	if e.Action != nil {
		if words := strings.Fields(e.Action.Text); len(words) == 4 && words[0] == "provoke" {
			provoked.Set(words[2], words[1]+" "+words[3])
		}
	}
	order := provoked.Get(string(e.Kind))
	if order.IsUndefined() {
		return
	}
	how, times, _ := strings.Cut(order.String(), " ")
	left, _ := strconv.Atoi(times)
	if left <= 0 {
		return
	}
	provoked.Set(string(e.Kind), how+" "+strconv.Itoa(left-1))
	switch how {
	case "panic":
		panic(fmt.Sprintf("%+v", e)) // data that the crash report must not contain
	case "exit":
		os.Exit(3)
	case "overflow":
		deeper(0)
	}
}

// deeper overflows the stack, which recover can't catch.
func deeper(n int) int { return deeper(n+1) + n }
