package fields

import (
	"slices"
	"strings"
	"unicode"
)

// weighPhone collects the evidence that a field takes a telephone number. It returns false if
// the field cannot take one, or its own signals are for something else.
func weighPhone(f Field, c context, fieldPurpose purpose) (evidence, bool) {
	var e evidence
	if fieldPurpose == forCode || fieldPurpose == forCallingCode || fieldPurpose == conflicting {
		return e, false
	}
	if !f.usable() || f.Visibility != Shown || !f.takesNumber() {
		return e, false
	}
	if f.MaxLength != 0 && f.MaxLength < 6 {
		return e, false
	}
	for _, token := range strings.Fields(strings.ToLower(f.Autocomplete)) {
		switch {
		case token == "tel-country-code" || token == "tel-extension":
			return e, false
		case token == "fax" || token == "pager":
			e.add(-80, "autocomplete "+token)
		case token == "mobile":
			e.add(10, "autocomplete "+token)
		case strings.HasPrefix(token, "tel"):
			e.add(80, "autocomplete "+token)
		case token == "one-time-code" && fieldPurpose == forPhone:
			e.add(0, "one-time-code is only there to switch autofill off")
		case token == "one-time-code" || strings.HasPrefix(token, "cc-") || strings.Contains(token, "postal") || strings.Contains(token, "password") && token != "new-password":
			e.add(-150, "autocomplete "+token)
		case strings.Contains(token, "name") && token != "username" || token == "email" || strings.Contains(token, "address") || token == "bday" || token == "organization":
			e.add(-60, "autocomplete "+token)
		}
	}
	if f.Type == "tel" {
		e.add(30, "type tel")
	}
	c = c.withoutAnnouncements()
	label := c.own // or, of a field without one, the short text before it
	if f.Label == "" && c.own.kinds&^cueOtherField == 0 && c.short {
		label = c.near // a placeholder such as "Type your answer" is no label
	}
	labelled := label.kinds&cuePhone != 0 && (fieldPurpose == forPhone || label.text != c.own.text && label.lastNameIsPhone())
	if (c.own.kinds|c.names.kinds)&cueSearch != 0 {
		e.add(-100, "searches")
	}
	if fieldPurpose == forPhone {
		c.names.strike(span{0, len(c.names.text)}, anyCode) // what comes next, as in "code_target"
		c.near.strike(span{0, len(c.near.text)}, anyCode)
	}
	if labelled {
		// The label is for people, and a name such as "login" for the page. An email is another
		// answer that the field takes.
		c.names.strike(span{0, len(c.names.text)}, cueOtherField|cueEmail|otherCodes)
		c.own.strike(span{0, len(c.own.text)}, cueOtherField|cueEmail|otherCodes|cueCard)
	}
	near := textWeight{where: "the text before it", text: c.near, points: 45, own: true}
	if !c.short || f.Label != "" || fieldPurpose == forPhone && c.own.kinds&cuePhone != 0 {
		near.points, near.own, near.prose = 20, false, true
	}
	for _, s := range []textWeight{
		{where: "its label", text: c.own, points: 60, own: true},
		{where: "its name", text: c.names, points: 45, own: true},
		near,
		{where: "the text around it", text: c.far, points: 10},
	} {
		e.addPhoneText(s)
	}
	if c.own.kinds&cueCountry != 0 && c.own.kinds&cuePhone == 0 && f.W < maxBoxWidth {
		return e, false
	}
	if fieldPurpose != forPhone && c.own.kinds&(cuePhone|cueMobile) == 0 && hasWord(c.own.text) && !labelled {
		e.add(-30, "its label says nothing of a telephone")
	}
	if f.followsCallingCode() {
		e.add(45, "a calling code is before it")
	}
	if personal := c.near.phrase(cuePersonal); personal != "" && !labelled {
		e.add(ruledOut, "the text before it asks for "+personal)
	}
	switch digits := len(strings.Map(onlyDigits, f.Placeholder)); {
	case strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") && digits > 3 || f.Placeholder != "" && mostlyDigits(f.Placeholder) && digits <= 13:
		e.add(20, "its placeholder looks like a number")
	case digits > 13:
		e.add(-40, "its placeholder is too long for a number")
	}
	if f.Picker != nil && isCountryPicker(*f.Picker) {
		e.add(15, "a country is chosen next to it")
	}
	if f.MaxLength > 0 && f.MaxLength < 9 && !f.followsCallingCode() {
		e.add(-15, "is short for a number")
	}
	return e, true
}

// lastNameIsPhone reports whether the last of the texts names a telephone number.
func (s reading) lastNameIsPhone() bool {
	names := s.segments()
	return len(names) > 0 && s.nameMeaning(names[len(names)-1], "").phone
}

// takesNumber reports whether a field of this kind and type can take a telephone number.
func (f Field) takesNumber() bool {
	if f.Kind == Editable {
		return f.H < maxLineHeight
	}
	return f.Kind == Input && slices.Contains([]string{"", "text", "tel", "number"}, f.Type)
}

// textWeight is one text about a field and its weight as evidence for a telephone.
type textWeight struct {
	where  string
	text   reading
	points int  // for a cue for a telephone
	own    bool // whether it is about this field alone
	prose  bool // whether it is prose rather than a label
}

// addPhoneText weighs one text: for a telephone, against something else.
func (e *evidence) addPhoneText(s textWeight) {
	kinds := s.text.kinds
	if kinds&cueOtherPhone != 0 && !s.prose {
		e.add(-90, s.where+" says "+s.text.phrase(cueOtherPhone))
	}
	if other := s.text.otherThanPhone(); other != "" && s.own {
		e.add(-s.points-20, s.where+" says "+other)
		return
	}
	switch {
	case kinds&cuePhone != 0:
		e.add(s.points, s.where+" says "+s.text.phrase(cuePhone))
		if kinds&cueMobile != 0 && s.own {
			e.add(6, "a mobile number")
		} else if kinds&cueLandline != 0 && s.own {
			e.add(-12, "a landline number")
		}
	case kinds&cueOtherField != 0 && s.own:
		e.add(-s.points, s.where+" says "+s.text.phrase(cueOtherField))
	}
	if kinds&cueEmail != 0 && s.own {
		e.add(-25, s.where+" says "+s.text.phrase(cueEmail))
	}
}

// otherThanPhone returns a phrase for a code, a card or another number, or "". Phrases that
// overlap one for telephones do not count, such as "area code".
func (s reading) otherThanPhone() string {
	others := cueCode | cueLikely | otherCodes | cueCard
	if s.kinds&cuePhone == 0 {
		others |= cueGeneric
	}
	for _, h := range s.cues {
		if h.kinds&others != 0 && !s.overlaps(h, cuePhone|cueArea|cueCountry|cueInternational) {
			return h.text
		}
	}
	return ""
}

// mostlyDigits reports whether s has six digits or more and no letter but x.
func mostlyDigits(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) && unicode.ToLower(r) != 'x' {
			letters++
		}
	}
	return digits >= 6 && letters == 0
}
