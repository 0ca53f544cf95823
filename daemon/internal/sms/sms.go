// Package sms reads the code out of the text message that brought it: the site that it
// is bound to (bound.go), what may be a code (message.go), what is said of each
// (cue.go, phrases.go), and which one it is (choose.go).
package sms

import (
	"regexp"
	"strings"
	"sync"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// Read finds the code in what the provider received: the code itself, or, where that
// holds more, or nothing, the code in the message. A message that binds its code to a
// site is taken at that word. Nothing is found where no code is sure.
func Read(sent, message string) (protocol.OneTimeCode, bool) {
	for _, text := range []string{message, sent} {
		b, bound := bindingOf(clean(text))
		if bound && b.last && b.valid {
			b.code.Text, b.code.Site, b.code.Frame = text, b.site, b.frame
			return b.code, true
		}
		if r, ok := unbound(sent, message); bound && ok && (b.last || b.code.Code == r.Code) {
			r.Site, r.Frame = b.site, b.frame
			return r, true
		}
	}
	return unbound(sent, message)
}

// unbound finds the code whatever site it is for.
func unbound(sent, message string) (protocol.OneTimeCode, bool) {
	r, ok := alone(clean(sent))
	if !ok {
		if r, ok = inMessage(clean(sent)); ok {
			r.Text = sent
		}
	}
	if said, found := inMessage(clean(message)); found && (!ok || said.Code == r.Code) {
		said.Text = message
		return said, true
	}
	return r, ok
}

// alone takes a text that is a code and nothing else.
func alone(text string) (protocol.OneTimeCode, bool) {
	text = strings.TrimSpace(text)
	if lettersAlone(text) {
		if _, state := words()["state"].in(fold(text)); state {
			return protocol.OneTimeCode{}, false // "PENDING"
		}
		return protocol.OneTimeCode{Code: text, Written: text}, true
	}
	bare, ok := otp.Parse(text)
	return protocol.OneTimeCode{Code: bare, Written: text}, ok
}

// lettersAlone reports whether s could be a code without any digit.
func lettersAlone(s string) bool {
	return len(s) >= 4 && len(s) <= 10 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

const maxMessage = 4000 // bytes; ten joined messages have less

func clean(text string) string {
	if len(text) > maxMessage {
		return "" // no message
	}
	return textnorm.Clean(text)
}

// pattern compiles an expression when it is first asked for: most runs of the program
// read no message, and these would be the most of what they begin with.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
