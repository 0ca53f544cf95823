package fields

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/spelling"
)

// Phone is the number to fill.
type Phone struct {
	E164        string // such as "+2348031234567"
	CallingCode string // such as "234"
	Country     string // ISO 3166 alpha-2, such as "NG"; empty where unknown
	CountryName string // in English, such as "Nigeria"
}

func (p Phone) national() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.E164, "+"), p.CallingCode)
}

// enoughPhone is the evidence that a phone field needs.
const enoughPhone = 40

// Number plans how to fill a phone number over a tab's frames: its country first,
// where the page has a choice of countries, then the number in the form that the
// field takes.
func Number(pages []Page, number Phone) Plan {
	if len(number.E164) < 5 {
		return Plan{Why: "there is no number"}
	}
	var best *Field
	var page Page
	var reasons evidence
	for _, p := range pages {
		for i := range p.Fields {
			e, ok := aboutPhone(p.Fields[i])
			if ok && (best == nil || e.score > reasons.score) {
				best, page, reasons = &p.Fields[i], p, e
			}
		}
	}
	if best == nil || reasons.score < enoughPhone {
		return Plan{Why: "no field fits well enough: " + reasons.why()}
	}
	return numberPlan(page, *best, number, reasons.why())
}

func numberPlan(page Page, field Field, number Phone, why string) Plan {
	plan := Plan{Frame: page.Frame, Why: why}
	around := surroundings(page, field, number)
	if around.country != nil {
		plan.Steps = append(plan.Steps, Step{Ref: around.country.Ref, Value: around.country.Options[around.option].Value, Option: around.option})
	}
	if around.code != nil {
		plan.Steps = append(plan.Steps, Step{Ref: around.code.Ref, Value: around.write, Option: -1, Accept: []string{number.CallingCode}})
	}
	value := form(field, around, number)
	plan.Steps = append(plan.Steps, Step{Ref: field.Ref, Value: value, Option: -1, Accept: accepted(number)})
	return plan
}

// accepted are the ways in which a page may write the same number.
func accepted(p Phone) []string {
	return []string{p.E164, p.CallingCode + p.national(), p.national(), "0" + p.national(), "00" + p.CallingCode + p.national()}
}

func aboutPhone(f Field) (evidence, bool) {
	var e evidence
	if !f.usable() || f.Visibility != Shown || f.Kind != Input || !slices.Contains([]string{"", "text", "tel", "number"}, f.Type) {
		return e, false
	}
	if f.MaxLength != 0 && f.MaxLength < 6 {
		return e, false
	}
	auto := strings.Fields(strings.ToLower(f.Autocomplete))
	if n := len(auto); n > 0 {
		switch last := auto[n-1]; {
		case last == "tel-country-code" || last == "tel-extension":
			return e, false
		case strings.HasPrefix(last, "tel"):
			e.add(80, "autocomplete "+last)
		case last != "off" && last != "on":
			e.add(-80, "autocomplete "+last)
		}
	}
	if f.Type == "tel" {
		e.add(35, "type tel")
	}
	c := contextOf(f)
	for _, part := range []struct {
		where, text string
		points      int
	}{
		{"its label", c.own, 60}, {"its name", c.names, 45}, {"the text before it", c.near, 40}, {"its part of the page", c.far, 15},
	} {
		if other, ok := words["notphone"].in(part.text); ok {
			e.add(-60, part.where+" says "+other)
		}
		if other, ok := words["code"].in(part.text); ok && part.points > 15 {
			e.add(-part.points, part.where+" says "+other)
			continue
		}
		if phrase, ok := words["phone"].in(part.text); ok {
			e.add(part.points, part.where+" says "+phrase)
		}
	}
	if _, ok := words["country"].in(c.own); ok && f.W < maxWidth {
		return e, false
	}
	if strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") || f.Placeholder != "" && mostlyDigits(f.Placeholder) {
		e.add(20, "its placeholder looks like a number")
	}
	return e, true
}

func mostlyDigits(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	return digits >= 6 && letters == 0
}

// setting is what stands around a phone field and decides the form of its number.
type setting struct {
	country *Field // a select that has the number's country
	option  int
	code    *Field // a field of its own for the calling code
	write   string // what goes into it
	prefix  bool   // the calling code stands before the field, fixed or chosen
	foreign bool   // another calling code stands there
}

