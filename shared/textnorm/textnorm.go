// Package textnorm writes text in forms that can be compared, whatever its case, accents,
// script of digits and spacing. It knows no language and no meaning.
//
// Clean makes a text readable for patterns and keeps its layout. A Folder goes further and
// leaves lower-case words with single spaces between them. SearchText and Query find names
// by the beginnings of their words. IsBoundary says where a phrase may begin or end in
// folded text.
package textnorm

import (
	"strings"
	"unicode"
)

// IsDigit reports whether r is an ASCII digit.
func IsDigit(r rune) bool { return '0' <= r && r <= '9' }

// IsASCIILetter reports whether r is an ASCII letter.
func IsASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// AllDigits reports whether s is not empty and has nothing but ASCII digits.
func AllDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !IsDigit(r) })
}

// DigitValue returns the value, 0 to 9, of a decimal digit of any script. It returns -1 where
// unicode.IsDigit does not hold.
func DigitValue(r rune) rune {
	if r < 0x80 {
		return r - '0'
	}
	// Every script's digits stand in one run from zero to nine, and runs may touch: a run
	// of Unicode's table begins with a zero and holds one or more sets of ten.
	for _, run := range unicode.Digit.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Digit.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	return -1
}

// Clean returns text with ASCII digits, narrow letters, and plain dashes and spaces. It drops
// invalid UTF-8 and the characters that only direct or join what is shown. Case, accents
// and line breaks stay.
func Clean(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\u200c':
			b.WriteRune(r) // divides words in Persian
		case unicode.In(r, unicode.Cf), unicode.Is(unicode.Variation_Selector, r):
		case r == '，' || r == '、' || r == '،':
			b.WriteString(", ") // never a decimal comma
		case unicode.IsDigit(r):
			b.WriteRune('0' + DigitValue(r))
		case r >= 0xFF01 && r <= 0xFF5E: // full width
			b.WriteRune(r - 0xFEE0)
		case unicode.Is(unicode.Pd, r), r == '−':
			b.WriteByte('-')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == '٫':
			b.WriteByte('.')
		case r == '٬':
			b.WriteByte(',')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
