package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// format returns the one of a code's formats that the field wants. It returns false if the field
// takes none of them.
func (f *Field) format(formats []string) (string, bool) {
	fit := slices.DeleteFunc(slices.Clone(formats), func(s string) bool { return !f.takes(s) })
	switch len(fit) {
	case 0:
		return "", false
	case 1:
		return fit[0], true
	}
	if n := len(f.Before); n > 0 {
		for _, s := range formats {
			if groups := strings.FieldsFunc(s, otp.IsSeparator); otp.HasPrefix(groups) && endsWithPrefix(f.Before[n-1], groups[0]) && f.takes(groups[1]) {
				return groups[1], true // the page shows "G-" itself
			}
		}
	}
	for _, s := range fit {
		if f.hasExampleOf(s) {
			return s, true
		}
	}
	for _, s := range fit {
		if groups := strings.FieldsFunc(s, otp.IsSeparator); !otp.HasPrefix(groups) && f.MaxLength == utf8.RuneCountInString(s) {
			return s, true
		}
	}
	return fit[0], true
}

// otherFormats returns the formats to try if the field's pattern does not match format. Only the
// content script can check it: patterns are JavaScript's regular expressions.
func (f *Field) otherFormats(formats []string, format string) []string {
	if f.Pattern == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(formats), func(s string) bool { return s == format || !f.takes(s) })
}

// endsWithPrefix reports whether the text before a field ends with a code's prefix, such as
// "G-".
func endsWithPrefix(text, prefix string) bool {
	text = strings.TrimRight(textnorm.Clean(text), " -:")
	rest, ok := strings.CutSuffix(text, prefix)
	last, _ := utf8.DecodeLastRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLetter(last) && !unicode.IsDigit(last))
}

// hasExampleOf reports whether the texts of a field have an example of how s is written, with
// its prefix or groups: "G-000000", "000-000".
func (f *Field) hasExampleOf(s string) bool {
	if !strings.ContainsFunc(s, otp.IsSeparator) {
		return false
	}
	texts := append([]string{f.Placeholder}, strings.Fields(strings.Join([]string{f.Placeholder, f.Label, f.Description}, " "))...)
	return slices.ContainsFunc(texts, func(example string) bool {
		return matchesExample(strings.Trim(textnorm.Clean(example), " .,:;()\"'"), s)
	})
}

// matchesExample reports whether s is written like the example: the same separators and
// prefix, with digits or placeholders such as "X" for the other characters.
func matchesExample(example, s string) bool {
	shown := []rune(example)
	if len(shown) != len(s) {
		return false
	}
	prefix := ""
	if groups := strings.FieldsFunc(s, otp.IsSeparator); otp.HasPrefix(groups) {
		prefix = groups[0]
	}
	for i, r := range shown {
		c := rune(s[i])
		isPlaceholder := textnorm.IsDigit(r) || strings.ContainsRune("xX#*•_·", r)
		switch {
		case i < len(prefix) || otp.IsSeparator(c):
			if r != c {
				return false
			}
		case !isPlaceholder && (textnorm.IsDigit(c) || !unicode.IsUpper(r)):
			return false
		}
	}
	return true
}
