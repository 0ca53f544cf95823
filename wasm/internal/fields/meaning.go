package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// meaning is what a field is for by its own signs, whatever stands around it.
type meaning int

const (
	unclear     meaning = iota // its own signs don't tell: what stands around it decides
	forCode                    // a code
	forPhone                   // a telephone number
	forDialing                 // a country, or its calling code
	conflicting                // its own signs speak for a code and for a number alike
)

// signs are the points of a field's own signs for each meaning.
type signs struct{ code, phone, dialing int }

func (s *signs) add(o signs) {
	s.code += o.code
	s.phone += o.phone
	s.dialing += o.dialing
}

const (
	minPoints = 40 // what own signs need to tell a meaning
	minLead   = 20 // and how far they have to be ahead of the other one
)

// meanings are those of all fields of the page.
func (p Page) meanings(contexts []context) []meaning {
	list := make([]meaning, len(p.Fields))
	for i, f := range p.Fields {
		if f.Kind != Select {
			list[i] = p.signs(i, contexts[i]).meaning()
		}
	}
	inPieces := make([]bool, len(p.Fields))
	for i := range p.Fields {
		switch {
		case list[i] == forCode || inPieces[i]:
		case p.isInPieces(i, contexts[i], list):
			for _, part := range p.pieces(i) {
				list[part], inPieces[part] = forPhone, true
			}
		case p.dialsFor(i, list):
			list[i] = forDialing
		}
	}
	return list
}

// meaning weighs the signs against each other: a field has one meaning or none.
func (s signs) meaning() meaning {
	switch {
	case s.dialing >= minPoints && s.dialing > max(s.phone, s.code):
		return forDialing
	case s.phone >= minPoints && s.phone-s.code >= minLead:
		return forPhone
	case s.code >= minPoints && s.code-s.phone >= minLead:
		return forCode
	case s.phone >= minPoints:
		return conflicting
	}
	return unclear
}

// signs gathers what speaks of the field at a place alone: what its makers call it, what
// it shows and what it takes.
func (p Page) signs(at int, c context) signs {
	f := p.Fields[at]
	var s signs
	for _, token := range strings.Fields(strings.ToLower(f.Autocomplete)) {
		switch {
		case token == "one-time-code":
			s.code += 60 // many a site writes this to switch filling off
		case token == "tel-country-code":
			s.dialing += 80
		case token == "tel" || strings.HasPrefix(token, "tel-"):
			s.phone += 60
		}
	}
	names := c.own.segments()
	if f.Label != "" && len(names) > 0 {
		s.add(c.own.calls(names[0], p.Lang).signs(signs{70, 60, 60}, 35))
		names = names[1:]
	}
	for _, name := range names {
		s.add(c.own.calls(name, p.Lang).signs(signs{60, 50, 50}, 25))
	}
	for _, name := range c.names.segments() {
		named := c.names.calls(name, "")
		if named.phone && c.names.during(name)&(aVerify|aPicture) != 0 {
			continue // "phone_verify", "mobileCaptcha": either
		}
		s.add(named.signs(signs{40, 40, 45}, 15))
	}
	if hints := c.hints.calls(span{0, len(c.hints.text)}, ""); hints.phone != hints.code {
		s.add(hints.signs(signs{15, 20, 0}, 0))
	}
	if near := c.near.segments(); c.own.text == "" && len(near) > 0 {
		last := near[len(near)-1]
		text := c.near.text[last.from:last.to]
		if utf8.RuneCountInString(text) <= label && !strings.ContainsAny(text, "0123456789") { // which tell of a number rather than ask for it
			s.add(c.near.calls(last, p.Lang).signs(signs{30, 30, 0}, 20))
		}
	}
	s.add(f.shows())
	s.add(f.room())
	if f.Kind == Input && (f.Picker != nil && choosesCalling(*f.Picker) || p.afterCallingCode(at)) {
		s.phone += 40
	}
	return s
}

// shows are the signs of what a field shows: no code begins with a plus, or has more than
// a few digits.
func (f Field) shows() (s signs) {
	value := strings.TrimSpace(f.Value)
	switch {
	case strings.HasPrefix(value, "+"):
		s.phone += 80
	case len(strings.Map(onlyDigits, value)) > maxBoxes:
		s.phone += 50
	}
	example := strings.TrimSpace(f.Placeholder)
	figures := figures(example)
	switch {
	case strings.HasPrefix(example, "+") && figures > 0 || strings.HasPrefix(example, "(") && figures > maxBoxes:
		s.phone += 60
	case figures > maxBoxes:
		s.phone += 50
	}
	return s
}

