package fields

import (
	"slices"
	"strings"
)

// request is what the page asks for in a field or a row of boxes, and the phrase that says so.
type request struct {
	wanted Wanted
	phrase string
	weak   bool // whether another thing is only named, as a summary of an order does
}

// requestIn reads what a page asks for at a place. The nearest sentence that tells where the
// thing comes from decides: a label "Code" below "Open your authenticator app" is for the
// app's code, even on a page that sends messages elsewhere. Texts after the field often offer
// other ways, so of these only an offer to send the code again counts. A text that names
// another thing, as a summary of an order does, counts only where nothing tells of a message,
// and a QR code, which sets up an app, or a thing that has a code of its own only where nothing
// tells at all.
func (p Page) requestIn(c context) request {
	if r := readRequest(c.ownTexts); r.wanted != "" {
		return r
	}
	near := slices.Clone(c.nearTexts)
	slices.Reverse(near)
	beside := readRequest(near)
	if beside.wanted != "" && !beside.weak {
		return beside
	}
	if phrase := c.names.phrase(cueApp | cueRecovery); phrase != "" {
		return c.names.requestOf(span{0, len(c.names.text)}, false)
	}
	for i, text := range c.nextTexts {
		if tellsOfMessage(text) || i == 0 && c.isHint(text) {
			s := read(fold(text))
			return request{wanted: WantsCode, phrase: s.phrase(cueResend | cueSend | cueSent)}
		}
	}
	if beside.wanted != "" {
		return beside
	}
	far := slices.Clone(c.farTexts)
	slices.Reverse(far)
	if r := readRequest(far); r.wanted != "" {
		return r
	}
	if r := readRequest([]string{p.Title, p.Text}); r.wanted != "" && !r.weak {
		return r
	}
	if p.QRCode {
		return request{wanted: WantsAppCode, phrase: "a QR code"}
	}
	for _, s := range []reading{c.own, c.near, c.far} {
		if topic := s.phrase(cueTopic); topic != "" {
			return request{wanted: WantsOtherCode, phrase: topic}
		}
	}
	return request{}
}

// ruleOutOtherRequests rules a candidate out if the page asks for anything but a code that a
// message brings.
func (c *codeCandidate) ruleOutOtherRequests() {
	if c.score < minScore {
		return
	}
	c.request = c.page.requestIn(c.around)
	if c.request.isForOther() {
		c.add(ruledOut, "the page wants "+string(c.request.wanted)+": "+c.request.phrase)
	}
}

func (r request) isForOther() bool { return r.wanted != "" && r.wanted != WantsCode }

// wantedInsteadOfCode returns what the pages ask for instead of a code that a message brings: as
// the best of the candidates tells, or a telephone number, or else as the first field tells.
func wantedInsteadOfCode(pages []Page, all []codeCandidate) Wanted {
	for _, c := range all {
		if c.request.isForOther() {
			return c.request.wanted
		}
	}
	if slices.ContainsFunc(pages, Page.wantsNumber) {
		return WantsNumber
	}
	for _, p := range pages {
		for _, f := range p.Fields[:min(len(p.Fields), maxAsked)] {
			if f.Kind == Select || !f.usable() {
				continue
			}
			if r := p.requestIn(contextOf(f)); r.isForOther() {
				return r.wanted
			}
		}
	}
	return ""
}

// maxAsked is how many of a page's fields are read for what it wants when none fits. A longer
// form asks for many things.
const maxAsked = 12

// wantsNumber reports whether a field of the page is for a telephone number.
func (p Page) wantsNumber() bool {
	contexts := p.contexts()
	for i, purpose := range p.purposes(contexts) {
		if e, ok := weighPhone(p.Fields[i], contexts[i], purpose); ok && e.score >= minPhoneScore {
			return true
		}
	}
	return false
}

// wantedInsteadOfNumber returns what pages without a field for a telephone number ask for.
func wantedInsteadOfNumber(pages []Page) Wanted {
	const anyOfCommonLength = "000000"
	return PlanCode(pages, anyOfCommonLength).Wants
}

