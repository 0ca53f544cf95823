package fields

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// countryControls are the controls for the country around a phone field. They decide how the
// number is written.
type countryControls struct {
	country   *Field // a select that has the number's country
	option    int
	picker    *Picker // another control that chooses the country
	late      *Picker // a control to use only if the page ignores the calling code in the number
	code      *Field  // a field of its own for the calling code
	codeValue string  // the calling code as that field takes it
	prefix    bool    // whether the calling code is shown before the field, fixed or chosen
	foreign   bool    // whether another calling code is shown there
}

// steps returns the steps before the number: choose the country, fill the calling code.
func (c countryControls) steps(number PhoneNumber) []Step {
	var steps []Step
	if c.country != nil && !c.country.Options[c.option].Selected {
		steps = append(steps, Step{Ref: c.country.Ref, Value: c.country.Options[c.option].Value, Option: c.option})
	}
	if c.code != nil {
		steps = append(steps, Step{Ref: c.code.Ref, Value: c.codeValue, Option: -1, Accept: []string{number.CallingCode, "00" + number.CallingCode}})
	}
	if c.picker != nil {
		steps = append(steps, c.pick(c.picker, number))
	}
	return steps
}

// pick returns the step that chooses the number's country in p.
func (c countryControls) pick(p *Picker, number PhoneNumber) Step {
	names := append(number.regions(), number.CountryName)
	if !number.SharedCode {
		names = append(names, "+"+number.CallingCode)
	}
	return Step{Ref: p.Ref, Value: "+" + number.CallingCode, Option: -1, Pick: slices.DeleteFunc(names, func(name string) bool { return name == "" })}
}

// findCountryControls finds the controls around the phone field at an index: up to four fields
// before it, one after it, the texts before it and its picker.
func findCountryControls(p Page, at int, number PhoneNumber) countryControls {
	var s countryControls
	phone := p.Fields[at]
	adjacent := true // no visible field is in between
	for i := at - 1; i >= max(0, at-4); i-- {
		f := &p.Fields[i]
		if !f.usable() && f.Visibility != Faint && !f.isDrawnOver() {
			continue
		}
		if f.Kind == Select && s.country == nil && (!f.isPrefixSelect() || f.hasCallingCode(number.CallingCode)) {
			o := indexOfCountry(f.Options, number)
			if isCallingCodeSelect(*f) || adjacent && isCountrySelect(*f) && !s.foreign && s.code == nil {
				if o >= 0 {
					s.country, s.option, s.prefix = f, o, true
				} else {
					s.foreign = true
				}
			}
		}
		if f.Kind == Input && s.code == nil && s.country == nil && adjacent && f.asPicker() == nil && isCallingCodeInput(*f) {
			s.code, s.codeValue, s.prefix = f, f.writeCallingCode(number.CallingCode), true
		}
		if pick := f.asPicker(); pick != nil && adjacent && s.country == nil && s.code == nil && s.picker == nil {
			if isCallingCodeOf(pick.Text, number.CallingCode) && number.isShownBy(*pick) {
				s.prefix = true
			} else {
				s.picker, s.prefix = pick, true
			}
		}
		if f.Visibility == Shown {
			adjacent = false
		}
	}
	if at+1 < len(p.Fields) && s.country == nil && s.code == nil {
		if f := &p.Fields[at+1]; f.Kind == Select && f.usable() && aligned(f.Y, phone.Y) && isCallingCodeSelect(*f) && (!f.isPrefixSelect() || f.hasCallingCode(number.CallingCode)) {
			if o := indexOfCountry(f.Options, number); o >= 0 {
				s.country, s.option, s.prefix = f, o, true
			}
		}
	}
	texts := phone.Before[max(0, len(phone.Before)-3):]
	if phone.Picker != nil {
		texts = slices.Clone(texts)
		if number.isShownBy(*phone.Picker) {
			texts = append(texts, phone.Picker.Text)
		} else { // another country of the same code
			texts = slices.DeleteFunc(texts, func(text string) bool { return text == phone.Picker.Text })
		}
	}
	shown := false
	for _, text := range texts {
		if isCallingCodeOf(text, number.CallingCode) {
			shown = true
		} else if isCallingCode(text) && s.country == nil {
			s.foreign = true
		}
	}
	if shown || phone.Picker != nil && slices.Contains(number.regions(), phone.Picker.Region) {
		s.prefix, s.foreign = true, false
	}
	if pick := phone.Picker; pick != nil && !s.prefix && s.country == nil && s.code == nil && isCountryPicker(*pick) {
		if strings.HasPrefix(strings.TrimSpace(phone.Value), "+") {
			s.late = pick
		} else {
			s.picker, s.prefix = pick, true
		}
	}
	return s
}

