package desktop

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes a stranger's text one line without anything that changes how its
// surroundings read, of so many runes at most.
func Plain(text string, runes int) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	all := []rune(strings.Join(strings.Fields(clean), " "))
	if len(all) > runes {
		all = append(all[:runes-1], '…')
	}
	return string(all)
}

// Sentence begins an error's text as a sentence does.
func Capitalize(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
