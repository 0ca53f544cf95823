package fields

import (
	"slices"
	"strings"
)

// countryControls is what stands around a phone field and decides the form of its number.
type countryControls struct {
	country *Field // a select that has the number's country
	option  int
	picker  *Picker // another control that chooses the country
	late    *Picker // one that is needed only where the page does not read the country from the number
	code    *Field  // a field of its own for the calling code
	write   string  // what goes into it
	prefix  bool    // the calling code stands before the field, fixed or chosen
	foreign bool    // another calling code stands there
}

func (s countryControls) steps(number PhoneNumber) []Step {
	var steps []Step
	if s.country != nil && !s.country.Options[s.option].Selected {
		steps = append(steps, Step{Ref: s.country.Ref, Value: s.country.Options[s.option].Value, Option: s.option})
	}
	if s.code != nil {
		steps = append(steps, Step{Ref: s.code.Ref, Value: s.write, Option: -1, Accept: []string{number.CallingCode}})
	}
	if s.picker != nil {
		steps = append(steps, s.pick(s.picker, number))
	}
	return steps
}

func (s countryControls) pick(p *Picker, number PhoneNumber) Step {
	return Step{Ref: p.Ref, Value: "+" + number.CallingCode, Option: -1, Pick: []string{number.Country, number.CountryName, "+" + number.CallingCode}}
}

func surroundings(p Page, at int, number PhoneNumber) countryControls {
	var s countryControls
	phone := p.Fields[at]
	beside := true // nothing else that a person sees stands between
	for i := at - 1; i >= max(0, at-4); i-- {
		f := &p.Fields[i]
		if !f.usable() && f.Visibility != Faint {
			continue
		}
		if f.Kind == Select && s.country == nil {
			o := option(f.Options, number)
			if dialing(*f) || beside && isCountrySelect(*f) && !s.foreign && s.code == nil {
				if o >= 0 {
					s.country, s.option, s.prefix = f, o, true
				} else {
					s.foreign = true
				}
			}
		}
		if f.Kind == Input && s.code == nil && s.country == nil && beside && isCallingCodeInput(*f) {
			s.code, s.write = f, "+"+number.CallingCode
			if f.MaxLength > 0 && f.MaxLength <= len(number.CallingCode) || f.Type == "number" {
				s.write = number.CallingCode
			}
			s.prefix = true
		}
		if f.Visibility == Shown {
			beside = false
		}
	}
	if at+1 < len(p.Fields) && s.country == nil && s.code == nil {
		if f := &p.Fields[at+1]; f.Kind == Select && f.usable() && near(f.Y, phone.Y) && dialing(*f) {
			if o := option(f.Options, number); o >= 0 {
				s.country, s.option, s.prefix = f, o, true
			}
		}
	}
	texts := phone.Before[max(0, len(phone.Before)-3):]
	if phone.Picker != nil {
		texts = append(slices.Clone(texts), phone.Picker.Text)
	}
	shown := false
	for _, text := range texts {
		if shows(text, number.CallingCode) {
			shown = true
		} else if isCallingCode(text) && s.country == nil {
			s.foreign = true
		}
	}
	if shown {
		s.prefix, s.foreign = true, false
	}
	if pick := phone.Picker; pick != nil && !s.prefix && s.country == nil && s.code == nil &&
		(isCallingCode(pick.Text) || read(fold(pick.Hints)).says&cueCountry != 0 || isRegion(pick.Text) || hasFlag(pick.Text)) {
		if strings.HasPrefix(strings.TrimSpace(phone.Value), "+") {
			s.late = pick
		} else {
			s.picker, s.prefix = pick, true
		}
	}
	return s
}

// hasFlag reports the letters of which flags are made.
func hasFlag(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF })
}

func isRegion(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) == 2 && text == strings.ToUpper(text) && text != strings.ToLower(text)
}

