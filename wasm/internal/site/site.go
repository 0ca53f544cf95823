// Package site finds the service that a web site belongs to, under the names that providers
// use for it. ServiceNames looks a host up in the embedded list services.txt; NameFromPage
// picks a name from what a page calls itself.
package site

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed services.txt
var list string

// services maps a domain to the names of its service. "amazon.*" stands for every country's
// domain of that name.
var services = read(list)

func read(list string) map[string][]string {
	services := map[string][]string{}
	for line := range strings.Lines(list) {
		left, right, entry := strings.Cut(line, ":")
		if !entry || strings.HasPrefix(line, "#") {
			continue
		}
		var names []string
		for name := range strings.SplitSeq(left, "|") {
			names = append(names, strings.TrimSpace(name))
		}
		for domain := range strings.FieldsSeq(right) {
			services[domain] = names
		}
	}
	return services
}

// ServiceNames returns the names of the service that a host belongs to, most likely first, or
// nil if the host is not in the list. The host may have a port.
func ServiceNames(host string) []string {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimSuffix(host, ".")
	for {
		if names, known := services[host]; known {
			return names
		}
		name, parent, more := strings.Cut(host, ".")
		if !more {
			return nil
		}
		if names, known := services[name+".*"]; known && isEnding(parent) {
			return names
		}
		host = parent
	}
}

// isEnding reports whether a domain is one that names are registered under, such as "de",
// "co.uk" or "com.ng". It guesses from the lengths of the labels.
func isEnding(domain string) bool {
	second, top, two := strings.Cut(domain, ".")
	if !two {
		return true
	}
	return len(top) == 2 && len(second) <= 3
}

// maxName is the length of the longest name in characters. A longer text is a sentence.
const maxName = 40

// NameFromPage returns the first usable name out of those that a page gives itself, best
// first; "" if there is none.
func NameFromPage(names []string) string {
	for _, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if name != "" && utf8.RuneCountInString(name) <= maxName {
			return name
		}
	}
	return ""
}
