// Package site knows which service a web site belongs to, by the names that providers
// use for it.
package site

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed services.txt
var list string

// services are the names of services by their domains.
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

// Services are the names, likeliest first, of the service that a host belongs to, with or
// without a port; none where it is not known.
func Services(host string) []string {
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

// isEnding reports that a domain is one under which countries let names be had, such as
// "de", "co.uk" or "com.ng".
func isEnding(domain string) bool {
	second, top, two := strings.Cut(domain, ".")
	if !two {
		return true
	}
	return len(top) == 2 && len(second) <= 3
}

// maxName bounds what a page calls itself; a longer text is no name.
const maxName = 40

// Named is the service that a page names, by what it calls itself, best first.
func Named(names []string) string {
	for _, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if name != "" && utf8.RuneCountInString(name) <= maxName {
			return name
		}
	}
	return ""
}