func surroundings(p Page, phone Field, number Phone) setting {
	var s setting
	at := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Ref == phone.Ref })
	for i := at - 1; i >= max(0, at-3); i-- {
		f := &p.Fields[i]
		if !f.usable() && f.Visibility != Faint {
			continue
		}
		if f.Kind == Select && s.country == nil {
			if o := option(f.Options, number); o >= 0 {
				s.country, s.option = f, o
				s.prefix = true
			}
		}
		if f.Kind == Input && s.code == nil && i == at-1 && isDialField(*f) {
			s.code, s.write = f, "+"+number.CallingCode
			if f.MaxLength > 0 && f.MaxLength <= len(number.CallingCode) || f.Type == "number" {
				s.write = number.CallingCode
			}
			s.prefix = true
		}
	}
	for _, text := range append([]string{phone.Picker}, phone.Before[max(0, len(phone.Before)-2):]...) {
		if shows(text, number.CallingCode) {
			s.prefix = true
		} else if aCallingCode.MatchString(text) {
			s.foreign = true
		}
	}
	return s
}

// aCallingCode is a short text that is some country's calling code, such as "🇺🇸 +1 ▾".
var aCallingCode = regexp.MustCompile(`^[^\d+]{0,60}\+\d{1,4}[^\d+]{0,12}$`)

// shows reports that a short text is the number's calling code, such as "🇳🇬 +234".
func shows(text, callingCode string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	return digits == callingCode && len([]rune(text)) <= 80 && (strings.Contains(text, "+") || len([]rune(strings.TrimSpace(text))) <= len(callingCode)+6)
}

func isDialField(f Field) bool {
	c := contextOf(f)
	if slices.Contains(strings.Fields(f.Autocomplete), "tel-country-code") {
		return true
	}
	if f.W >= 160 {
		return false
	}
	for _, text := range []string{c.own, c.names, c.near} {
		if _, ok := words["country"].in(text); ok {
			return true
		}
	}
	return strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") && len(f.Placeholder) <= 5 || strings.HasPrefix(f.Value, "+") && len(f.Value) <= 5
}

// option finds the number's country among a select's options: by its code, its name
// in any language, or its calling code where only one option has that.
func option(options []Option, number Phone) int {
	byCode := slices.IndexFunc(options, func(o Option) bool {
		return number.Country != "" && (strings.EqualFold(o.Value, number.Country) || o.Region == number.Country)
	})
	if byCode >= 0 {
		return byCode
	}
	name := fold(number.CountryName)
	if i := slices.IndexFunc(options, func(o Option) bool { return name != "" && strings.Contains(fold(o.Text), name) }); i >= 0 {
		return i
	}
	found := -1
	for i, o := range options {
		if dials(o, number.CallingCode) {
			if found >= 0 {
				return found // several countries share it; any of them makes the same number
			}
			found = i
		}
	}
	return found
}

func dials(o Option, callingCode string) bool {
	for _, text := range []string{o.Value, o.Text} {
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '+' && (r < '0' || r > '9') }) {
			if part == "+"+callingCode || part == callingCode && part == strings.TrimSpace(text) {
				return true
			}
		}
	}
	return false
}

// form writes the number as the field takes it.
func form(f Field, s setting, number Phone) string {
	auto := strings.ToLower(f.Autocomplete)
	national := number.national()
	switch {
	case strings.HasSuffix(auto, "tel-national") || strings.HasSuffix(auto, "tel-local"):
		return national
	case s.prefix:
		return national
	case s.foreign:
		return number.E164 // the page may choose the country by it
	case strings.HasPrefix(strings.TrimSpace(f.Value), "+"):
		return number.E164
	case f.MaxLength > 0 && f.MaxLength < len(number.E164):
		return nationalIn(f, national)
	case f.Type == "number":
		return nationalIn(f, national)
	case nationalPlaceholder(f.Placeholder, number):
		return nationalIn(f, national)
	}
	return number.E164
}

// nationalIn puts the trunk prefix before a national number where the field shows
// or leaves room for exactly that.
func nationalIn(f Field, national string) string {
	placeholder := strings.Map(onlyDigits, f.Placeholder)
	if strings.HasPrefix(placeholder, "0") && !strings.HasPrefix(placeholder, "00") ||
		f.MaxLength == len(national)+1 && placeholder == "" && !strings.HasPrefix(f.Pattern, "[1-9]") {
		return "0" + national
	}
	return national
}

func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '0' + spelling.Digit(r)
	}
	return -1
}

func nationalPlaceholder(placeholder string, number Phone) bool {
	digits := strings.Map(onlyDigits, placeholder)
	return len(digits) >= 6 && !strings.Contains(placeholder, "+") && !strings.HasPrefix(digits, number.CallingCode) && !strings.HasPrefix(digits, "00")
}
