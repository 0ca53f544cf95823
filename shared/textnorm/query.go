// Package textnorm finds names by their words, whatever their case and accents.
package textnorm

import (
	"strings"
	"unicode"
)

// Fold writes the words of a name alike, whatever their case and accents, with a
// blank before each.
func Fold(name string) string {
	var b strings.Builder
	inside := false
	for _, r := range name {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r): // an accent of its own
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			inside = false
			continue
		case !inside:
			b.WriteByte(' ')
			inside = true
		}
		b.WriteString(Plain(r))
	}
	return b.String()
}

// Query is the words that are looked for, each with the blank before it.
type Query []string

// Of is the words of what a person typed.
func Of(typed string) Query {
	words := strings.Fields(Fold(typed))
	for i := range words {
		words[i] = " " + words[i]
	}
	return words
}

// In reports that each word begins one of a folded name.
func (q Query) In(folded string) bool {
	for _, word := range q {
		if !strings.Contains(folded, word) {
			return false
		}
	}
	return true
}
