package sms

import (
	"strings"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/spelling"
)

// bindings are the last lines that bind a code to a site, and to a frame in it:
// "@example.com #12345 %pay.example". The second is for senders and providers that
// make one line of a message.
var (
	bindingLine = pattern(`^@(\S+) +#(\S+)(?: +[%@](\S+))?$`)
	bindingEnd  = pattern(`\s@(\S+) +#(\S+)(?: +[%@](\S+))?$`)
	domain      = pattern(`^[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+$`)
	appHash     = pattern(`^[A-Za-z0-9+/]{11}$`)
)

// bound reads the last line of a cleaned message, if it binds the code to a site.
func bound(text string) (protocol.Received, bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if appHash().MatchString(last) && len(lines) > 1 {
		last = strings.TrimSpace(lines[len(lines)-2])
	}
	m := bindingLine().FindStringSubmatch(last)
	if m == nil {
		// Within a line it might be a name and a hashtag, so the prose is to have the code too.
		if m = bindingEnd().FindStringSubmatch(last); m == nil || !strings.Contains(strings.TrimSuffix(last, m[0]), m[2]) {
			return protocol.Received{}, false
		}
	}
	r := protocol.Received{Code: strings.Join(strings.FieldsFunc(m[2], spelling.Divides), ""), Written: m[2], Site: strings.ToLower(m[1]), Frame: strings.ToLower(m[3])}
	if bare, ok := spelling.Bare(m[2]); ok {
		r.Code = bare
	}
	isWord := len(r.Code) >= spelling.Min && len(r.Code) <= spelling.Max && !strings.ContainsFunc(r.Code, func(c rune) bool { return !spelling.IsDigit(c) && !spelling.IsLatin(c) })
	return r, isWord && domain().MatchString(r.Site) && (r.Frame == "" || domain().MatchString(r.Frame))
}
