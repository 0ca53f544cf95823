package textnorm

import "unicode"

// IsBoundary reports whether a phrase may end after a or begin before b, two characters side
// by side in folded text. It is false inside a word.
func IsBoundary(a, b rune) bool { return !IsSpacedScript(a) || !IsSpacedScript(b) }

// IsSpacedScript reports whether r is a letter or digit of a script that puts spaces between
// words. Other scripts write no spaces, or attach articles and particles to words.
func IsSpacedScript(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	case r >= 0x0590 && r < 0x0600, // Hebrew attaches articles
		r >= 0x0E00 && r < 0x0F00, // Thai, Lao
		r >= 0x1000 && r < 0x1100, // Burmese
		r >= 0x1780 && r < 0x1800, // Khmer
		r >= 0x1100 && r < 0x1200, r >= 0x2E80:
		return false
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}
