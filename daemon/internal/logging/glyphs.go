package logging

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// glyph is one letter or digit of a text, however it is written there: as itself, in
// another script's digits, or escaped as in JSON or a URL.
type glyph struct {
	is         byte // an ASCII digit or small letter
	start, end int  // of what stands for it in the text
}

func (g glyph) isDigit() bool { return g.is >= '0' && g.is <= '9' }

// glyphs reads the letters and digits of a text.
func glyphs(text string) []glyph {
	found := make([]glyph, 0, len(text))
	for at := 0; at < len(text); {
		r, size := runeAt(text[at:])
		if is := plain(r); is != 0 {
			found = append(found, glyph{is, at, at + size})
		}
		at += size
	}
	return found
}

// runeAt is the first character that a text says, and how long what says it is.
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

// percentAt reads a character that is escaped for a URL.
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

// plain is a letter or digit as ASCII, small; 0 for anything else.
func plain(r rune) byte {
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

// fold is a text's letters and digits alone.
func fold(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return plain(r) != byte(r) || r >= utf8.RuneSelf }) < 0 {
		return text // as most are
	}
	var b strings.Builder
	for _, g := range glyphs(text) {
		b.WriteByte(g.is)
	}
	return b.String()
}

// digits are the digits among glyphs.
func digits(all []glyph) []glyph {
	var found []glyph
	for _, g := range all {
		if g.isDigit() {
			found = append(found, g)
		}
	}
	return found
}
