package textnorm

import "strings"

// SearchText folds names into one text that a Query searches. Each word has a space before it,
// so search texts can be joined with +.
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

// Query is a list of folded words, each with the space before it as in SearchText.
type Query []string

// ParseQuery returns the query that a person typed.
func ParseQuery(typed string) Query {
	words := strings.Fields((Folder{}).Fold(typed))
	for i := range words {
		words[i] = " " + words[i]
	}
	return words
}

// Matches reports whether each word of the query is the beginning of a word in searchText. An
// empty query matches everything.
func (q Query) Matches(searchText string) bool {
	for _, word := range q {
		if !strings.Contains(searchText, word) {
			return false
		}
	}
	return true
}
