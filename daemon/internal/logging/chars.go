package logging

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// char is a letter or digit of a text, however the text writes it: as itself, in
// another script's digits, or escaped as in JSON or a URL.
type char struct {
	ascii      byte // its ASCII form, a digit or small letter
	start, end int  // its bytes in the text
}

func (c char) isDigit() bool { return c.ascii >= '0' && c.ascii <= '9' }

// parseChars returns the letters and digits of a text, in order.
func parseChars(text string) []char {
	found := make([]char, 0, len(text))
	for at := 0; at < len(text); {
		r, size := runeAt(text[at:])
		if is := toASCII(r); is != 0 {
			found = append(found, char{is, at, at + size})
		}
		at += size
	}
	return found
}

// runeAt decodes the first character of a text. Size is the length of its spelling in bytes.
func runeAt(text string) (r rune, size int) {
	if strings.HasPrefix(text, `\u`) && len(text) >= 6 {
		if n, err := strconv.ParseUint(text[2:6], 16, 32); err == nil {
			return rune(n), 6
		}
	}
	if strings.HasPrefix(text, "%") {
		if r, size, ok := percentAt(text); ok {
			return r, size
		}
	}
	return utf8.DecodeRuneInString(text)
}

// percentAt decodes a character that is escaped for a URL.
func percentAt(text string) (r rune, size int, ok bool) {
	var raw []byte
	for len(raw) < utf8.UTFMax && len(text) >= 3 && text[0] == '%' {
		n, err := strconv.ParseUint(text[1:3], 16, 8)
		if err != nil {
			break
		}
		raw, text = append(raw, byte(n)), text[3:]
	}
	if len(raw) == 0 {
		return 0, 0, false
	}
	r, bytes := utf8.DecodeRune(raw)
	return r, 3 * bytes, true
}

// toASCII returns the ASCII form of a letter or digit in lower case, and 0 for anything else.
func toASCII(r rune) byte {
	if r >= utf8.RuneSelf {
		narrow := textnorm.Clean(string(r))
		if len(narrow) != 1 {
			return 0
		}
		r = rune(narrow[0])
	}
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z':
		return byte(r)
	case r >= 'A' && r <= 'Z':
		return byte(r - 'A' + 'a')
	}
	return 0
}

// fold returns the letters and digits of a text in their ASCII form, without the rest.
func fold(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return toASCII(r) != byte(r) || r >= utf8.RuneSelf }) < 0 {
		return text // as most are
	}
	var b strings.Builder
	for _, g := range parseChars(text) {
		b.WriteByte(g.ascii)
	}
	return b.String()
}

// onlyDigits returns the digits among all.
func onlyDigits(all []char) []char {
	var found []char
	for _, g := range all {
		if g.isDigit() {
			found = append(found, g)
		}
	}
	return found
}
