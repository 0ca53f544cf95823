package fields

import "strings"

// IsSite reports whether an origin is a web site's. A sandboxed frame has an opaque origin,
// which browsers write as "null", so its site is unknown.
func IsSite(origin string) bool {
	return strings.HasPrefix(origin, "https://") || strings.HasPrefix(origin, "http://")
}

// SameSite reports whether two origins are equal and a web site's. An opaque origin equals no
// origin, not even another opaque one.
func SameSite(a, b string) bool { return IsSite(a) && a == b }
