package catalog

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/textnorm"
)

// serviceMatcher finds the services that one name means. The zero matcher matches every service.
type serviceMatcher struct {
	keys    []string        // of the name
	matched map[string]bool // by a service's name, because a catalogue repeats it in each country
}

// newServiceMatcher returns the matcher for a name; "" matches every service.
func newServiceMatcher(name string) serviceMatcher {
	if name == "" {
		return serviceMatcher{}
	}
	keys := []string{nameKey(name)}
	if short, ok := strings.CutSuffix(strings.ToLower(strings.TrimSpace(name)), ".com"); ok {
		keys = append(keys, nameKey(short))
	}
	return serviceMatcher{keys, map[string]bool{}}
}

// matches reports whether a service of the catalogue has the name. Case, accents, spaces and
// punctuation don't count, and a service with several names, such as "X / Twitter" or
// "Google,youtube,Gmail", has each of them. A part of a word is no match: "Line" is not
// "LinkedIn".
func (m serviceMatcher) matches(serviceName string) bool {
	if m.matched == nil {
		return true
	}
	matched, known := m.matched[serviceName]
	if !known {
		matched = slices.ContainsFunc(serviceKeys(serviceName), func(key string) bool { return key != "" && slices.Contains(m.keys, key) })
		m.matched[serviceName] = matched
	}
	return matched
}

// serviceKeys returns the keys of a service's names: the whole, each of its parts, and each
// without a word that only says what it is.
func serviceKeys(serviceName string) []string {
	keys := []string{nameKey(serviceName)}
	parts := strings.FieldsFunc(serviceName, func(r rune) bool { return strings.ContainsRune("/|,;+()[]", r) })
	for _, part := range parts {
		keys = append(keys, nameKey(part))
		words := strings.Fields((textnorm.Folder{}).Fold(part))
		if last := len(words) - 1; last > 0 && strings.Contains(kindWords, " "+words[last]+" ") {
			keys = append(keys, strings.Join(words[:last], ""))
		}
	}
	return keys
}

// kindWords are words that a catalogue adds to a name, as in "Line messenger".
const kindWords = " app messenger msg "

// nameKey returns what a name is compared by: its folded letters and digits.
func nameKey(name string) string {
	return strings.ReplaceAll((textnorm.Folder{}).Fold(name), " ", "")
}
