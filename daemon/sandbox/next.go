package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Next is what one order gets in place of what would be made up for it. What is empty
// is made up all the same.
type Next struct {
	Number  string `json:"number,omitempty"`  // in E.164, of whatever country
	Code    string `json:"code,omitempty"`    // what the provider gives as the code, a whole sentence included
	Message string `json:"message,omitempty"` // what it says beside the code
	Sent    bool   `json:"sent,omitempty"`    // the text is there as soon as the number is bought
}

var (
	// ErrNoNumber says that a number is not in E.164.
	ErrNoNumber = errors.New("a number is a plus and 7 to 15 digits")
	// ErrTaken says that a number belongs to an order whose time still runs, or will.
	ErrTaken = errors.New("another order has this number")
)

var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// Next says what the next order gets that is not spoken for yet.
func (p *Provider) Next(n Next) error {
	if n.Sent && n.Code == "" {
		return errors.New("a text that is sent at once needs its code")
	}
	if n.Number != "" && !e164.MatchString(n.Number) {
		return fmt.Errorf("%q: %w", n.Number, ErrNoNumber)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	spoken := func(other Next) bool { return other.Number == n.Number }
	if n.Number != "" && (p.liveOrder(n.Number) != nil || slices.ContainsFunc(p.next, spoken)) {
		return fmt.Errorf("%s: %w", n.Number, ErrTaken)
	}
	p.next = append(p.next, n)
	return nil
}
