package view

import (
	"strings"
	"time"
)

// Crash is an end of the backend that nobody asked for. It names code, never data: what a
// panic says can hold a number, a code or an amount, and a Crash is sent to whoever helps.
type Crash struct {
	At    time.Time `json:"at"`
	Event string    `json:"event"` // the kind of what was being handled, or empty
	Cause string    `json:"cause"` // the kind of the runtime's error, or the type of what was thrown
	Where string    `json:"where"` // function, file and line, or empty
}

// reportLine is the crash as the report has it.
func (c Crash) reportLine() string {
	parts := []string{c.At.UTC().Format(time.RFC3339), c.Cause}
	if c.Event != "" {
		parts = append(parts, "while handling "+c.Event)
	}
	if c.Where != "" {
		parts = append(parts, "in "+c.Where)
	}
	return strings.Join(parts, ", ")
}

// interrupted says that what the person asked for last may have been lost.
func interrupted(s State) []Node {
	if !s.Interrupted {
		return nil
	}
	return []Node{{Key: "interrupted", Kind: KindBox, Class: "note warn", Live: true, Children: []Node{
		text("", message("interrupted")), button("interrupted-dismiss", message("dismiss"), Action{Do: DoDismiss}),
	}}}
}
