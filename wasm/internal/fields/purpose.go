package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// purpose is what a field is for by its own signals, whatever is around it.
type purpose int

const (
	unclear        purpose = iota // its own signals don't tell; the surroundings decide
	forCode                       // a code
	forPhone                      // a telephone number
	forCallingCode                // a country, or its calling code
	conflicting                   // its own signals are for a code and a number alike
)

// signals are the points of a field's own signals for each purpose.
type signals struct{ code, phone, callingCode int }

func (s *signals) add(o signals) {
	s.code += o.code
	s.phone += o.phone
	s.callingCode += o.callingCode
}

const (
	minPoints = 40 // for a purpose
	minLead   = 20 // that a code or a number must be ahead of the other
)

// purposes returns the purposes of all fields of the page, by index. A select has none.
func (p Page) purposes(contexts []context) []purpose {
	list := make([]purpose, len(p.Fields))
	for i, f := range p.Fields {
		if f.Kind != Select {
			list[i] = p.signals(i, contexts[i]).purpose()
		}
	}
	isPart := make([]bool, len(p.Fields))
	for i := range p.Fields {
		switch {
		case list[i] == forCode || isPart[i]:
		case p.beginsParts(i, contexts[i], list):
			for _, part := range p.partIndexes(i) {
				list[part], isPart[part] = forPhone, true
			}
		case p.isCallingCodeFor(i, list):
			list[i] = forCallingCode
		}
	}
	return list
}

