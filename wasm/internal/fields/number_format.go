package fields

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// numberFormats returns the format of the number that the field most likely takes, and others to
// try if the page objects. Those include the number punctuated like the page's example, and
// the punctuated forms that a pattern may ask for.
func numberFormats(f Field, s countryControls, number PhoneNumber) (string, []string) {
	auto := strings.ToLower(f.Autocomplete)
	digits, dialed, plus := number.Digits, number.Dialed(), number.E164
	c := contextOf(f)
	textKinds := c.own.kinds | c.near.kinds
	wanted, like := wantedFormat(f, c, number)
	formats := func(list ...string) (string, []string) {
		if like != "" && slices.Contains(list, wanted) {
			list = slices.Insert(list, 1, like)
		}
		if f.Pattern != "" {
			list = append(list, number.National, number.International, strings.Join(number.groups(), "-"), strings.Join(number.nationalGroups(), "-"))
		}
		var others []string
		for _, format := range list[1:] {
			if format != "" && format != list[0] && !slices.Contains(others, format) {
				others = append(others, format)
			}
		}
		return list[0], others
	}
	national := digits
	if wanted == number.home() || wanted == dialed {
		national = wanted
	}
	switch {
	case strings.HasSuffix(auto, "tel-national") || strings.HasSuffix(auto, "tel-local"):
		return formats(national, digits, dialed)
	case !s.foreign && strings.HasPrefix(strings.TrimSpace(f.Value), "+"):
		return formats(plus, digits) // it holds a calling code itself, whatever else shows it
	case s.prefix:
		if s.country == nil && s.picker == nil {
			return formats(national, digits, dialed)
		}
		return formats(digits, dialed)
	case s.foreign:
		return plus, nil // the page may read the country from it
	case wanted != "":
		return formats(wanted, digits, dialed, plus)
	case f.MaxLength > 0 && f.MaxLength < len(plus):
		return formats(number.home(), dialed)
	case textKinds&cueInternational != 0:
		return formats(plus, number.CallingCode+digits, digits)
	case f.Type == "number" || textKinds&cueNational != 0 || f.InputMode == "numeric" && !strings.Contains(f.Placeholder, "+"):
		return formats(number.home(), dialed, plus)
	}
	return formats(plus, digits, dialed, number.CallingCode+digits)
}

// wantedFormat returns the format that a field's example, texts or lengths ask for, or "". If an
// example has punctuation, like is the format with the same.
func wantedFormat(f Field, c context, number PhoneNumber) (wanted, like string) {
	digits, dialed := number.home(), number.Dialed()
	own := []string{f.Placeholder, f.Label, f.Description}
	texts := slices.Concat(own, f.Before[max(0, len(f.Before)-2):], f.After[:min(len(f.After), 2)])
	for i, text := range texts {
		// Around the field, a number without an open digit may be that of a help line.
		if example := readExample(text); len(example.slots) >= minExample && (i < len(own) || strings.ContainsRune(example.slots, anyDigit)) {
			if format := example.format(number); format != "" {
				return format, example.punctuate(format)
			}
		}
	}
	if digits == dialed {
		if countsDigits(texts, len(digits)) {
			return digits, ""
		}
		return "", ""
	}
	kinds := c.own.kinds | c.near.kinds | c.next.kinds
	switch {
	case digits != number.Digits && f.MaxLength == len(digits):
		return digits, ""
	case kinds&cueNoTrunk != 0 || countsDigits(texts, len(digits)):
		return digits, ""
	case kinds&cueTrunk != 0 || countsDigits(texts, len(dialed)):
		return dialed, ""
	case f.MaxLength == len(dialed) && !strings.HasPrefix(f.Pattern, "[1-9]"):
		return dialed, ""
	case len(digits) < f.MinLength && f.MinLength <= len(dialed):
		return dialed, ""
	}
	return "", ""
}

// countsDigits reports whether a short text has a number that is n, and no other: "10 digits".
func countsDigits(texts []string, n int) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		numbers := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
		return len(numbers) == 1 && len([]rune(text)) <= 2*maxLabel && strings.Map(onlyDigits, numbers[0]) == strconv.Itoa(n) && !strings.Contains(text, "+")
	})
}