// isHint reports whether the text just below a field that is labelled a code says how it comes,
// as in "by SMS".
func (c context) isHint(text string) bool {
	return c.own.kinds&anyCode != 0 && read(fold(text)).kinds&cueSent != 0
}

// tellsOfMessage reports whether a text that stands apart from a field tells of a message with a
// code. One that only names messages, such as "Text of the SMS", does not.
func tellsOfMessage(text string) bool {
	s := read(fold(text))
	named, sent := s.ofMessage()
	switch {
	case s.kinds&(cueResend|cueSend) != 0 || named && sent:
		return true
	case named || sent:
		return s.kinds&(anyCode|cueVerify) != 0 || hasMaskedNumber(text)
	}
	return false
}

// ofMessage reports whether a text names a text message, and whether it says that something was
// sent.
func (s reading) ofMessage() (named, sent bool) {
	for _, h := range s.cues {
		if h.kinds&cueSent == 0 {
			continue
		}
		if h.kinds&cueMobile != 0 {
			named = true
		} else {
			sent = true
		}
	}
	return named, sent
}

// readRequest returns the request of the first text that has one, and in it of the last sentence.
func readRequest(texts []string) request {
	for _, text := range texts {
		s := read(fold(text))
		if s.kinds == 0 {
			continue
		}
		spans := sentences([]string{text})
		for _, sentence := range slices.Backward(spans) {
			if r := s.requestOf(sentence, showsAddress(text)); r.wanted != "" {
				return r
			}
		}
	}
	return request{}
}

// showsAddress reports whether a text shows an email address, or what is left of one with some
// letters hidden.
func showsAddress(text string) bool {
	_, domain, found := strings.Cut(text, "@")
	return found && strings.Contains(domain, ".")
}

// requestOf returns what one sentence asks for. byEmail says that an email address is shown
// with it.
func (s reading) requestOf(sentence span, byEmail bool) request {
	kinds := s.kindsIn(sentence)
	if byEmail {
		kinds |= cueEmail
	}
	const telephone = cuePhone | cueMobile
	sent := kinds&(cueSent|cueResend|cueSend) != 0
	onPhone := sent && kinds&telephone != 0
	switch {
	case kinds&cueRecovery != 0 && !onPhone:
		return s.request(WantsRecoveryCode, sentence, cueRecovery)
	case kinds&cueApp != 0 && !onPhone:
		return s.request(WantsAppCode, sentence, cueApp)
	case kinds&cuePersonal != 0 && (!sent || kinds&cueAnnounce != 0):
		return s.request(WantsPersonalNumber, sentence, cuePersonal)
	case kinds&cueEmail != 0 && kinds&telephone == 0 && (sent || kinds&anyCode != 0):
		return s.request(WantsOtherCode, sentence, cueEmail)
	case sent:
		return s.request(WantsCode, sentence, cueSent|cueResend|cueSend)
	case kinds&cueLastDigits != 0:
		return s.request(WantsLastDigits, sentence, cueLastDigits)
	case kinds&(cuePIN|cueNewPIN) != 0:
		return s.request(WantsPIN, sentence, cuePIN|cueNewPIN)
	case kinds&cueCaptcha != 0:
		return s.request(WantsCaptcha, sentence, cueCaptcha)
	case kinds&(cueOtherCode|cueCard) != 0:
		r := s.request(WantsOtherCode, sentence, cueOtherCode|cueCard)
		r.weak = true
		return r
	}
	return request{}
}

// request returns a request with the first phrase of these kinds in the sentence.
func (s reading) request(wanted Wanted, sentence span, kinds cueKind) request {
	for _, h := range s.cues {
		if sentence.has(h) && h.kinds&kinds != 0 {
			return request{wanted: wanted, phrase: h.text}
		}
	}
	return request{wanted: wanted}
}