// isCallingCode reports a short text that is some country's calling code, such as
// "🇺🇸 +1 ▾".
func isCallingCode(text string) bool {
	before, after, ok := strings.Cut(text, "+")
	if !ok || len([]rune(before)) > 60 || strings.ContainsAny(before, "0123456789") {
		return false
	}
	n := len(after) - len(strings.TrimLeft(after, "0123456789"))
	rest := strings.Trim(after[n:], " -")
	return n >= 1 && n <= 4 && len([]rune(rest)) <= 12 && !strings.ContainsAny(rest, "0123456789+")
}

// shows reports that a short text is the number's calling code, such as "🇳🇬 +234".
func shows(text, callingCode string) bool {
	digits := strings.Map(onlyDigits, text)
	return digits == callingCode && len([]rune(text)) <= 80 && (strings.Contains(text, "+") || len([]rune(strings.TrimSpace(text))) <= len(callingCode)+6)
}

func isCallingCodeInput(f Field) bool {
	c := contextOf(f)
	if slices.Contains(strings.Fields(f.Autocomplete), "tel-country-code") {
		return true
	}
	if f.W >= 160 || f.MaxLength > 6 {
		return false
	}
	if (c.own.says|c.names.says)&cueArea != 0 && (c.own.says|c.names.says)&cueCountry == 0 {
		return false
	}
	return (c.own.says|c.names.says)&cueCountry != 0 || c.near.says&cueCountry != 0 && c.short ||
		strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") && len(f.Placeholder) <= 5 || strings.HasPrefix(f.Value, "+") && len(f.Value) <= 5
}

// dialing reports that a select chooses a calling code.
func dialing(f Field) bool {
	codes, all := 0, 0
	for _, o := range f.Options {
		if strings.TrimSpace(o.Value+o.Text) == "" {
			continue
		}
		all++
		digits := strings.Map(onlyDigits, o.Value)
		if strings.Contains(o.Text, "+") || strings.Contains(o.Value, "+") || len(digits) > 0 && len(digits) <= 4 && digits == strings.Map(onlyDigits, o.Text) {
			codes++
		}
	}
	return all > 0 && codes*2 >= all && (strings.Contains(allTexts(f.Options), "+") || read(foldParts(f.Label, f.Name, f.ID, f.Hints)).says&cueCountry != 0)
}

func allTexts(options []Option) string {
	var b strings.Builder
	for _, o := range options[:min(len(options), 6)] {
		b.WriteString(o.Text + " " + o.Value + " ")
	}
	return b.String()
}

// isCountrySelect reports that a select chooses a country by its name or letters.
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
	return all > 0 && (regions*2 >= all || read(foldParts(f.Label, f.Name, f.ID)).says&cueCountry != 0)
}

// option finds the number's country among a select's options: by its code, its name
// in any language, or its calling code where only one option has that.
func option(options []Option, number PhoneNumber) int {
	if number.Country != "" {
		for _, same := range []func(Option) bool{
			func(o Option) bool { return strings.EqualFold(o.Value, number.Country) || o.Region == number.Country },
			func(o Option) bool { return o.Text == number.Country },
			func(o Option) bool {
				return slices.ContainsFunc(strings.FieldsFunc(o.Value+" "+o.Text, notLetter), func(w string) bool { return w == number.Country })
			},
		} {
			if i := slices.IndexFunc(options, same); i >= 0 {
				return i
			}
		}
	}
	name := fold(number.CountryName)
	if i := slices.IndexFunc(options, func(o Option) bool { return name != "" && fold(o.Text) == name }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(options, func(o Option) bool {
		return name != "" && strings.Contains(fold(o.Text), name) && (!strings.Contains(o.Text, "+") || dials(o, number.CallingCode))
	}); i >= 0 {
		return i
	}
	// Several countries may share a code; any of them makes the same number.
	return slices.IndexFunc(options, func(o Option) bool { return dials(o, number.CallingCode) })
}

func notLetter(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }

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