// minExample is how many digits an example of a number has at least.
const minExample = 7

// anyDigit is a digit that an example leaves open.
const anyDigit = '_'

// example is a number as a page shows it, such as "(___) ___-____", "05xx xxx xx xx" or "0803 000 0000".
type example struct {
	slots string // its digits; those left open are anyDigit
	plus  bool   // it begins with a plus
	shape string // its slots, as anyDigit, and the punctuation between them
}

// punctuate returns a format with the example's punctuation, or "" if it has none or another length.
func (e example) punctuate(format string) string {
	if e.plus || len(format) != len(e.slots) || !strings.ContainsFunc(e.shape, func(r rune) bool { return r != anyDigit }) {
		return ""
	}
	at := 0
	return strings.Map(func(r rune) rune {
		if r != anyDigit {
			return r
		}
		at++
		return rune(format[at-1])
	}, e.shape)
}

// add appends slots.
func (e *example) add(slots string) {
	e.slots += slots
	e.shape += strings.Repeat(string(anyDigit), len(slots))
}

// readExample returns the longest example in a text.
func readExample(text string) (longest example) {
	var now example
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case unicode.IsDigit(r):
			now.add(string(onlyDigits(r)))
		case strings.ContainsRune("_#*•", r):
			now.add(string(anyDigit))
		case unicode.IsLetter(r):
			n := lengthOfWord(runes[i:])
			if isOpen(runes[i : i+n]) {
				now.add(strings.Repeat(string(anyDigit), n))
			} else {
				now = example{}
			}
			i += n - 1
		case r == '+':
			now = example{plus: true}
		case strings.ContainsRune(" \u00a0-–./()", r) && now.shape+string(r) != " ":
			now.shape += string(r)
		default:
			now = example{}
		}
		if len(now.slots) > len(longest.slots) {
			longest = now
		}
	}
	longest.shape = strings.TrimLeft(longest.shape, " \u00a0-–./)")
	if strings.Count(longest.shape, "(") != strings.Count(longest.shape, ")") {
		longest.shape = strings.ReplaceAll(strings.ReplaceAll(longest.shape, "(", ""), ")", "")
	}
	if one := strings.Trim(longest.slots, string(anyDigit)); strings.Trim(one, "0") == "" || strings.Trim(one, "9") == "" && len(one) > 2 {
		if !strings.HasPrefix(longest.slots, "0"+string(anyDigit)) {
			longest.slots = strings.Repeat(string(anyDigit), len(longest.slots)) // "000 000 0000" leaves all open
		}
	}
	return longest
}

func lengthOfWord(runes []rune) int {
	if n := slices.IndexFunc(runes, func(r rune) bool { return !unicode.IsLetter(r) }); n >= 0 {
		return n
	}
	return len(runes)
}

// isOpen reports whether a word stands for digits, such as "xxx".
func isOpen(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return !strings.ContainsRune("xXхХ", r) })
}

// format returns the format of the number that is written like the example, or "".
func (e example) format(number PhoneNumber) string {
	if e.plus {
		return number.E164
	}
	digits, dialed := number.home(), number.Dialed()
	abroad := number.CallingCode + number.Digits
	for _, format := range []string{digits, dialed, "00" + abroad, abroad} {
		if len(format) == len(e.slots) && (e.slots[0] == anyDigit && format != abroad || e.slots[0] == format[0]) {
			return format
		}
	}
	switch trunk := number.trunk(); {
	case strings.HasPrefix(e.slots, "00"):
		return "00" + abroad
	case trunk != "" && strings.HasPrefix(e.slots, trunk):
		return dialed
	case e.slots[0] == anyDigit || strings.HasPrefix(e.slots, number.CallingCode):
		return ""
	}
	return digits
}

// onlyDigits is a mapping for strings.Map that keeps digits, as ASCII.
func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '0' + textnorm.DigitValue(r)
	}
	return -1
}
