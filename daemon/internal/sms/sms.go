// Package sms reads the one-time code out of the text message that brought it. It knows
// words of many languages (words.txt). It never guesses: where no code is certain, none is
// found.
//
// Read is the only entry point. It works in four steps:
//   - A message may bind its code to a site. Such a code is origin-bound (origin_bound.go).
//   - Otherwise everything written like a code is a candidate (candidate.go, noise.go). The text
//     is folded, with marks in place of candidates and punctuation (message.go).
//   - A cue is a phrase that says what a candidate is: the code, or something else such as an
//     order (cue.go, phrases.go).
//   - Cues, near and far, and the way a candidate is written are evidence for or against it. The
//     candidate with the most evidence is the code, unless another would do (weigh.go,
//     evidence.go).
package sms

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// Read returns the code of a message. sent is what the provider takes for the code, and
// message the text as it was received. Either may be empty. If sent is not exactly a code, the
// code is read from the texts. If the message binds its code to a site, the result names that
// site. Read returns false if no code is certain. The result tells why, in both cases.
func Read(sent, message string) (protocol.OneTimeCode, bool) {
	r, ok := readUnbound(sent, message)
	for _, text := range []string{message, sent} {
		b, bound := bindingOf(clean(text))
		switch {
		case !bound:
		case b.last && b.valid:
			b.code.Text, b.code.Site, b.code.Frame, b.code.Why = text, b.site, b.frame, "bound to a site"
			return b.code, true
		case ok && (b.last || b.code.Code == r.Code):
			r.Site, r.Frame = b.site, b.frame
			return r, true
		}
	}
	return r, ok
}

// readUnbound finds the code without regard to a binding.
func readUnbound(sent, message string) (protocol.OneTimeCode, bool) {
	r, ok := codeOnly(clean(sent))
	if !ok {
		if r, ok = inMessage(clean(sent)); ok {
			r.Text = sent
		}
	}
	said, found := inMessage(clean(message))
	switch {
	case found && (!ok || said.Code == r.Code):
		said.Text = message
		return said, true
	case !ok:
		return protocol.OneTimeCode{Why: strings.Trim(r.Why+"; "+said.Why, "; ")}, false
	}
	return r, true
}

// inMessage finds the code in a cleaned message, whatever site it is bound to.
func inMessage(text string) (protocol.OneTimeCode, bool) {
	m := newMessage(text)
	if len(m.candidates) > maxCandidates || len(m.cues) > maxCues {
		return protocol.OneTimeCode{Why: "too many numbers or words"}, false
	}
	m.weigh()
	c, ok := m.chosen()
	if !ok {
		return protocol.OneTimeCode{Why: m.why()}, false
	}
	return protocol.OneTimeCode{Code: c.bare, Written: c.written, Why: m.why()}, true
}

// codeOnly returns the code if text is a code and nothing else.
func codeOnly(text string) (protocol.OneTimeCode, bool) {
	text = strings.TrimSpace(text)
	if isLetterCode(text) {
		if words().known(fold(text)) {
			return protocol.OneTimeCode{}, false // a state such as "PENDING"
		}
		return protocol.OneTimeCode{Code: text, Written: text, Why: onlyCode}, true
	}
	bare, ok := otp.Parse(text)
	if !ok {
		return protocol.OneTimeCode{}, false
	}
	return protocol.OneTimeCode{Code: bare, Written: text, Why: onlyCode}, true
}

// onlyCode tells why a text that is a code alone is read as one.
const onlyCode = "nothing but a code"

// isLetterCode reports whether s could be a code without digits.
func isLetterCode(s string) bool {
	return len(s) >= 4 && len(s) <= 10 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

// keycap draws a key around the digit before it.
const keycap = "\u20e3"

// maxMessage is the longest text that is read, in bytes. Ten joined messages are shorter.
const maxMessage = 4000

// clean returns a text as textnorm.Clean does, with composed letters, or nothing if it is longer than any message.
func clean(text string) string {
	if len(text) > maxMessage {
		return ""
	}
	return norm.NFC.String(strings.ReplaceAll(textnorm.Clean(text), keycap, ""))
}

// pattern returns a function that compiles an expression on its first call. Most runs of the
// program read no message, and compiling these would dominate their start.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
