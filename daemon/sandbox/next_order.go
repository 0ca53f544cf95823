package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// NextOrder scripts one order: its fields replace what the sandbox would make up. The
// sandbox still makes up what is empty.
type NextOrder struct {
	Number  string `json:"number,omitempty"`  // E.164, of any country
	Code    string `json:"code,omitempty"`    // what the provider reports as the code, even a whole sentence
	Message string `json:"message,omitempty"` // what it reports beside the code
	Sent    bool   `json:"sent,omitempty"`    // the SMS has arrived as soon as the number is bought
}

var (
	// ErrInvalidNumber means that a number is not in E.164 form.
	ErrInvalidNumber = errors.New("a number needs a plus and 7 to 15 digits")
	// ErrNumberInUse means that an open or scripted order has the number.
	ErrNumberInUse = errors.New("another order has this number")
)

var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// ScriptNextOrder adds n to the queue of scripted orders. Each purchase uses up one.
func (p *Provider) ScriptNextOrder(n NextOrder) error {
	if n.Sent && n.Code == "" {
		return errors.New("an SMS that is sent at once needs a code")
	}
	if n.Number != "" && !e164.MatchString(n.Number) {
		return fmt.Errorf("%q: %w", n.Number, ErrInvalidNumber)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	scripted := func(other NextOrder) bool { return other.Number == n.Number }
	if n.Number != "" && (p.liveOrderLocked(n.Number) != nil || slices.ContainsFunc(p.next, scripted)) {
		return fmt.Errorf("%s: %w", n.Number, ErrNumberInUse)
	}
	p.next = append(p.next, n)
	return nil
}
