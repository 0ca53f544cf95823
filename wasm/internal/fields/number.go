package fields

import (
	"cmp"
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

// trunks are what is dialled before a national number at home, where that is not "0".
// Countries in which nothing is dialled have "".
var trunks = map[string]string{
	"1": "", "7": "8", "20": "0", "30": "", "34": "", "36": "06", "39": "", "45": "", "47": "", "48": "", "52": "", "53": "", "56": "", "57": "",
	"65": "", "225": "", "226": "", "227": "", "228": "", "229": "", "235": "", "237": "", "351": "", "352": "", "356": "", "357": "", "370": "8", "371": "", "372": "",
	"375": "8", "377": "", "420": "", "502": "", "503": "", "504": "", "505": "", "506": "", "507": "", "852": "", "853": "", "965": "", "968": "", "973": "", "974": "",
}

func (p Phone) trunk() string {
	if trunk, ok := trunks[p.CallingCode]; ok {
		return trunk
	}
	return "0"
}

// home is the number as it is dialled at home.
func (p Phone) home() string { return p.trunk() + p.national() }

// enoughPhone is the evidence that a phone field needs.
const enoughPhone = 40

// place is a field, or a number's parts, that could take a phone number.
type place struct {
	page   Page
	at     int // of the field, or of the first part
	fields []Field
	evidence
}

// Number plans how to fill a phone number over a tab's frames: its country first,
// where the page has a choice of countries, then the number in the form that the
// field takes.
func Number(pages []Page, number Phone) Plan {
	if len(number.E164) < 5 {
		return Plan{Why: "there is no number"}
	}
	var all []place
	for _, p := range pages {
		all = append(all, p.places(number)...)
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(b.score, a.score) })
	var list []Considered
	for _, p := range all[:min(len(all), debugging)] {
		f := p.fields[0]
		list = append(list, Considered{
			Frame: p.page.Frame, Ref: f.Ref, Fields: len(p.fields), Score: p.score, Reasons: p.reasons, Called: cmp.Or(f.Label, f.Placeholder, f.Name, f.ID),
		})
	}
	if len(all) == 0 || all[0].score < enoughPhone {
		why := "no field takes a telephone number"
		if len(all) > 0 {
			why = "no field fits well enough: " + all[0].why()
		}
		return Plan{Why: why, Considered: list}
	}
	plan := all[0].plan(number)
	plan.Considered = list
	return plan
}

func (p place) plan(number Phone) Plan {
	plan := Plan{Frame: p.page.Frame, Why: p.why()}
	plan.Overwrites = slices.ContainsFunc(p.fields, func(f Field) bool { return len(strings.Map(onlyDigits, f.Value)) > 4 })
	around := surroundings(p.page, p.at, number)
	plan.Steps = append(plan.Steps, around.steps(number)...)
	if len(p.fields) > 1 {
		for i, part := range split(p.fields, number) {
			plan.Steps = append(plan.Steps, Step{Ref: p.fields[i].Ref, Value: part, Option: -1})
		}
		return plan
	}
	step := Step{Ref: p.fields[0].Ref, Option: -1, Accept: accepted(number)}
	step.Value, step.Else = form(p.fields[0], around, number)
	if around.picker != nil {
		step.Alone = number.E164
		plan.Why += ", its country is chosen by clicks"
	} else if around.foreign {
		plan.Why += ", its country could not be chosen"
	}
	plan.Steps = append(plan.Steps, step)
	if around.late != nil {
		pick, again := around.pick(around.late, number), step
		pick.Unless = true
		plan.Steps = append(plan.Steps, pick, again)
	}
	return plan
}

// accepted are the ways in which a page may write the same number.
func accepted(p Phone) []string {
	return []string{p.E164, p.CallingCode + p.national(), p.national(), p.home(), "0" + p.national(), "00" + p.CallingCode + p.national()}
}

