package fields

import "strings"

// IsSite reports whether an origin, as a browser writes it, is that of a web site. That of
// a sandboxed frame is opaque: the browser writes "null", and nothing says whose it is.
func IsSite(origin string) bool {
	return strings.HasPrefix(origin, "https://") || strings.HasPrefix(origin, "http://")
}

// SameSite reports whether two origins are one and the same site's. An opaque origin is
// the same as none, not even as another opaque one.
func SameSite(a, b string) bool { return IsSite(a) && a == b }
