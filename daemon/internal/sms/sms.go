// Package sms reads the one-time code out of the text message that brought it. It knows
// words of many languages (words.txt). It never guesses: where no code is certain, none is
// found.
//
// Read is the only way in. A message may bind its code to a site (bound.go). Otherwise the
// message's mentions are the numbers and words that may be a code (message.go). A cue is a
// phrase near a mention that says what it is: the code, or something else such as an order
// (cue.go, phrases.go). The mention that cues call the code is chosen (choose.go).
package sms

import (
	"regexp"
	"strings"
	"sync"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// Read returns the code of a message. The provider gives what it takes for the code (sent)
// and the message, and either may be empty. Where sent holds more than a code, or none, the
// code is read from the texts. Where a message binds its code to a site, the result names
// that site. Read returns false where no code is certain.
func Read(sent, message string) (protocol.OneTimeCode, bool) {
	for _, text := range []string{message, sent} {
		b, bound := bindingOf(clean(text))
		if bound && b.last && b.valid {
			b.code.Text, b.code.Site, b.code.Frame = text, b.site, b.frame
			return b.code, true
		}
		if r, ok := readUnbound(sent, message); bound && ok && (b.last || b.code.Code == r.Code) {
			r.Site, r.Frame = b.site, b.frame
			return r, true
		}
	}
	return readUnbound(sent, message)
}

// readUnbound finds the code whatever site it is for.
func readUnbound(sent, message string) (protocol.OneTimeCode, bool) {
	r, ok := codeOnly(clean(sent))
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

// codeOnly takes a text that is a code and nothing else.
func codeOnly(text string) (protocol.OneTimeCode, bool) {
	text = strings.TrimSpace(text)
	if isLetterCode(text) {
		if _, state := words()["state"].in(fold(text)); state {
			return protocol.OneTimeCode{}, false // "PENDING"
		}
		return protocol.OneTimeCode{Code: text, Written: text}, true
	}
	bare, ok := otp.Parse(text)
	return protocol.OneTimeCode{Code: bare, Written: text}, ok
}

// isLetterCode reports whether s could be a code without any digit.
func isLetterCode(s string) bool {
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