// places are where the number could go on one page.
func (p Page) places(number Phone) []place {
	var list []place
	taken := map[int]bool{}
	for i := range p.Fields {
		if parts := p.parts(i, number); parts != nil && !taken[p.Fields[i].Ref] {
			first := p.Fields[i]
			first.MaxLength = 0
			if e, ok := aboutPhone(first); ok && e.score >= enoughPhone {
				e.add(-5, "in parts")
				list = append(list, place{p, i, parts, e})
				for _, f := range parts {
					taken[f.Ref] = true
				}
			}
		}
	}
	for i, f := range p.Fields {
		if taken[f.Ref] {
			continue
		}
		if e, ok := aboutPhone(f); ok {
			if before := p.shownBefore(i); before != nil && near(before.Y, f.Y) && f.W >= before.W && f.Label == "" &&
				(before.Kind == Select && dialing(*before) || before.Kind == Input && isDialField(*before)) {
				e.add(45, "a calling code stands before it")
			}
			list = append(list, place{p, i, []Field{f}, e})
		}
	}
	return list
}

// shownBefore is the nearest field before one that a person sees, or nil.
func (p Page) shownBefore(at int) *Field {
	for i := at - 1; i >= 0; i-- {
		if p.Fields[i].Visibility != Hidden {
			return &p.Fields[i]
		}
	}
	return nil
}

func aboutPhone(f Field) (evidence, bool) {
	var e evidence
	if !f.usable() || f.Visibility != Shown || f.Kind != Input || !slices.Contains([]string{"", "text", "tel", "number"}, f.Type) {
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
		case token == "one-time-code" || strings.HasPrefix(token, "cc-") || strings.Contains(token, "postal") || strings.Contains(token, "password") && token != "new-password":
			e.add(-150, "autocomplete "+token)
		case strings.Contains(token, "name") && token != "username" || token == "email" || strings.Contains(token, "address") || token == "bday" || token == "organization":
			e.add(-60, "autocomplete "+token)
		}
	}
	if f.Type == "tel" {
		e.add(30, "type tel")
	}
	c := contextOf(f)
	for _, part := range []struct {
		where  string
		text   said
		points int
	}{{"its label", c.own, 60}, {"its name", c.names, 45}, {"the text before it", c.near, 45}, {"its part of the page", c.far, 10}} {
		says, own := part.text.says, part.points > 10
		if part.where == "the text before it" && (!c.short || f.Label != "") {
			part.points, own = 20, false
		}
		if says&aNotPhone != 0 && (own || part.where == "its part of the page") {
			e.add(-50, part.where+" says "+part.text.phrase(aNotPhone))
		}
		if other := part.text.notOfPhones(); other != "" && own {
			e.add(-part.points-20, part.where+" says "+other)
			continue
		}
		if says&aPhone != 0 {
			e.add(part.points, part.where+" says "+part.text.phrase(aPhone))
			if says&aMobile != 0 && own {
				e.add(6, "a mobile one")
			} else if says&aFixed != 0 && own {
				e.add(-12, "one that stands on a desk")
			}
		} else if says&anOther != 0 && own {
			e.add(-part.points, part.where+" says "+part.text.phrase(anOther))
		}
		if says&anEmail != 0 && own {
			e.add(-25, part.where+" says "+part.text.phrase(anEmail))
		}
	}
	if c.own.says&aCountry != 0 && c.own.says&aPhone == 0 && f.W < maxWidth {
		return e, false
	}
	switch digits := len(strings.Map(onlyDigits, f.Placeholder)); {
	case strings.HasPrefix(strings.TrimSpace(f.Placeholder), "+") && digits > 3 || f.Placeholder != "" && mostlyDigits(f.Placeholder) && digits <= 13:
		e.add(20, "its placeholder looks like a number")
	case digits > 13:
		e.add(-40, "its placeholder is too long for a number")
	}
	if f.Picker != nil && (aCallingCode(f.Picker.Text) || read(fold(f.Picker.Hints)).says&aCountry != 0) {
		e.add(15, "a country is chosen beside it")
	}
	if f.MaxLength > 0 && f.MaxLength < 9 {
		e.add(-15, "is short for a number")
	}
	return e, true
}

// notOfPhones is a phrase that names a code, a card or another number, and is no
// part of one that belongs to telephones, such as an area code.
func (s said) notOfPhones() string {
	others := aCode | aDoubt | anAgainst | aCard
	if s.says&aPhone == 0 {
		others |= aWeak
	}
	for _, h := range s.hits {
		if h.says&others != 0 && h.says&(aPhone|anArea|aCountry|anAbroad) == 0 &&
			!slices.ContainsFunc(s.hits, func(o hit) bool {
				return o.says&(aPhone|anArea|aCountry|anAbroad) != 0 && o.from < h.to && h.from < o.to
			}) {
			return h.text
		}
	}
	return ""
}

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