// purpose returns the purpose with the most points, if it is clear enough.
func (s signals) purpose() purpose {
	switch {
	case s.callingCode >= minPoints && s.callingCode > max(s.phone, s.code):
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

// signals adds up the signals of the field at an index: its names, its contents and examples,
// and what it accepts.
func (p Page) signals(at int, c context) signals {
	f := p.Fields[at]
	var s signals
	for _, token := range strings.Fields(strings.ToLower(f.Autocomplete)) {
		switch {
		case token == "one-time-code":
			s.code += 60 // not more: many sites misuse it to switch autofill off
		case token == "tel-country-code":
			s.callingCode += 80
		case token == "tel" || strings.HasPrefix(token, "tel-"):
			s.phone += 60
		}
	}
	names := c.own.segments()
	if f.Label != "" && len(names) > 0 {
		s.add(c.own.nameMeaning(names[0], p.Lang).signals(signals{70, 60, 60}, 35))
		names = names[1:]
	}
	for _, name := range names {
		s.add(c.own.nameMeaning(name, p.Lang).signals(signals{60, 50, 50}, 25))
	}
	s.add(c.nameSignals())
	if hints := c.hints.nameMeaning(span{0, len(c.hints.text)}, ""); hints.phone != hints.code {
		s.add(hints.signals(signals{15, 20, 0}, 0))
	}
	if near := c.near.segments(); c.own.text == "" && len(near) > 0 {
		last := near[len(near)-1]
		text := c.near.text[last.from:last.to]
		// A text with digits mentions a number rather than asks for one.
		if utf8.RuneCountInString(text) <= maxLabel && !strings.ContainsAny(text, "0123456789") {
			s.add(c.near.nameMeaning(last, p.Lang).signals(signals{30, 30, 0}, 20))
		}
	}
	s.add(f.contentSignals())
	s.add(f.inputSignals())
	if f.Kind == Input && (f.Picker != nil && isCountryPicker(*f.Picker) || f.followsCallingCode() || p.afterCallingCode(at)) {
		s.phone += 40
	}
	return s
}

// nameSignals returns the signals of the name and the id, which often say the same. Beside a
// label for a telephone their code counts half: "otp_destination" is where the code goes.
func (c context) nameSignals() (s signals) {
	points := signals{40, 40, 45}
	if label := c.own.segments(); len(label) > 0 && c.own.nameMeaning(label[0], "").phone {
		points.code = 20
	}
	for _, name := range c.names.segments() {
		named := c.names.nameMeaning(name, "")
		if named.phone && c.names.kindsIn(name)&(cueVerify|cueCaptcha) != 0 {
			continue // "phone_verify" and "mobileCaptcha" may be a code or a number
		}
		n := named.signals(points, 15)
		s = signals{max(s.code, n.code), max(s.phone, n.phone), max(s.callingCode, n.callingCode)}
	}
	return s
}

// contentSignals returns the signals of the value and the placeholder. No code begins with a
// plus or has more than maxBoxes digits.
func (f Field) contentSignals() (s signals) {
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

// longestDigits returns the length of the longest run of digits, or of placeholders for them such
// as "x", in an example. Punctuation does not interrupt a run.
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

// inputSignals returns the signals of the type, maxlength and pattern.
func (f Field) inputSignals() (s signals) {
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

// patternDigits adds up the repeat counts of a pattern: ten for
// "[0-9]{3}-[0-9]{3}-[0-9]{4}".
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

// nameMeaning is what the name of a field means. weak is for any code rather than a one-time code.
// long is for a name that asks for more digits than codes have, such as "10 digits".
type nameMeaning struct{ code, weak, phone, callingCode, long bool }

// signals returns the points for a name, or weak for one that may be any code.
func (c nameMeaning) signals(points signals, weak int) (s signals) {
	switch {
	case c.long:
		s.phone += points.phone
	case c.callingCode:
		s.callingCode += points.callingCode
	case c.phone:
		s.phone += points.phone
	case c.weak:
		s.code += weak
	case c.code:
		s.code += points.code
	}
	return s
}

// nameMeaning reads the name of a field in a language. If it names two things, one describes the
// other: "code sent to your phone" is a code, "phone number to get a code" a number.
func (s reading) nameMeaning(name span, lang string) nameMeaning {
	var c nameMeaning
	var code, phone, country, lastCode, announcement, other cue
	asks, right := false, rightHeaded(s.text[name.from:name.to], lang)
	for _, h := range s.cues {
		if !name.has(h) {
			continue
		}
		asks = asks || h.kinds&cueEnter != 0
		if h.kinds&cueNational != 0 && strings.ContainsAny(h.text, "0123456789") {
			c.long = true // no code has "10 digits"
		}
		if h.kinds&cueCountry != 0 && !s.startsWithin(h, anyCode) && !s.overlaps(h, cueInternational) {
			country = h
		}
		if h.kinds&anyCode != 0 && (country.phrase == nil || h.from >= country.to) {
			if code.phrase == nil || !code.isSure() && h.isSure() && h.from <= code.to {
				code = h
			}
			lastCode = h
		}
		if h.kinds&cuePhone != 0 && !s.within(h, cueCode|cueLikely|cueSent|cueAnnounce) && (phone.phrase == nil || right) {
			phone = h
		}
		if h.kinds&(otherCodes|cueCard) != 0 && !s.overlaps(h, cuePhone|cueArea|cueCountry|cueInternational) && (other.phrase == nil || right) {
			other = h
		}
		if h.kinds&cueAnnounce != 0 && announcement.phrase == nil {
			announcement = h
		}
	}
	c.code, c.phone, c.callingCode = code.phrase != nil, phone.phrase != nil, country.phrase != nil
	if announcement.phrase != nil && !asks && c.code && (right && lastCode.from < announcement.from || !right && announcement.from <= code.from) {
		c.code = false // "number to send the code to"
	}
	if c.phone && other.phrase != nil && (right && phone.from < other.from || !right && other.from < phone.from) {
		c.phone = false // "account linked to your phone"
	}
	c.weak = c.code && !code.isSure()
	if c.callingCode && c.phone {
		c.callingCode = country.to >= phone.to // "phone country", rather than "country phone"
		c.phone = !c.callingCode
	}
	if c.code && c.phone {
		switch {
		case asks:
		case right:
			c.code = lastCode.from >= phone.from
		default:
			c.code = code.from <= phone.from || strings.TrimSpace(s.text[phone.to:max(phone.to, code.from)]) == ""
		}
		c.phone, c.weak = !c.code, false
	}
	return c
}

// anyCode has the kinds that name a code, one-time or not.
const anyCode = cueCode | cueLikely | cueGeneric

// isSure reports whether a cue names a one-time code and cannot mean a calling code.
func (h cue) isSure() bool { return h.kinds&(cueCode|cueLikely) != 0 && h.kinds&cueCountry == 0 }

// startsWithin reports whether h starts within a cue of these kinds.
func (s reading) startsWithin(h cue, kinds cueKind) bool {
	for _, o := range s.cues {
		if o.kinds&kinds != 0 && o.from <= h.from && h.from < o.to {
			return true
		}
	}
	return false
}

// within reports whether h lies within a longer cue of these kinds.
func (s reading) within(h cue, kinds cueKind) bool { return within(h, s.cues, kinds) }

// rightHeaded reports whether the main word of a name comes last in its language, as in
// "휴대폰 인증번호" (phone verification code).
func rightHeaded(text, lang string) bool {
	if lang, _, _ = strings.Cut(strings.ToLower(lang), "-"); slices.Contains([]string{"tr", "az", "uz", "kk", "ja", "ko", "zh", "hi", "ur", "fi", "et", "hu", "ka", "hy", "am"}, lang) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Devanagari, unicode.Bengali,
			unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Sinhala, unicode.Myanmar, unicode.Georgian, unicode.Armenian, unicode.Ethiopic)
	})
}

// segments returns the spans of the texts that foldParts joined.
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

// kindsIn returns the kinds of the cues within part.
func (s reading) kindsIn(part span) (kinds cueKind) {
	for _, h := range s.cues {
		if part.has(h) {
			kinds |= h.kinds
		}
	}
	return kinds
}

// isCountryPicker reports whether a picker chooses a country or its calling code.
func isCountryPicker(p Picker) bool {
	return p.Region != "" || isCallingCode(p.Text) || hasFlag(p.Text) ||
		slices.ContainsFunc(read(fold(p.Hints)).cues, func(h cue) bool { return h.kinds&cueCountry != 0 && h.kinds&anyCode == 0 })
}

// followsCallingCode reports whether the text just before a field is a calling code.
func (f Field) followsCallingCode() bool {
	return len(f.Before) > 0 && isCallingCode(f.Before[len(f.Before)-1])
}

// afterCallingCode reports whether a select of calling codes is before the field on its line.
func (p Page) afterCallingCode(at int) bool {
	before := p.narrowerBefore(at)
	return before != nil && before.Kind == Select && isCallingCodeSelect(*before)
}

// isCallingCodeFor reports whether the field at an index takes the calling code for the number
// field after it.
func (p Page) isCallingCodeFor(at int, list []purpose) bool {
	f := p.Fields[at]
	if f.Kind != Input || f.W >= 130 {
		return false
	}
	for i := at + 1; i < len(p.Fields); i++ {
		if o := p.Fields[i]; o.Visibility != Hidden {
			return list[i] == forPhone && o.Kind == Input && aligned(f.Y, o.Y) && o.W > f.W && len(strings.Map(onlyDigits, f.Value)) <= 4 && isCallingCodeInput(f)
		}
	}
	return false
}

// fitsNumber reports whether a field has room for a telephone number.
func (f Field) fitsNumber() bool { return f.MaxLength == 0 || f.MaxLength > maxBoxes }
