package catalog

import (
	"strings"
	"unicode"
)

// accented lists the small Latin letters that are read as a plain one.
var accented = map[string]string{
	"a": "àáâãäåāăą", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęěə", "g": "ĝğġģ", "h": "ĥħ",
	"i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏő", "oe": "œ",
	"r": "ŕŗř", "s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
}

var plain = func() map[rune]string {
	letters := map[rune]string{}
	for base, list := range accented {
		for _, r := range list {
			letters[r] = base
		}
	}
	return letters
}()

// fold writes the words of a name alike, whatever their case and accents, with a
// blank before each.
func fold(name string) string {
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
		if base, ok := plain[r]; ok {
			b.WriteString(base)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wordsIn is a query's words, each with the blank before it.
func wordsIn(query string) []string {
	words := strings.Fields(fold(query))
	for i := range words {
		words[i] = " " + words[i]
	}
	return words
}