// parts are the two or three fields from at on in which a number is written in
// pieces, such as an area code and the rest, or nil.
func (p Page) parts(at int, number Phone) []Field {
	first := p.Fields[at]
	isPart := func(f Field, limit int) bool {
		return f.usable() && f.Visibility == Shown && f.Kind == Input && slices.Contains([]string{"", "text", "tel", "number"}, f.Type) && f.MaxLength >= 0 && f.MaxLength <= limit
	}
	area := strings.HasSuffix(first.Autocomplete, "tel-area-code")
	if !isPart(first, 5) || first.MaxLength < 2 && !area {
		return nil
	}
	c := contextOf(first)
	if !area && (c.own.says|c.near.says|c.names.says|read(fold(first.Group)).says)&(aPhone|anArea) == 0 || isDialField(first) && (c.own.says|c.names.says)&anArea == 0 {
		return nil
	}
	parts := []Field{first}
	for _, f := range p.Fields[at+1:] {
		if f.Visibility == Hidden {
			continue
		}
		last := parts[len(parts)-1]
		says := read(foldParts(f.Label, f.Name, f.ID)).says
		own := read(foldParts(append([]string{f.Label}, f.Before...)...)).says
		if len(parts) == 3 || !isPart(f, 9) || says&aNotPhone != 0 || own&(anAgainst|anOther) != 0 && own&aPhone == 0 ||
			!near(f.Y, last.Y) && (len(parts) > 1 || own&aPhone == 0) || f.MaxLength == 0 && len(parts) > 1 {
			break
		}
		parts = append(parts, f)
		if f.MaxLength == 0 || f.MaxLength > 5 {
			break
		}
	}
	if len(parts) < 2 || split(parts, number) == nil {
		return nil
	}
	return parts
}

// split writes the number in parts, as many digits as each takes, or gives nil where
// it does not fit.
func split(parts []Field, number Phone) []string {
	for _, digits := range []string{number.national(), number.home()} {
		if pieces := pieces(parts, digits); pieces != nil && (digits == number.national() || number.trunk() != "") {
			return pieces
		}
	}
	return nil
}

// pieces cuts digits so that each part but the first is as full as it is by custom:
// the last has four, in three parts the middle one has three or four.
func pieces(parts []Field, digits string) []string {
	room := 0
	for _, f := range parts {
		if f.MaxLength == 0 {
			room += len(digits)
		}
		room += f.MaxLength
	}
	if room == len(digits) || len(parts) == 2 {
		var list []string
		for i, f := range parts {
			n := min(cmp.Or(f.MaxLength, len(digits)), len(digits))
			if i == len(parts)-1 && n < len(digits) {
				return nil
			}
			list, digits = append(list, digits[:n]), digits[n:]
		}
		if list[len(list)-1] == "" {
			return nil
		}
		return list
	}
	middle := min(parts[1].MaxLength, 4)
	head := len(digits) - 4 - middle
	if room < len(digits) || parts[2].MaxLength != 4 || head < 2 || head > parts[0].MaxLength || !strings.HasPrefix(digits, "0") {
		return nil
	}
	return []string{digits[:head], digits[head : head+middle], digits[head+middle:]}
}

// setting is what stands around a phone field and decides the form of its number.
type setting struct {
	country *Field // a select that has the number's country
	option  int
	picker  *Picker // another control that chooses the country
	late    *Picker // one that is needed only where the page does not read the country from the number
	code    *Field  // a field of its own for the calling code
	write   string  // what goes into it
	prefix  bool    // the calling code stands before the field, fixed or chosen
	foreign bool    // another calling code stands there
}

