package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// form is how a field wants a code to be written, of the forms of it; none where it takes none.
func (f *Field) form(forms []string) (string, bool) {
	fit := slices.DeleteFunc(slices.Clone(forms), func(s string) bool { return !f.takes(s) })
	switch len(fit) {
	case 0:
		return "", false
	case 1:
		return fit[0], true
	}
	if n := len(f.Before); n > 0 {
		for _, s := range forms {
			if groups := strings.FieldsFunc(s, otp.IsSeparator); otp.HasPrefix(groups) && endsWithPrefix(f.Before[n-1], groups[0]) && f.takes(groups[1]) {
				return groups[1], true // the page shows "G-" itself
			}
		}
	}
	for _, s := range fit {
		if f.showsFormat(s) {
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

// otherFormats are those that a field with a pattern may want instead: the content script
// has what it takes to read the pattern.
func (f *Field) otherFormats(forms []string, form string) []string {
	if f.Pattern == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(forms), func(s string) bool { return s == form || !f.takes(s) })
}

// endsWithPrefix reports whether a text before a box shows what leads a code.
func endsWithPrefix(text, lead string) bool {
	text = strings.TrimRight(textnorm.Clean(text), " -:")
	rest, ok := strings.CutSuffix(text, lead)
	last, _ := utf8.DecodeLastRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLetter(last) && !unicode.IsDigit(last))
}

// showsFormat reports whether a field shows by example that a code is written as s,
// with what leads or groups it: "G-000000", "XXX-XXX".
func (f *Field) showsFormat(s string) bool {
	if !strings.ContainsFunc(s, otp.IsSeparator) {
		return false
	}
	texts := append([]string{f.Placeholder}, strings.Fields(strings.Join([]string{f.Placeholder, f.Label, f.Description}, " "))...)
	return slices.ContainsFunc(texts, func(example string) bool {
		return matchesExample(strings.Trim(textnorm.Clean(example), " .,:;()\"'"), s)
	})
}

func matchesExample(example, s string) bool {
	shown := []rune(example)
	if len(shown) != len(s) {
		return false
	}
	lead := ""
	if groups := strings.FieldsFunc(s, otp.IsSeparator); otp.HasPrefix(groups) {
		lead = groups[0]
	}
	for i, r := range shown {
		c := rune(s[i])
		stands := textnorm.IsDigit(r) || strings.ContainsRune("xX#*•_·", r)
		switch {
		case i < len(lead) || otp.IsSeparator(c):
			if r != c {
				return false
			}
		case !stands && (textnorm.IsDigit(c) || !unicode.IsUpper(r)):
			return false
		}
	}
	return true
}
