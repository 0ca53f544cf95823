package jsbridge

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// module is what the functions of this program begin with.
const module = "github.com/logspanel/companion/"

// faults are the runtime's errors by how their texts begin. What follows there may be data.
var faults = []string{
	"index out of range", "slice bounds out of range", "invalid memory address or nil pointer dereference",
	"assignment to entry in nil map", "integer divide by zero", "integer overflow", "hash of unhashable type", "comparing uncomparable type",
	"makeslice: len out of range", "makeslice: cap out of range", "makechan: size out of range", "negative shift amount",
	"cannot convert slice", "close of closed channel", "close of nil channel", "send on closed channel",
}

// crash describes what ended the handling of an event. It is called by the function that has
// recovered, so that the stack is still there.
func crash(kind core.EventKind, at time.Time, thrown any) *view.Crash {
	return &view.Crash{At: at, Event: string(kind), Cause: cause(thrown), Where: where()}
}

// cause names what was thrown without what it says.
func cause(thrown any) string {
	if _, conversion := thrown.(*runtime.TypeAssertionError); conversion {
		return "interface conversion"
	}
	if err, ok := thrown.(runtime.Error); ok {
		said := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "runtime error: "), "assignment to entry in nil map: ")
		for _, fault := range faults {
			if strings.HasPrefix(said, fault) {
				return fault
			}
		}
	}
	return fmt.Sprintf("thrown %T", thrown)
}

// where is the innermost function of this program below the panic.
func where() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	thrown := false
	for {
		f, more := frames.Next()
		name, ours := strings.CutPrefix(f.Function, module)
		if thrown && ours {
			return fmt.Sprintf("%s %s:%d", path.Base(name), path.Base(f.File), f.Line)
		}
		thrown = thrown || f.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