func (s setting) steps(number Phone) []Step {
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

func (s setting) pick(p *Picker, number Phone) Step {
	return Step{Ref: p.Ref, Value: "+" + number.CallingCode, Option: -1, Pick: []string{number.Country, number.CountryName, "+" + number.CallingCode}}
}

func surroundings(p Page, at int, number Phone) setting {
	var s setting
	phone := p.Fields[at]
	beside := true // nothing else that a person sees stands between
	for i := at - 1; i >= max(0, at-4); i-- {
		f := &p.Fields[i]
		if !f.usable() && f.Visibility != Faint {
			continue
		}
		if f.Kind == Select && s.country == nil {
			o := option(f.Options, number)
			if dialing(*f) || beside && choosesCountry(*f) && !s.foreign && s.code == nil {
				if o >= 0 {
					s.country, s.option, s.prefix = f, o, true
				} else {
					s.foreign = true
				}
			}
		}
		if f.Kind == Input && s.code == nil && s.country == nil && beside && isDialField(*f) {
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
		} else if aCallingCode(text) && s.country == nil {
			s.foreign = true
		}
	}
	if shown {
		s.prefix, s.foreign = true, false
	}
	if pick := phone.Picker; pick != nil && !s.prefix && s.country == nil && s.code == nil &&
		(aCallingCode(pick.Text) || read(fold(pick.Hints)).says&aCountry != 0 || isRegion(pick.Text) || hasFlag(pick.Text)) {
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

// aCallingCode reports a short text that is some country's calling code, such as
// "🇺🇸 +1 ▾".
func aCallingCode(text string) bool {
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

func isDialField(f Field) bool {
	c := contextOf(f)
	if slices.Contains(strings.Fields(f.Autocomplete), "tel-country-code") {
		return true
	}
	if f.W >= 160 || f.MaxLength > 6 {
		return false
	}
	if (c.own.says|c.names.says)&anArea != 0 && (c.own.says|c.names.says)&aCountry == 0 {
		return false
	}
	return (c.own.says|c.names.says)&aCountry != 0 || c.near.says&aCountry != 0 && c.short ||
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
	return all > 0 && codes*2 >= all && (strings.Contains(allTexts(f.Options), "+") || read(foldParts(f.Label, f.Name, f.ID, f.Hints)).says&aCountry != 0)
}

func allTexts(options []Option) string {
	var b strings.Builder
	for _, o := range options[:min(len(options), 6)] {
		b.WriteString(o.Text + " " + o.Value + " ")
	}
	return b.String()
}

// choosesCountry reports that a select chooses a country by its name or letters.
func choosesCountry(f Field) bool {
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
	return all > 0 && (regions*2 >= all || read(foldParts(f.Label, f.Name, f.ID)).says&aCountry != 0)
}

// option finds the number's country among a select's options: by its code, its name
// in any language, or its calling code where only one option has that.
func option(options []Option, number Phone) int {
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

// form writes the number as the field takes it, with other ways for when it does not.
func form(f Field, s setting, number Phone) (string, []string) {
	auto := strings.ToLower(f.Autocomplete)
	national, plus := number.national(), number.E164
	says := contextOf(f)
	written := says.own.says | says.near.says
	ways := func(first string, rest ...string) (string, []string) {
		return first, slices.DeleteFunc(rest, func(way string) bool { return way == first })
	}
	atHome := nationalIn(f, number)
	switch {
	case strings.HasSuffix(auto, "tel-national") || strings.HasSuffix(auto, "tel-local"):
		return ways(atHome, national, number.home())
	case s.prefix:
		if s.country == nil && s.picker == nil {
			return ways(atHome, national, number.home())
		}
		return ways(national, number.home())
	case s.foreign:
		return ways(plus) // the page may choose the country by it
	case strings.HasPrefix(strings.TrimSpace(f.Value), "+"):
		return ways(plus, national)
	case f.MaxLength > 0 && f.MaxLength < len(plus):
		return ways(atHome, national, number.home())
	case written&anAbroad != 0:
		return ways(plus, number.CallingCode+national, national)
	case f.Type == "number" || nationalPlaceholder(f.Placeholder, number) || written&aHome != 0:
		return ways(atHome, number.home(), national, plus)
	case f.InputMode == "numeric" && !strings.Contains(f.Placeholder, "+"):
		return ways(atHome, number.home(), national, plus)
	}
	return ways(plus, national, number.home(), number.CallingCode+national)
}

// nationalIn puts the trunk prefix before a national number where the field shows
// or leaves room for exactly that.
func nationalIn(f Field, number Phone) string {
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
		return '0' + spelling.Digit(r)
	}
	return -1
}

func nationalPlaceholder(placeholder string, number Phone) bool {
	digits := strings.Map(onlyDigits, placeholder)
	return len(digits) >= 6 && !strings.Contains(placeholder, "+") && (!strings.HasPrefix(digits, number.CallingCode) || number.CallingCode == "1") && (!strings.HasPrefix(digits, "00") || strings.Trim(digits, "0") == "")
}