// asPicker returns an input that holds a country and its calling code, such as "United States (+1)", as
// the picker that it is, or nil.
func (f *Field) asPicker() *Picker {
	if f.Kind != Input || !f.usable() || !isCallingCode(f.Value) || !namesCountry(f.Value) {
		return nil
	}
	return &Picker{Ref: f.Ref, Text: f.Value}
}

// isDrawnOver reports whether a hidden select is one that a script draws anew: it has a place on the page, but
// nobody can see or reach it. Its choice is what counts.
func (f *Field) isDrawnOver() bool {
	return f.Kind == Select && f.Visibility == Hidden && f.W > 0 && f.Unfocusable && !f.Disabled
}

// isShownBy reports whether a picker may show the number's country. One that shows another country of the same
// calling code does not.
func (p PhoneNumber) isShownBy(pick Picker) bool {
	switch {
	case !p.SharedCode || !isCallingCodeOf(pick.Text, p.CallingCode):
		return true
	case pick.Region != "":
		return slices.Contains(p.regions(), pick.Region)
	case !namesCountry(pick.Text):
		return true
	}
	return slices.ContainsFunc(p.regions(), func(region string) bool {
		return strings.Contains(pick.Text, flagOf(region)) || slices.Contains(strings.FieldsFunc(pick.Text, notLetter), region)
	}) || p.CountryName != "" && strings.Contains(fold(pick.Text), fold(p.CountryName))
}

// flagOf returns the two regional indicators that are drawn as a region's flag.
func flagOf(region string) string {
	return strings.Map(func(r rune) rune { return r - 'A' + firstIndicator }, region)
}

// The regional indicators for A and Z.
const firstIndicator, lastIndicator = 0x1F1E6, 0x1F1FF

// hasFlag reports whether a text has one of the regional indicators that flags consist of.
func hasFlag(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= firstIndicator && r <= lastIndicator })
}

// isRegion reports whether a text looks like an ISO 3166 code of two capitals.
func isRegion(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) == 2 && text == strings.ToUpper(text) && text != strings.ToLower(text)
}

// withoutZero removes the zero that is not dialled after a calling code: "+44 (0)".
func withoutZero(text string) string { return strings.Replace(text, "(0)", "", 1) }

// isCallingCode reports whether a short text is some country's calling code, such as
// "🇺🇸 +1 ▾".
func isCallingCode(text string) bool {
	text = withoutZero(text)
	before, after, ok := strings.Cut(text, "+")
	if !ok || len([]rune(before)) > 60 || strings.ContainsAny(before, "0123456789") {
		return false
	}
	n := len(after) - len(strings.TrimLeft(after, "0123456789"))
	rest := strings.Trim(after[n:], " -")
	return n >= 1 && n <= 4 && len([]rune(rest)) <= 12 && !strings.ContainsAny(rest, "0123456789+")
}

// isCallingCodeOf reports whether a short text is this calling code, such as "🇳🇬 +234".
func isCallingCodeOf(text, callingCode string) bool {
	text = withoutZero(text)
	digits := strings.Map(onlyDigits, text)
	return digits == callingCode && len([]rune(text)) <= 80 && (strings.Contains(text, "+") || len([]rune(strings.TrimSpace(text))) <= len(callingCode)+6)
}

// writeCallingCode returns a calling code as a field of its own takes it: with a plus, unless the page shows one
// before the field, or what the field holds or gives as an example has none.
func (f *Field) writeCallingCode(code string) string {
	shown := cmp.Or(strings.TrimSpace(f.Value), strings.TrimSpace(f.Placeholder))
	isBare := textnorm.AllDigits(shown)
	switch {
	case isBare && strings.HasPrefix(shown, "00"):
		return "00" + code
	case isBare, len(f.Before) > 0 && strings.HasSuffix(strings.TrimSpace(f.Before[len(f.Before)-1]), "+"),
		f.MaxLength > 0 && f.MaxLength <= len(code), f.Type == "number":
		return code
	}
	return "+" + code
}

// isCallingCodeInput reports whether a field takes a calling code.
func isCallingCodeInput(f Field) bool {
	c := contextOf(f)
	if slices.Contains(strings.Fields(f.Autocomplete), "tel-country-code") {
		return true
	}
	if f.W >= 160 || f.MaxLength > 6 {
		return false
	}
	if (c.own.kinds|c.names.kinds)&cueArea != 0 && (c.own.kinds|c.names.kinds)&cueCountry == 0 {
		return false
	}
	return (c.own.kinds|c.names.kinds)&cueCountry != 0 || c.near.kinds&cueCountry != 0 && c.short ||
		strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") && len(f.Placeholder) <= 5 || strings.HasPrefix(f.Value, "+") && len(f.Value) <= 5
}

