package textnorm

import "strings"

// SearchText folds names into one text that a Query searches. A space stands before each
// word. Search texts can be joined with +.
func SearchText(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		if folded := (Folder{}).Fold(name); folded != "" {
			b.WriteByte(gap)
			b.WriteString(folded)
		}
	}
	return b.String()
}

// Query is what a person looks for: folded words, each with the space before it.
type Query []string

// ParseQuery returns the words of what a person typed.
func ParseQuery(typed string) Query {
	words := strings.Fields((Folder{}).Fold(typed))
	for i := range words {
		words[i] = " " + words[i]
	}
	return words
}

// Matches reports whether every word of the query begins a word of a search text. An
// empty query matches everything.
func (q Query) Matches(searchText string) bool {
	for _, word := range q {
		if !strings.Contains(searchText, word) {
			return false
		}
	}
	return true
}
