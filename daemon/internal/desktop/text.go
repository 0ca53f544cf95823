package desktop

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain turns a stranger's text into one printable line of at most so many runes. It
// removes control and formatting characters, which could change how the text around it
// reads.
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

// Capitalize makes the first letter of an error's text a capital one.
func Capitalize(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
