// Package otp knows how senders write one-time codes and how form fields expect them: "481902", "481 902", "G-573920", "A7K-2Q9".
//
// Parse reads one written code; Formats lists the ways to type it. The package works on
// ASCII, so callers apply textnorm.Clean first. It never searches a text for a code; package sms
// does.
package otp

import (
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// MinLength and MaxLength bound the number of letters and digits in a code.
const (
	MinLength = 3
	MaxLength = 12
)

const (
	maxGrouped = 9 // most digits of a code in groups; anything longer is a telephone number
	minSingles = 4 // fewest groups of one digit each
)

// Parse returns the letters and digits of a written code, without separators and without
// a sender's prefix of one or two characters: "G-573920" is 573920. A longer one belongs to the
// code: "KITE-12345" is KITE12345. It returns false if codes are not written like this.
func Parse(written string) (code string, ok bool) {
	groups := strings.FieldsFunc(written, IsSeparator)
	bare := strings.Join(groups, "")
	if !isCode(bare) {
		return "", false
	}
	if len(groups) == 1 {
		return bare, len(written) == len(bare)
	}
	if len(written) != len(bare)+len(groups)-1 {
		return "", false
	}
	if HasPrefix(groups) {
		if len(groups[0]) <= 2 {
			bare = groups[1]
		}
		return bare, isCode(bare)
	}
	if isWord(groups[0]) && strings.HasPrefix(written, groups[0]+"-") {
		digits := bare[len(groups[0]):]
		_, ok = Parse(written[len(groups[0])+1:])
		if isSender(groups) {
			bare = digits
		}
		return bare, ok && textnorm.AllDigits(digits)
	}
	if textnorm.AllDigits(bare) && len(bare) > maxGrouped {
		return "", false
	}
	even := !slices.ContainsFunc(groups, func(g string) bool { return len(g) != len(groups[0]) })
	switch n := len(groups[0]); {
	case even && n == 1:
		return bare, len(groups) >= minSingles
	case even:
		return bare, n <= 4
	}
	return bare, (len(bare) == 5 || len(bare) == 6) && len(groups) == 2 && min(len(groups[0]), len(groups[1])) == 2
}

// isCode reports whether s consists of ASCII letters and digits, at least one of them a
// digit, and has the length of a code.
func isCode(s string) bool {
	return len(s) >= MinLength && len(s) <= MaxLength && strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool {
		return !textnorm.IsDigit(r) && !textnorm.IsASCIILetter(r)
	})
}

// Formats returns the ways to type a received code, the likeliest first. People leave out a short
// sender's prefix and the separators between digits, so the forms with them come later. Codes
// with letters come as they are written first.
func Formats(code string) []string {
	code = strings.TrimSpace(code)
	groups := strings.FieldsFunc(code, IsSeparator)
	bare := strings.Join(groups, "")
	list := []string{bare, code}
	switch {
	case HasPrefix(groups) && len(groups[0]) <= 2:
		list = []string{groups[1], code, bare}
	case isSender(groups):
		list = []string{bare[len(groups[0]):], code, bare}
	case HasPrefix(groups):
		list = []string{code, bare, groups[1]}
	case !textnorm.AllDigits(bare):
		list = []string{code, bare}
	}
	return slices.Compact(list)
}

// IsSeparator reports whether r separates the groups of a code.
func IsSeparator(r rune) bool { return r == ' ' || r == '-' }

// HasPrefix reports whether there are two groups and the first names the sender, as in
// "G-573920" and "B2-573920".
func HasPrefix(groups []string) bool {
	if len(groups) != 2 || len(groups[0]) > 4 || !textnorm.AllDigits(groups[1]) || len(groups[1]) <= MinLength {
		return false
	}
	name := groups[0]
	if len(name) == 2 && textnorm.IsDigit(rune(name[1])) {
		name = name[:1]
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsUpper(r) })
}

// isSender reports whether a short sender's prefix stands before several groups of digits, as in
// "G-573-920".
func isSender(groups []string) bool {
	return len(groups) > 2 && len(groups[0]) <= 2 && !strings.ContainsFunc(groups[0], func(r rune) bool { return !unicode.IsUpper(r) }) &&
		textnorm.AllDigits(strings.Join(groups[1:], ""))
}

// isWord reports whether a group of at most five letters stands before the digits of a code.
func isWord(group string) bool {
	return len(group) <= 5 && !strings.ContainsFunc(group, func(r rune) bool { return !textnorm.IsASCIILetter(r) })
}
