package sms

import (
	"strings"

	"golang.org/x/net/idna"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// The last line of a message can bind its code to a site, and to a frame in it:
// "@example.com #12345 %pay.example". What else stands in the line is ignored. Source: the
// WICG's "Origin-bound one-time codes delivered via SMS", whose older form has % for the frame.
var (
	bindingLine = pattern(`^@(\S+) +#(\S+)(?: +[%@](\S+))?(?: .*)?$`)
	bindingPart = pattern(`\s@(\S+) +#(\S+)(?: +[%@](\S+))?(?: |$)`) // of senders and providers that make one line of a message
	domain      = pattern(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$`)
	appHash     = pattern(`^[A-Za-z0-9+/]{11}$`)
)

// binding is the one site that a message lets its code be filled into.
type binding struct {
	site  string
	frame string // the domain of a frame in the site's page; "": the page itself
	code  protocol.OneTimeCode
	valid bool // code is one
	last  bool // it is the message's last line, whose code is the message's
}

// bindingOf reads the binding of a cleaned message. A line before the last is no binding
// by the specification. It is one here where it has the message's own code, because a
// sender who names a site does not mean every site.
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

// bindingWithin finds a binding after other words of a line. It might be a name and a
// hashtag, so the words before it have to have the code too.
func bindingWithin(line string) (binding, bool) {
	at := bindingPart().FindStringIndex(line)
	if at == nil {
		return binding{}, false
	}
	b, ok := newBinding(bindingPart().FindStringSubmatch(line))
	return b, ok && b.valid && strings.Contains(line[:at[0]], b.code.Written)
}

// newBinding makes a binding of a pattern's submatches: all of it, site, code and frame.
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

// asciiDomain writes a domain as browsers have it in an origin.
func asciiDomain(name string) (ascii string, ok bool) {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || !domain().MatchString(ascii) {
		return "", false
	}
	return ascii, true
}
