package sms

import (
	"strings"

	"golang.org/x/net/idna"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// The last line of an origin-bound message names the site that its code is for, and may name
// a frame in that site's pages: "@example.com #12345 %pay.example". The rest of the line is
// ignored. The format is the WICG's "Origin-bound one-time codes delivered via SMS". Older
// versions of it put % before the frame's domain, newer ones @.
var (
	bindingLine = pattern(`^@(\S+) +#(\S+)(?: +[%@](\S+))?(?: .*)?$`)
	bindingPart = pattern(`\s@(\S+) +#(\S+)(?: +[%@](\S+))?(?: |$)`) // some senders and providers join all lines of a message
	domain      = pattern(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$`)
	appHash     = pattern(`^[A-Za-z0-9+/]{11}$`) // ends messages for Android's SMS Retriever
)

// binding is the site that a message binds its code to.
type binding struct {
	site  string
	frame string // the domain of a frame in the site's page; empty for the page itself
	code  protocol.OneTimeCode
	valid bool // whether code has the length and characters of a code
	last  bool // whether it is the message's last line, as the standard requires
}

// bindingOf finds the binding in a cleaned message. The standard only knows a binding on the
// last line. This also finds earlier ones, which the caller accepts if they carry the
// message's own code: a sender who names a site does not mean the code for any other.
func bindingOf(text string) (binding, bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := true
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		b, ok := newBinding(bindingLine().FindStringSubmatch(line))
		if !ok {
			b, ok = bindingWithin(line)
		}
		if ok {
			b.last = last
			return b, true
		}
		last = last && i > 0 && (line == "" || appHash().MatchString(line))
	}
	return binding{}, false
}

// bindingWithin finds a binding after other words on a line. It might be a user name and a
// hashtag, so the words before it must contain the code too.
func bindingWithin(line string) (binding, bool) {
	at := bindingPart().FindStringIndex(line)
	if at == nil {
		return binding{}, false
	}
	b, ok := newBinding(bindingPart().FindStringSubmatch(line))
	return b, ok && b.valid && strings.Contains(line[:at[0]], b.code.Written)
}

// newBinding builds a binding from a pattern's submatches: the whole match, site, code, frame.
func newBinding(match []string) (b binding, ok bool) {
	if match == nil {
		return binding{}, false
	}
	if b.site, ok = asciiDomain(match[1]); !ok {
		return binding{}, false
	}
	b.frame, _ = asciiDomain(match[3])
	written := strings.TrimRight(match[2], ".,;:!?)")
	b.code.Written = written
	if bare, ok := otp.Parse(written); ok {
		b.code.Code = bare
	} else {
		b.code.Code = strings.Join(strings.FieldsFunc(written, otp.IsSeparator), "")
	}
	n := len(b.code.Code)
	b.valid = n >= otp.MinLength && n <= otp.MaxLength && !strings.ContainsFunc(b.code.Code, func(r rune) bool {
		return !textnorm.IsDigit(r) && !textnorm.IsASCIILetter(r)
	})
	return b, true
}

// asciiDomain returns a domain in the form that browsers use in an origin: lower case, with
// other scripts in Punycode. It returns false if name is not a domain of two labels or more.
func asciiDomain(name string) (ascii string, ok bool) {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || !domain().MatchString(ascii) {
		return "", false
	}
	return ascii, true
}
