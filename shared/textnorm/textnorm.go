// Package textnorm normalises text so that it can be compared whatever its case, accents,
// digits and spacing. It knows scripts, but no languages and no meanings.
//
// Clean prepares text for regular expressions and keeps its layout. A Folder goes further and
// leaves lower-case words with single spaces between them. SearchText and Query find names by
// the beginnings of their words. IsBoundary tells where a phrase may begin or end in folded
// text.
package textnorm

import (
	"strings"
	"unicode"
)

// IsDigit reports whether r is an ASCII digit.
func IsDigit(r rune) bool { return '0' <= r && r <= '9' }

// IsASCIILetter reports whether r is an ASCII letter.
func IsASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// AllDigits reports whether s consists of ASCII digits. It is false for an empty string.
func AllDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !IsDigit(r) })
}

// Digits returns the digits of a text, in ASCII, without everything else.
func Digits(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return -1
		}
		return '0' + DigitValue(r)
	}, text)
}

// DigitValue returns the value, 0 to 9, of a decimal digit of any script. For other runes above
// ASCII it returns -1; ASCII is not checked.
func DigitValue(r rune) rune {
	if r < 0x80 {
		return r - '0'
	}
	// Each range of Unicode's table begins with a zero. It holds one or more sets of ten, because
	// sets that touch share a range.
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

// Clean returns text with ASCII digits, plain dashes and spaces, and no full-width letters. It
// drops invalid UTF-8 and invisible characters that only control layout. Case, accents and
// line breaks stay; every line ends in \n.
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
			b.WriteString(", ") // the space shows that it is not a decimal comma
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
