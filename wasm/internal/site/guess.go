package site

import (
	"strings"
	"unicode/utf8"
)

const (
	maxName    = 40 // characters; a longer text is a sentence
	maxGuesses = 6
)

// GuessNames returns the names that an unlisted site may be sold under, best first: what its
// page calls itself, and the name of its domain unless anyone can publish pages there. The
// texts are the page's own words, such as its title, so a name may be wrong or false.
func GuessNames(host string, texts []string) (names []string) {
	add := func(name string) {
		name = strings.Trim(name, "-–—·.:! ")
		length := utf8.RuneCountInString(name)
		if length < 2 || length > maxName || len(names) == maxGuesses {
			return
		}
		for _, known := range names {
			if strings.EqualFold(known, name) {
				return
			}
		}
		names = append(names, name)
	}
	for _, text := range texts {
		parts := titleParts(text)
		for i := range parts {
			add(parts[len(parts)-1-i]) // a title mostly ends in the site's name
		}
	}
	add(domainName(withoutPort(host)))
	return names
}

// titleParts divides a title such as "Sign up | Example" or "Sign up - Example".
func titleParts(title string) []string {
	title = strings.Join(strings.Fields(title), " ")
	for _, separator := range []string{" | ", "｜", " - ", " – ", " — ", " · ", " • ", " » ", ": "} {
		title = strings.ReplaceAll(title, separator, "\n")
	}
	return strings.FieldsFunc(title, func(r rune) bool { return r == '\n' })
}

// domainName returns the label that was registered: "example" of "www.example.co.uk". It returns
// "" for an address, a listed host, and a domain under which anyone can publish pages.
func domainName(host string) string {
	if _, listed := lookUp(host); listed || strings.Trim(host, "0123456789.[]") == "" {
		return ""
	}
	labels := strings.Split(host, ".")
	for i := 1; i < len(labels); i++ {
		if ending := strings.Join(labels[i:], "."); isCountryEnding(ending) || i == len(labels)-1 {
			return labels[i-1]
		}
	}
	return ""
}