// figures counts the longest run of digits, or of what stands for them, in an example.
func figures(example string) int {
	most, n := 0, 0
	for _, r := range example {
		switch {
		case unicode.IsDigit(r) || strings.ContainsRune("xX_#•*", r):
			n++
		case !strings.ContainsRune(" +()-./\u00a0\u2010\u2011\u2012\u2013", r):
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// room are the signs of how much a field takes.
func (f Field) room() (s signs) {
	if f.Type == "tel" && f.roomy() {
		s.phone += 10
	}
	switch {
	case f.MaxLength >= minBoxes && f.MaxLength <= maxBoxes:
		s.code += 25
	case f.MaxLength > maxBoxes && f.MaxLength <= 20:
		s.phone += 10
	}
	if strings.Contains(f.Pattern, `\+`) || patternFigures(f.Pattern) > maxBoxes {
		s.phone += 40
	}
	return s
}

// patternFigures is how many characters the counts of a pattern come to at least, such as
// ten for "[0-9]{3}-[0-9]{3}-[0-9]{4}".
func patternFigures(pattern string) (sum int) {
	for part := range strings.SplitSeq(pattern, "{") {
		n := 0
		for _, r := range part {
			if !textnorm.IsDigit(r) {
				break
			}
			n = min(10*n+int(r-'0'), 100)
		}
		sum += n
	}
	return sum
}

// called is what a name calls a thing.
type called struct{ code, weakly, phone, dialing, long bool }

// signs are the points for a name, weak ones where it may be any code.
func (c called) signs(points signs, weak int) (s signs) {
	switch {
	case c.long:
		s.phone += points.phone
	case c.dialing:
		s.dialing += points.dialing
	case c.phone:
		s.phone += points.phone
	case c.weakly:
		s.code += weak
	case c.code:
		s.code += points.code
	}
	return s
}

// calls reads what a name calls a thing. Where it names two, one only describes the other:
// "code sent to your phone" is a code, "phone number to get a code" a number.
func (s said) calls(name span, lang string) called {
	var c called
	var code, phone, country, last, promise hit
	asks, right := false, rightHeaded(s.text[name.from:name.to], lang)
	for _, h := range s.hits {
		if !name.has(h) {
			continue
		}
		asks = asks || h.says&anAsking != 0
		if h.says&aHome != 0 && strings.ContainsAny(h.text, "0123456789") {
			c.long = true // "10 digits" are no code
		}
		if h.says&aCountry != 0 && !s.begins(h, anyCode) && !s.overlaps(h, anAbroad) {
			country = h
		}
		if h.says&anyCode != 0 && (country.phrase == nil || h.from >= country.to) {
			if code.phrase == nil || !code.isSure() && h.isSure() && h.from <= code.to {
				code = h
			}
			last = h
		}
		if h.says&aPhone != 0 && !s.within(h, aCode|aDoubt|aSent|aPromise) && (phone.phrase == nil || right) {
			phone = h
		}
		if h.says&aPromise != 0 && promise.phrase == nil {
			promise = h
		}
	}
	c.code, c.phone, c.dialing = code.phrase != nil, phone.phrase != nil, country.phrase != nil
	if promise.phrase != nil && !asks && c.code && (right && last.from < promise.from || !right && promise.from <= code.from) {
		c.code = false // "number to send the code to"
	}
	c.weakly = c.code && !code.isSure()
	if c.dialing && c.phone {
		c.dialing = country.to >= phone.to // "phone country", rather than "country phone"
		c.phone = !c.dialing
	}
	if c.code && c.phone {
		switch {
		case asks:
		case right:
			c.code = last.from >= phone.from
		default:
			c.code = code.from <= phone.from || strings.TrimSpace(s.text[phone.to:max(phone.to, code.from)]) == ""
		}
		c.phone, c.weakly = !c.code, false
	}
	return c
}

// anyCode names a code, if not always a sent one.
const anyCode = aCode | aDoubt | aWeak

// isSure reports a phrase that names a sent code, and never a calling code.
func (h hit) isSure() bool { return h.says&(aCode|aDoubt) != 0 && h.says&aCountry == 0 }

// begins reports whether a phrase that says so begins where a hit does, or before in it.
func (s said) begins(h hit, what section) bool {
	for _, o := range s.hits {
		if o.says&what != 0 && o.from <= h.from && h.from < o.to {
			return true
		}
	}
	return false
}

// within reports whether a hit lies within a longer one that says so.
func (s said) within(h hit, what section) bool { return within(h, s.hits, what) }

// rightHeaded reports whether what a name is of stands last in it, as in "휴대폰 인증번호".
func rightHeaded(text, lang string) bool {
	if lang, _, _ = strings.Cut(strings.ToLower(lang), "-"); slices.Contains([]string{"tr", "az", "ja", "ko", "zh", "hi", "fi", "hu"}, lang) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Devanagari)
	})
}

// segments are the texts that were read together.
func (s said) segments() []span {
	var spans []span
	at := 0
	for text := range strings.SplitSeq(s.text, " | ") {
		if text != "" {
			spans = append(spans, span{at, at + len(text)})
		}
		at += len(text) + len(" | ")
	}
	return spans
}

// during is what a part of the text says.
func (s said) during(part span) (says section) {
	for _, h := range s.hits {
		if part.has(h) {
			says |= h.says
		}
	}
	return says
}

// choosesCalling reports a picker of countries or of their calling codes.
func choosesCalling(p Picker) bool {
	return aCallingCode(p.Text) || hasFlag(p.Text) ||
		slices.ContainsFunc(read(fold(p.Hints)).hits, func(h hit) bool { return h.says&aCountry != 0 && h.says&anyCode == 0 })
}

// afterCallingCode reports whether a calling code stands before the field on its line.
func (p Page) afterCallingCode(at int) bool {
	f, before := p.Fields[at], p.shownBefore(at)
	return before != nil && near(before.Y, f.Y) && f.W >= before.W && before.Kind == Select && dialing(*before)
}

// dialsFor reports whether the field at a place takes a calling code for the number beside it.
func (p Page) dialsFor(at int, list []meaning) bool {
	f := p.Fields[at]
	if f.Kind != Input || f.W >= 130 {
		return false
	}
	for i := at + 1; i < len(p.Fields); i++ {
		if o := p.Fields[i]; o.Visibility != Hidden {
			return list[i] == forPhone && o.Kind == Input && near(f.Y, o.Y) && o.W > f.W && len(strings.Map(onlyDigits, f.Value)) <= 4 && isDialField(f)
		}
	}
	return false
}

// roomy reports whether a field has room for a telephone number.
func (f Field) roomy() bool { return f.MaxLength == 0 || f.MaxLength > maxBoxes }