// isCallingCodeSelect reports whether a select chooses a calling code.
func isCallingCodeSelect(f Field) bool {
	codes, abroad, all := 0, 0, 0
	for _, o := range f.Options {
		if strings.TrimSpace(o.Value+o.Text) == "" {
			continue
		}
		all++
		digits := strings.Map(onlyDigits, o.Value)
		code, dialed := strings.CutPrefix(digits, "00")
		if strings.Contains(o.Text, "+") || strings.Contains(o.Value, "+") || len(code) > 0 && len(code) <= 4 && digits == strings.Map(onlyDigits, o.Text) {
			codes++
		}
		if dialed {
			abroad++
		}
	}
	return all > 0 && codes*2 >= all && (abroad*2 >= all || strings.Contains(firstOptions(f.Options), "+") || read(foldParts(f.Label, f.Name, f.ID, f.Hints)).kinds&cueCountry != 0)
}

// firstOptions joins the texts and values of the first few options.
func firstOptions(options []Option) string {
	var b strings.Builder
	for _, o := range options[:min(len(options), 6)] {
		b.WriteString(o.Text + " " + o.Value + " ")
	}
	return b.String()
}

// isCountrySelect reports whether a select chooses a country by its name or ISO code.
func isCountrySelect(f Field) bool {
	regions, all := 0, 0
	for _, o := range f.Options {
		if strings.TrimSpace(o.Value) == "" {
			continue
		}
		all++
		if o.Region != "" || isRegion(o.Value) || isRegion(o.Text) {
			regions++
		}
	}
	return all > 0 && (regions*2 >= all || read(foldParts(f.Label, f.Name, f.ID)).kinds&cueCountry != 0)
}

// indexOfCountry returns the index of the number's country among a select's options, or -1. It compares
// the region of the number, then the country that it was bought in, then the calling code.
func indexOfCountry(options []Option, number PhoneNumber) int {
	for _, region := range number.regions() {
		for _, same := range []func(Option) bool{
			func(o Option) bool {
				words := strings.FieldsFunc(o.Value, notLetter) // "ng_234"
				return len(words) == 1 && strings.EqualFold(words[0], region) || o.Region == region || strings.Contains(o.Text, flagOf(region))
			},
			func(o Option) bool {
				return slices.Contains(strings.FieldsFunc(o.Value+" "+o.Text, notLetter), region)
			},
		} {
			if i := slices.IndexFunc(options, same); i >= 0 {
				return i
			}
		}
	}
	if i := slices.IndexFunc(options, func(o Option) bool { return number.CountryName != "" && names(o, number) }); i >= 0 {
		return i
	}
	return indexOfCallingCode(options, number)
}

// names reports whether an option's text is the name of the number's country. A calling code, an ISO
// code and what is in brackets do not count.
func names(o Option, number PhoneNumber) bool {
	text, _, _ := strings.Cut(o.Text, "(")
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		text = o.Text
	}
	words := func(text string) string {
		list := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) })
		return strings.Join(slices.DeleteFunc(list, func(w string) bool { return len(list) > 1 && w == strings.ToLower(number.Region) }), " ")
	}
	return words(text) == words(number.CountryName)
}

// indexOfCallingCode returns the index of the option for the number's calling code, or -1. Of a code that
// several countries share, an option that names a country may name another than the number's.
func indexOfCallingCode(options []Option, number PhoneNumber) int {
	if i := indexOfAreaCode(options, number); i >= 0 {
		return i
	}
	found := -1
	for i, o := range options {
		switch {
		case !dials(o, number.CallingCode):
		case !number.SharedCode:
			return i
		case found >= 0 || namesCountry(o.Text) || o.Region != "":
			return -1
		default:
			found = i
		}
	}
	return found
}

// indexOfAreaCode returns the index of the only option for the calling code with the area code that the
// number begins with, such as "+1-876", or -1.
func indexOfAreaCode(options []Option, number PhoneNumber) int {
	found := -1
	for i, o := range options {
		_, code, ok := strings.Cut(o.Text, "+")
		code, _, _ = strings.Cut(code, ",")
		digits := strings.Map(onlyDigits, code)
		if !ok || len(digits) <= len(number.CallingCode) || !strings.HasPrefix(number.CallingCode+number.Digits, digits) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// namesCountry reports whether a text next to a calling code has anything that could tell a country.
func namesCountry(text string) bool {
	return strings.ContainsFunc(text, unicode.IsLetter) || hasFlag(text)
}

func notLetter(r rune) bool { return !textnorm.IsASCIILetter(r) }

// dials reports whether an option names this calling code.
func dials(o Option, callingCode string) bool {
	for _, text := range []string{o.Value, o.Text} {
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '+' && (r < '0' || r > '9') }) {
			if part == "+"+callingCode || (part == callingCode || part == "00"+callingCode) && len(strings.Map(onlyDigits, text)) == len(part) {
				return true
			}
		}
	}
	return false
}
