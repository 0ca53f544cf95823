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

// module is the prefix of the names of this program's functions.
const module = "github.com/logspanel/companion/"

// faults are the beginnings of the runtime's error texts. The rest of a text may contain data.
var faults = []string{
	"index out of range", "slice bounds out of range", "invalid memory address or nil pointer dereference",
	"assignment to entry in nil map", "integer divide by zero", "integer overflow", "hash of unhashable type", "comparing uncomparable type",
	"makeslice: len out of range", "makeslice: cap out of range", "makechan: size out of range", "negative shift amount",
	"cannot convert slice", "close of closed channel", "close of nil channel", "send on closed channel",
}

// crash describes the panic that ended the handling of an event. The deferred function that
// recovered must call it itself, while the stack of the panic still exists.
func crash(kind core.EventKind, at time.Time, thrown any) *view.Crash {
	return &view.Crash{At: at, Event: string(kind), Cause: cause(thrown), Where: where()}
}

// cause returns the kind of a panic value, without its text, which may contain data.
func cause(thrown any) string {
	if _, conversion := thrown.(*runtime.TypeAssertionError); conversion {
		return "interface conversion"
	}
	if err, ok := thrown.(runtime.Error); ok {
		text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "runtime error: "), "assignment to entry in nil map: ")
		for _, fault := range faults {
			if strings.HasPrefix(text, fault) {
				return fault
			}
		}
	}
	return fmt.Sprintf("thrown %T", thrown)
}

// where returns the function of this program that panicked, with file and line; "" if there is
// none on the stack.
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
