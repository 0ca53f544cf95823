package view

import (
	"strconv"
	"strings"
)

// SitePattern returns the match pattern of the permission to reach an origin's pages. It has
// no port, because Firefox accepts none in match patterns.
func SitePattern(origin string) string {
	scheme, host, _ := strings.Cut(origin, "://")
	if port := strings.LastIndexByte(host, ':'); port > strings.LastIndexByte(host, ']') {
		host = host[:port]
	}
	return scheme + "://" + host + "/*"
}

// framesBanner asks which cross-site frame contains the field. The answer grants the extension
// access to that site only.
func framesBanner(key string, f Fill, fill Action) Node {
	n := box("note warn", text("", message("in_frame", plainArg(f.Host))))
	n.Key, n.Live = key, true
	for i, origin := range f.Frames {
		fill.Frame = origin
		_, host, _ := strings.Cut(origin, "://")
		b := button(key+"-"+strconv.Itoa(i), message("fill_in_frame", plainArg(host)), fill)
		b.Permission = SitePattern(origin)
		n.Children = append(n.Children, b)
	}
	return n
}
