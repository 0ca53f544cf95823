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
// "com". In others those are domains of companies that sell names under them.
const (
	coEndings  = " ao at bw cr hu id il in jp ke kr ls ma mz nz th tz ug uk uz ve za zm zw "
	comEndings = " al ar au az ba bd bh bo br by bz cn co cu cy do ec eg es et fj ge gh gm gr gt hk hr jm kh kw kz lb ly mk mm mt mx my ng ni om pa pe ph pk pl ps pt py qa ro sa sg sl sv tr tw ua uy ve vn ye np lk "
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
