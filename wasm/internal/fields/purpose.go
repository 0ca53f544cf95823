package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// purpose is what a field is for by its own signals, whatever stands around it.
type purpose int

const (
	unclear        purpose = iota // its own signals don't tell: what stands around it decides
	forCode                       // a code
	forPhone                      // a telephone number
	forCallingCode                // a country, or its calling code
	conflicting                   // its own signals speak for a code and for a number alike
)

// signals are the points of a field's own signals for each purpose.
type signals struct{ code, phone, dialing int }

func (s *signals) add(o signals) {
	s.code += o.code
	s.phone += o.phone
	s.dialing += o.dialing
}

const (
	minPoints = 40 // what own signals need to tell a purpose
	minLead   = 20 // and how far they have to be ahead of the other one
)

// purposes are those of all fields of the page.
func (p Page) purposes(contexts []context) []purpose {
	list := make([]purpose, len(p.Fields))
	for i, f := range p.Fields {
		if f.Kind != Select {
			list[i] = p.signals(i, contexts[i]).purpose()
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
		case p.isCallingCodeFor(i, list):
			list[i] = forCallingCode
		}
	}
	return list
}

// purpose weighs the signals against each other: a field has one purpose or none.
func (s signals) purpose() purpose {
	switch {
	case s.dialing >= minPoints && s.dialing > max(s.phone, s.code):
		return forCallingCode
	case s.phone >= minPoints && s.phone-s.code >= minLead:
		return forPhone
	case s.code >= minPoints && s.code-s.phone >= minLead:
		return forCode
	case s.phone >= minPoints:
		return conflicting
	}
	return unclear
}

// signals gathers what speaks of the field at a place alone: what its makers call it, what
// it shows and what it takes.
func (p Page) signals(at int, c context) signals {
	f := p.Fields[at]
	var s signals
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
		s.add(c.own.calls(names[0], p.Lang).signals(signals{70, 60, 60}, 35))
		names = names[1:]
	}
	for _, name := range names {
		s.add(c.own.calls(name, p.Lang).signals(signals{60, 50, 50}, 25))
	}
	for _, name := range c.names.segments() {
		named := c.names.calls(name, "")
		if named.phone && c.names.during(name)&(cueVerify|cueCaptcha) != 0 {
			continue // "phone_verify", "mobileCaptcha": either
		}
		s.add(named.signals(signals{40, 40, 45}, 15))
	}
	if hints := c.hints.calls(span{0, len(c.hints.text)}, ""); hints.phone != hints.code {
		s.add(hints.signals(signals{15, 20, 0}, 0))
	}
	if near := c.near.segments(); c.own.text == "" && len(near) > 0 {
		last := near[len(near)-1]
		text := c.near.text[last.from:last.to]
		if utf8.RuneCountInString(text) <= maxLabel && !strings.ContainsAny(text, "0123456789") { // which tell of a number rather than ask for it
			s.add(c.near.calls(last, p.Lang).signals(signals{30, 30, 0}, 20))
		}
	}
	s.add(f.shows())
	s.add(f.room())
	if f.Kind == Input && (f.Picker != nil && isCountryPicker(*f.Picker) || p.afterCallingCode(at)) {
		s.phone += 40
	}
	return s
}

// shows are the signals of what a field shows: no code begins with a plus, or has more than
// a few digits.
func (f Field) shows() (s signals) {
	value := strings.TrimSpace(f.Value)
	switch {
	case strings.HasPrefix(value, "+"):
		s.phone += 80
	case len(strings.Map(onlyDigits, value)) > maxBoxes:
		s.phone += 50
	}
	example := strings.TrimSpace(f.Placeholder)
	longestDigits := longestDigits(example)
	switch {
	case strings.HasPrefix(example, "+") && longestDigits > 0 || strings.HasPrefix(example, "(") && longestDigits > maxBoxes:
		s.phone += 60
	case longestDigits > maxBoxes:
		s.phone += 50
	}
	return s
}

