package textnorm

import (
	"strings"
	"unicode"
)

// Folder folds text for comparison: lower case, no accents, ASCII digits, no full-width
// letters, and a single space in place of everything between words. The zero Folder is ready to use.
type Folder struct {
	Identifiers bool   // also divide "smsCode2" into "sms code 2"
	Keep        string // punctuation that stays, such as "'/"
}

// gap is written between words.
const gap = ' '

// Fold returns the folded text. Folding folded text changes nothing.
func (f Folder) Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	last, before := rune(gap), rune(0)
	put := func(r rune) {
		if r == gap && last == gap {
			return
		}
		if f.Identifiers && (IsDigit(r) && last >= 'a' || IsDigit(last) && r != gap && !IsDigit(r)) {
			b.WriteByte(gap)
		}
		b.WriteRune(r)
		last = r
	}
	letters := []rune(text)
	for i, r := range letters {
		if f.Identifiers && unicode.IsUpper(r) && (unicode.IsLower(before) ||
			unicode.IsUpper(before) && i+1 < len(letters) && unicode.IsLower(letters[i+1]) && i > 1 && unicode.IsUpper(letters[i-2])) {
			put(gap)
		}
		before = r
		if r >= 0xFF01 && r <= 0xFF5E { // full width
			r -= 0xFEE0
		}
		switch {
		case isAccent(r) || r == 'ـ' || r == '\u200d' || r == '\u00ad':
		case unicode.IsDigit(r):
			put('0' + DigitValue(r))
		case unicode.IsLetter(r) || unicode.IsMark(r):
			for _, l := range Unaccent(unicode.ToLower(r)) {
				put(l)
			}
		case strings.ContainsRune(f.Keep, r):
			put(r)
		default:
			put(gap)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// isAccent reports whether r is an optional mark: an accent of Latin, Greek or Cyrillic, a vowel
// sign of Hebrew or Arabic, or the dot below of Hindi.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r >= 0x0591 && r <= 0x05C7 || r >= 0x064B && r <= 0x065F || r == 0x0670 || r == 0x093C
}
