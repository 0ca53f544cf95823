package textnorm

import "unicode"

// Joined reports whether two letters side by side, small ones as they are compared,
// belong to one word.
func Joined(a, b rune) bool { return Spaced(a) && Spaced(b) }

// Spaced reports a letter or a digit of a script whose words stand apart. Others write
// no spaces, or glue words together.
func Spaced(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	case r >= 0x0590 && r < 0x0600, // Hebrew glues its articles on
		r >= 0x0E00 && r < 0x0F00, // Thai, Lao
		r >= 0x1000 && r < 0x1100, // Burmese
		r >= 0x1780 && r < 0x1800, // Khmer
		r >= 0x1100 && r < 0x1200, r >= 0x2E80:
		return false
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}
