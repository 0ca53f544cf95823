package view

import (
	"strings"
	"time"
)

// Crash describes a crash of the backend. It names places in the program and never contains
// data: a panic's text could contain a number, a code or an amount, and people send crashes to
// others for support.
type Crash struct {
	At    time.Time `json:"at"`
	Event string    `json:"event"` // the kind of the event being handled, or empty
	Cause string    `json:"cause"` // the kind of runtime error, or the type of the panic value
	Where string    `json:"where"` // function, file and line, or empty
}

// reportLine returns the crash as one line of the report.
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

// interrupted is the box that says that the last action may have been lost.
func interrupted(s State) []Node {
	if !s.Interrupted {
		return nil
	}
	return []Node{{Key: "interrupted", Kind: KindBox, Class: "note warn", Live: true, Children: []Node{
		text("", message("interrupted")), button("interrupted-dismiss", message("dismiss"), Action{Do: DoDismiss}),
	}}}
}
