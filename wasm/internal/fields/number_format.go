package fields

import (
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// form writes the number as the field takes it, with other ways for when it does not.
func form(f Field, s countryControls, number PhoneNumber) (string, []string) {
	auto := strings.ToLower(f.Autocomplete)
	national, plus := number.national(), number.E164
	says := contextOf(f)
	written := says.own.says | says.near.says
	ways := func(first string, rest ...string) (string, []string) {
		return first, slices.DeleteFunc(rest, func(way string) bool { return way == first })
	}
	nationalForm := nationalIn(f, number)
	switch {
	case strings.HasSuffix(auto, "tel-national") || strings.HasSuffix(auto, "tel-local"):
		return ways(nationalForm, national, number.home())
	case s.prefix:
		if s.country == nil && s.picker == nil {
			return ways(nationalForm, national, number.home())
		}
		return ways(national, number.home())
	case s.foreign:
		return ways(plus) // the page may choose the country by it
	case strings.HasPrefix(strings.TrimSpace(f.Value), "+"):
		return ways(plus, national)
	case f.MaxLength > 0 && f.MaxLength < len(plus):
		return ways(nationalForm, national, number.home())
	case written&cueInternational != 0:
		return ways(plus, number.CallingCode+national, national)
	case f.Type == "number" || nationalPlaceholder(f.Placeholder, number) || written&cueNational != 0:
		return ways(nationalForm, number.home(), national, plus)
	case f.InputMode == "numeric" && !strings.Contains(f.Placeholder, "+"):
		return ways(nationalForm, number.home(), national, plus)
	}
	return ways(plus, national, number.home(), number.CallingCode+national)
}

// nationalIn puts the trunk prefix before a national number where the field shows
// or leaves room for exactly that.
func nationalIn(f Field, number PhoneNumber) string {
	national, trunk := number.national(), number.trunk()
	placeholder := strings.Map(onlyDigits, f.Placeholder)
	if trunk != "" && (strings.HasPrefix(placeholder, trunk) && !strings.HasPrefix(placeholder, "00") && len(placeholder) > 4 && strings.Trim(placeholder, "0") != "" ||
		f.MaxLength == len(number.home()) && len(placeholder) < 5 && !strings.HasPrefix(f.Pattern, "[1-9]")) {
		return number.home()
	}
	return national
}

func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '0' + textnorm.DigitValue(r)
	}
	return -1
}

func nationalPlaceholder(placeholder string, number PhoneNumber) bool {
	digits := strings.Map(onlyDigits, placeholder)
	return len(digits) >= 6 && !strings.Contains(placeholder, "+") && (!strings.HasPrefix(digits, number.CallingCode) || number.CallingCode == "1") && (!strings.HasPrefix(digits, "00") || strings.Trim(digits, "0") == "")
}
