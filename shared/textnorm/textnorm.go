// Package textnorm knows how codes, and the words around them, are written: by those who
// send them, and by the fields that take them.
package textnorm

import (
	"slices"
	"strings"
	"unicode"
)

// The fewest and the most letters and digits of a code.
const (
	Min = 3
	Max = 12
)

const (
	maxGrouped = 9 // digits of a code that is written in groups; longer is a telephone number
	minSingles = 4 // groups of one digit each
)

// Bare gives a written code's letters and digits alone, without one or two letters that
// lead it ("G-573920"). False: no code is written so.
func Bare(written string) (string, bool) {
	groups := strings.FieldsFunc(written, Divides)
	bare := strings.Join(groups, "")
	if !is(bare) {
		return "", false
	}
	if len(groups) == 1 {
		return bare, len(written) == len(bare)
	}
	if len(written) != len(bare)+len(groups)-1 {
		return "", false
	}
	if Leads(groups) {
		if len(groups[0]) <= 2 {
			bare = groups[1]
		}
		return bare, is(bare)
	}
	if AllDigits(bare) && len(bare) > maxGrouped {
		return "", false
	}
	even := !slices.ContainsFunc(groups, func(g string) bool { return len(g) != len(groups[0]) })
	switch n := len(groups[0]); {
	case even && n == 1:
		return bare, len(groups) >= minSingles
	case even:
		return bare, n <= 4
	}
	return bare, len(bare) == 5 && len(groups) == 2 && min(len(groups[0]), len(groups[1])) == 2
}

// is reports whether s is ASCII letters and digits, as many as a code has.
func is(s string) bool {
	return len(s) >= Min && len(s) <= Max && strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool {
		return !IsDigit(r) && !IsLatin(r)
	})
}

// Forms are the ways to write a received code, the likeliest first: without what leads
// it, and digits without what groups them, for that is what people type. Letters in
// groups are typed as they stand.
func Forms(code string) []string {
	code = strings.TrimSpace(code)
	groups := strings.FieldsFunc(code, Divides)
	bare := strings.Join(groups, "")
	list := []string{bare, code}
	switch {
	case Leads(groups) && len(groups[0]) <= 2:
		list = []string{groups[1], code, bare}
	case Leads(groups):
		list = []string{code, bare, groups[1]}
	case !AllDigits(bare):
		list = []string{code, bare}
	}
	return slices.Compact(list)
}

// Divides reports whether a letter stands between the groups of a code.
func Divides(r rune) bool { return r == ' ' || r == '-' }

// Leads reports whether the first of two groups says whose code the second is.
func Leads(groups []string) bool {
	return len(groups) == 2 && len(groups[0]) <= 4 && AllDigits(groups[1]) && len(groups[1]) > Min &&
		!strings.ContainsFunc(groups[0], func(r rune) bool { return !unicode.IsUpper(r) })
}

// IsDigit reports an ASCII digit.
func IsDigit(r rune) bool { return '0' <= r && r <= '9' }

// IsLatin reports an ASCII letter.
func IsLatin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// AllDigits reports a text of ASCII digits and nothing else.
func AllDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !IsDigit(r) })
}

// Digit is the value of a decimal digit of any script, from 0 to 9. The rune has to be
// one by unicode.IsDigit.
func Digit(r rune) rune {
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

// Clean writes a text with ASCII digits, narrow letters and plain dashes and spaces,
// without what only directs or joins what is shown.
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
			b.WriteRune('0' + Digit(r))
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
