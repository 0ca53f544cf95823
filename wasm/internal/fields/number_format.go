package fields

import (
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// numberFormats returns the format of the number that the field likely takes, and others to try.
func numberFormats(f Field, s countryControls, number PhoneNumber) (string, []string) {
	auto := strings.ToLower(f.Autocomplete)
	national, plus := number.Digits, number.E164
	c := contextOf(f)
	textKinds := c.own.kinds | c.near.kinds
	formats := func(first string, rest ...string) (string, []string) {
		return first, slices.DeleteFunc(rest, func(format string) bool { return format == first })
	}
	preferred := nationalFormat(f, number)
	switch {
	case strings.HasSuffix(auto, "tel-national") || strings.HasSuffix(auto, "tel-local"):
		return formats(preferred, national, number.Dialed())
	case s.prefix:
		if s.country == nil && s.picker == nil {
			return formats(preferred, national, number.Dialed())
		}
		return formats(national, number.Dialed())
	case s.foreign:
		return formats(plus) // the page may read the country from it
	case strings.HasPrefix(strings.TrimSpace(f.Value), "+"):
		return formats(plus, national)
	case f.MaxLength > 0 && f.MaxLength < len(plus):
		return formats(preferred, national, number.Dialed())
	case textKinds&cueInternational != 0:
		return formats(plus, number.CallingCode+national, national)
	case f.Type == "number" || nationalPlaceholder(f.Placeholder, number) || textKinds&cueNational != 0:
		return formats(preferred, number.Dialed(), national, plus)
	case f.InputMode == "numeric" && !strings.Contains(f.Placeholder, "+"):
		return formats(preferred, number.Dialed(), national, plus)
	}
	return formats(plus, national, number.Dialed(), number.CallingCode+national)
}

// nationalFormat returns the national number, with the trunk prefix if the field's example has
// one or its maxlength leaves room for exactly that.
func nationalFormat(f Field, number PhoneNumber) string {
	national, trunk := number.Digits, number.trunk()
	placeholder := strings.Map(onlyDigits, f.Placeholder)
	if trunk != "" && (strings.HasPrefix(placeholder, trunk) && !strings.HasPrefix(placeholder, "00") && len(placeholder) > 4 && strings.Trim(placeholder, "0") != "" ||
		f.MaxLength == len(number.Dialed()) && len(placeholder) < 5 && !strings.HasPrefix(f.Pattern, "[1-9]")) {
		return number.Dialed()
	}
	return national
}

// onlyDigits is a mapping for strings.Map that keeps digits, as ASCII.
func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '0' + textnorm.DigitValue(r)
	}
	return -1
}

// nationalPlaceholder reports whether a placeholder is an example of a national number.
func nationalPlaceholder(placeholder string, number PhoneNumber) bool {
	digits := strings.Map(onlyDigits, placeholder)
	return len(digits) >= 6 && !strings.Contains(placeholder, "+") && (!strings.HasPrefix(digits, number.CallingCode) || number.CallingCode == "1") && (!strings.HasPrefix(digits, "00") || strings.Trim(digits, "0") == "")
}
