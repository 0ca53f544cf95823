package fields

import (
	"regexp"
	"strings"
)

// bindings are the last lines that bind a code to a site, and to a frame in it:
// "@example.com #12345 %pay.example". The second is for senders and providers that
// make one line of a message.
var (
	bindingLine = regexp.MustCompile(`^@(\S+) +#(\S+)(?: +[%@](\S+))?$`)
	bindingEnd  = regexp.MustCompile(`\s@(\S+) +#(\S+)(?: +[%@](\S+))?$`)
	domain      = regexp.MustCompile(`^[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+$`)
	appHash     = regexp.MustCompile(`^[A-Za-z0-9+/]{11}$`)
)

// bound reads the last line of a cleaned message, if it binds the code to a site.
func bound(text string) (Received, bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if appHash.MatchString(last) && len(lines) > 1 {
		last = strings.TrimSpace(lines[len(lines)-2])
	}
	m := bindingLine.FindStringSubmatch(last)
	if m == nil {
		// Within a line it might be a name and a hashtag, so the prose is to have the code too.
		if m = bindingEnd.FindStringSubmatch(last); m == nil || !strings.Contains(strings.TrimSuffix(last, m[0]), m[2]) {
			return Received{}, false
		}
	}
	r := Received{Code: strings.Join(strings.FieldsFunc(m[2], divides), ""), Written: m[2], Site: strings.ToLower(m[1]), Frame: strings.ToLower(m[3])}
	if bare, ok := shaped(m[2]); ok {
		r.Code = bare
	}
	isWord := len(r.Code) >= minCode && len(r.Code) <= maxCode && !strings.ContainsFunc(r.Code, func(c rune) bool { return !isDigit(c) && !isLatin(c) })
	return r, isWord && domain.MatchString(r.Site) && (r.Frame == "" || domain.MatchString(r.Frame))
}

// On reports whether the code may be filled anywhere in a page of a host.
func (r Received) On(top string) bool { return r.Site == "" || within(r.Site, top) }

// Belongs reports whether the code may be filled into a frame of the host frame, in a
// page of the host top; of the page itself both are the same. Hosts are as in an
// origin, with or without a port. A site takes in its subdomains. A code that is bound
// to no site may be filled anywhere.
func (r Received) Belongs(top, frame string) bool {
	if r.Site == "" {
		return true
	}
	inner := r.Site
	if r.Frame != "" {
		inner = r.Frame
	}
	return within(r.Site, top) && within(inner, frame)
}

func within(site, host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimSuffix(host, ".")
	return host == site || strings.HasSuffix(host, "."+site)
}