// longestDigits counts the longest run of digits, or of what stands for them, in an example.
func longestDigits(example string) int {
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

// room are the signals of how much a field takes.
func (f Field) room() (s signals) {
	if f.Type == "tel" && f.fitsNumber() {
		s.phone += 10
	}
	switch {
	case f.MaxLength >= minBoxes && f.MaxLength <= maxBoxes:
		s.code += 25
	case f.MaxLength > maxBoxes && f.MaxLength <= 20:
		s.phone += 10
	}
	if strings.Contains(f.Pattern, `\+`) || patternDigits(f.Pattern) > maxBoxes {
		s.phone += 40
	}
	return s
}

// patternDigits is how many characters the counts of a pattern come to at least, such as
// ten for "[0-9]{3}-[0-9]{3}-[0-9]{4}".
func patternDigits(pattern string) (sum int) {
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

// signals are the points for a name, weak ones where it may be any code.
func (c called) signals(points signals, weak int) (s signals) {
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
func (s reading) calls(name span, lang string) called {
	var c called
	var code, phone, country, last, promise cue
	asks, right := false, rightHeaded(s.text[name.from:name.to], lang)
	for _, h := range s.cues {
		if !name.has(h) {
			continue
		}
		asks = asks || h.says&cueEnter != 0
		if h.says&cueNational != 0 && strings.ContainsAny(h.text, "0123456789") {
			c.long = true // "10 digits" are no code
		}
		if h.says&cueCountry != 0 && !s.begins(h, anyCode) && !s.overlaps(h, cueInternational) {
			country = h
		}
		if h.says&anyCode != 0 && (country.phrase == nil || h.from >= country.to) {
			if code.phrase == nil || !code.isSure() && h.isSure() && h.from <= code.to {
				code = h
			}
			last = h
		}
		if h.says&cuePhone != 0 && !s.within(h, cueCode|cueLikely|cueSent|cueAnnounce) && (phone.phrase == nil || right) {
			phone = h
		}
		if h.says&cueAnnounce != 0 && promise.phrase == nil {
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
const anyCode = cueCode | cueLikely | cueGeneric

// isSure reports a phrase that names a sent code, and never a calling code.
func (h cue) isSure() bool { return h.says&(cueCode|cueLikely) != 0 && h.says&cueCountry == 0 }

// begins reports whether a phrase that says so begins where a hit does, or before in it.
func (s reading) begins(h cue, what cueKind) bool {
	for _, o := range s.cues {
		if o.says&what != 0 && o.from <= h.from && h.from < o.to {
			return true
		}
	}
	return false
}

// within reports whether a hit lies within a longer one that says so.
func (s reading) within(h cue, what cueKind) bool { return within(h, s.cues, what) }

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
func (s reading) segments() []span {
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
func (s reading) during(part span) (says cueKind) {
	for _, h := range s.cues {
		if part.has(h) {
			says |= h.says
		}
	}
	return says
}

// isCountryPicker reports a picker of countries or of their calling codes.
func isCountryPicker(p Picker) bool {
	return isCallingCode(p.Text) || hasFlag(p.Text) ||
		slices.ContainsFunc(read(fold(p.Hints)).cues, func(h cue) bool { return h.says&cueCountry != 0 && h.says&anyCode == 0 })
}

// afterCallingCode reports whether a calling code stands before the field on its line.
func (p Page) afterCallingCode(at int) bool {
	f, before := p.Fields[at], p.shownBefore(at)
	return before != nil && near(before.Y, f.Y) && f.W >= before.W && before.Kind == Select && dialing(*before)
}

// isCallingCodeFor reports whether the field at a place takes a calling code for the number beside it.
func (p Page) isCallingCodeFor(at int, list []purpose) bool {
	f := p.Fields[at]
	if f.Kind != Input || f.W >= 130 {
		return false
	}
	for i := at + 1; i < len(p.Fields); i++ {
		if o := p.Fields[i]; o.Visibility != Hidden {
			return list[i] == forPhone && o.Kind == Input && near(f.Y, o.Y) && o.W > f.W && len(strings.Map(onlyDigits, f.Value)) <= 4 && isCallingCodeInput(f)
		}
	}
	return false
}

// fitsNumber reports whether a field has room for a telephone number.
func (f Field) fitsNumber() bool { return f.MaxLength == 0 || f.MaxLength > maxBoxes }
