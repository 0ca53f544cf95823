// Package site finds the service that a web site belongs to, under the names that providers
// use for it. ServiceNames looks a host up in the embedded list services.txt; GuessNames
// makes names from what an unlisted site calls itself, which may be wrong.
package site

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed services.txt
var list string

// services maps a domain to the names of its service; to none if people publish pages of
// their own under it. "amazon.*" stands for every country's domain of that name, "=tumblr.com"
// for that host alone.
var services = sync.OnceValue(func() map[string][]string {
	services := map[string][]string{}
	for line := range strings.Lines(list) {
		left, right, entry := strings.Cut(line, ":")
		if !entry || strings.HasPrefix(line, "#") {
			continue
		}
		var names []string
		for name := range strings.SplitSeq(left, "|") {
			if name = strings.TrimSpace(name); name != publicHosting {
				names = append(names, name)
			}
		}
		for domain := range strings.FieldsSeq(right) {
			services[domain] = names
		}
	}
	return services
})

// publicHosting stands for a name in the list where anyone can publish a page.
const publicHosting = "-"

// ServiceNames returns the names of the service that a host belongs to, most likely first, or
// nil if the host is not in the list. The host may have a port.
func ServiceNames(host string) []string {
	names, _ := lookUp(withoutPort(host))
	return names
}

// lookUp returns what the list says of a host, and whether it says anything. The longest domain
// that is listed decides.
func lookUp(host string) (names []string, listed bool) {
	if names, listed := services()["="+strings.TrimPrefix(host, "www.")]; listed {
		return names, true
	}
	for {
		if names, listed := services()[host]; listed {
			return names, true
		}
		name, parent, more := strings.Cut(host, ".")
		if !more {
			return nil, false
		}
		if names, listed := services()[name+".*"]; listed && isCountryEnding(parent) {
			return names, true
		}
		host = parent
	}
}

func withoutPort(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	return strings.TrimSuffix(host, ".")
}

// freeEndings are two-letter endings that were given away or are sold to anyone, and are used
// for look-alikes.
const freeEndings = " cc cf ga gq ml pw tk to ws "

// coEndings and comEndings are the countries whose registries register names under "co" and
// "com", by the public suffix list. In others those are domains of companies that sell names
// under them, or of nobody. A test compares: the whole list is three times as large as services.txt.
const (
	coEndings = " ae ag am ao at az bb bd bi bj bw bz ci ck cl cm cr dm er fk gg gl gy hu id il im in io ir it je jm jp ke kh kr lc ls " +
		"ma me mg mm mu mw mz na ni np nz om pg pn rs rw ss st sz th tj tm tt tz ug uk us uz ve vi za zm zw "
	comEndings = " ac af ag ai al am ar au aw az ba bb bd bh bi bj bm bn bo br bs bt by bz ci ck cm cn co cu cv cw cy dm do dz ec ee eg er es et " +
		"fj fk fm fr ge gh gi gl gn gp gr gt gu gy hk hn hr ht im in io iq jm jo kg kh ki km kp kw ky kz la lb lc lk lr lv ly mg mk mm mo ms mt " +
		"mu mv mw mx my na nf ng ni np nr om pa pe pf pg ph pk pl pr ps pt py qa re ro sa sb sc sd sg sh sl sn so ss st sv sy tj tm tn tr tt tw " +
		"ua ug uy uz vc ve vi vn vu ye zm "
)

// isCountryEnding reports whether a brand registers its name under a domain: "com", "de",
// "co.uk" or "com.ng", but neither "shop" nor "example.de".
func isCountryEnding(domain string) bool {
	second, country, two := strings.Cut(domain, ".")
	switch {
	case !two:
		return domain == "com" || len(domain) == 2 && !lists(freeEndings, domain)
	case second == "co":
		return lists(coEndings, country)
	case second == "com":
		return lists(comEndings, country)
	}
	return false
}

func lists(endings, ending string) bool { return strings.Contains(endings, " "+ending+" ") }
