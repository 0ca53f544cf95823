package fields

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/otp"
)

// codeWeighing collects the evidence that one field takes a code.
type codeWeighing struct {
	Field
	context
	row        bool // whether it is a row of boxes, merged into one field
	neighbours neighbours
	page       reading // title and text of its page
	evidence

	oneTimeCode bool // whether it has autocomplete one-time-code
	sent        bool // whether its own texts say that something was sent
	sentNear    bool // whether those or the texts around it say so
	picture     bool // whether a picture next to it may be a captcha
	doubtful    bool // whether the fields and texts around it are for something else
}

// weigh returns the evidence.
func (w codeWeighing) weigh() evidence {
	w.weighAutocomplete()
	w.readSurroundings()
	w.weighTexts()
	w.weighSending()
	w.weighOtherUses()
	w.weighInput()
	return w.evidence
}

// weighAutocomplete weighs the autocomplete attribute.
func (w *codeWeighing) weighAutocomplete() {
	auto := strings.Fields(strings.ToLower(w.Autocomplete))
	w.oneTimeCode = slices.Contains(auto, "one-time-code")
	switch {
	case w.oneTimeCode:
		w.named = true
		w.add(100, "one-time-code")
	case slices.ContainsFunc(auto, isOtherDetail):
		w.add(-100, "autocomplete "+w.Autocomplete)
	}
}

// readSurroundings finds out what the texts and fields around this one are about.
func (w *codeWeighing) readSurroundings() {
	w.sent = w.local()&(cueSent|cueResend) != 0
	after := slices.ContainsFunc(w.nextTexts, func(text string) bool { return tellsOfMessage(text) && read(fold(text)).kinds&cueSend == 0 })
	after = after || len(w.nextTexts) > 0 && w.isHint(w.nextTexts[0])
	first := w.next.kinds&cueSend != 0 && (w.own.kinds|w.names.kinds|w.context.near.kinds)&anyCode != 0 // a button that sends the code
	w.sentNear = w.sent || after || first || slices.ContainsFunc(w.farTexts, tellsOfMessage)
	w.picture = w.Image != "" && !w.sentNear
	w.doubtful = !w.sent && (w.neighbours.card || w.neighbours.address || w.neighbours.otherCode && !w.sentNear || w.picture || w.neighbours.password && !w.sentNear || w.far.kinds&otherCodes != 0)
}

// weighTexts weighs the texts about the field, the nearer the more.
func (w *codeWeighing) weighTexts() {
	w.addText("its label", w.own, weights{60, 60, 22, 120, 90}, w.doubtful)
	names := weights{42, 30, 10, 70, 30}
	if w.Label+w.Placeholder != "" {
		names.doubt = names.weak // the label is more reliable
	}
	if w.own.kinds&cueCode != 0 {
		names.against = 20
	}
	if w.own.kinds&anyCode != 0 {
		names.other = 0 // such as "answer"
	}
	w.addText("its name", w.names, names, w.doubtful)
	w.addText("its class", w.hints, weights{15, 10, 0, 40, 0}, w.doubtful)
	near, before := w.context.near, weights{45, 45, 20, 30, 0}
	if w.short {
		before = weights{45, 45, 20, 80, 60}
	}
	if w.own.kinds&anyCode != 0 {
		before.against, before.other = 40, 0 // the label has named the field already
		near = near.without(cueCard)         // a bank shows the card that it checks a payment for
	}
	w.addText("the text before it", near, before, w.doubtful)
	w.addText("the text around it", w.far, weights{25, 25, 8, 30, 0}, w.doubtful)
}

// weighSending weighs texts which say that something was sent, or that somebody is verified.
func (w *codeWeighing) weighSending() {
	before := w.context.near
	bare := w.MaxLength > 0 && w.MaxLength <= maxBoxes && w.Label+w.Placeholder == "" && w.own.kinds == 0 && before.kinds&(cueOtherField|otherCodes) == 0
	switch {
	case w.hinted && w.sentNear, w.sent && (w.row || bare), w.sentNear && w.row && !w.doubtful:
		w.named = true
	case bare && w.MaxLength <= 6 && w.next.kinds&cueSend != 0:
		w.named = true // between "send code" and "check code"
	}
	if w.isMessageLabel() && !w.hinted && !strings.ContainsRune(w.own.text, ' ') {
		w.named = true
		w.add(22, "its label is "+w.own.text)
	}
	const some = cueGeneric | cueLikely
	calledCode := w.own.kinds&some != 0 || w.own.kinds == 0 && w.short && before.kinds&some != 0
	switch {
	case w.sent:
		w.add(28, "something was sent: "+cmp.Or(w.own.phrase(cueSent|cueResend), before.phrase(cueSent|cueResend)))
	case w.sentNear:
		w.add(24, "nearby, something was sent: "+cmp.Or(w.far.phrase(cueSent|cueResend), w.next.phrase(cueSent|cueResend|cueSend)))
	case w.hinted && !w.doubtful && (w.far.kinds|before.kinds)&cueVerify != 0 && calledCode:
		w.named = true
		w.add(22, "the page verifies somebody: "+cmp.Or(w.far.phrase(cueVerify), before.phrase(cueVerify)))
	case w.hinted && !w.doubtful && calledCode && w.speaksOfTelephone():
		w.named = true
		w.add(24, "a text before it mentions a telephone")
	case w.page.kinds&(cueSent|cueResend) != 0 && !w.doubtful:
		w.add(6, "the page mentions something sent: "+w.page.phrase(cueSent|cueResend))
	}
	if w.next.kinds&cueResend != 0 || w.sentNear && w.next.kinds&cueSend != 0 {
		w.add(20, "a button next to it sends something")
	}
}

// speaksOfTelephone reports whether a text before the field is about a code and a telephone, or
// shows a part of its number, as in "+234 803 ••• 67".
func (w *codeWeighing) speaksOfTelephone() bool {
	return slices.ContainsFunc(slices.Concat(w.nearTexts, w.farTexts), func(text string) bool {
		kinds := read(fold(text)).kinds
		return kinds&anyCode != 0 && kinds&(cuePhone|cueMobile) != 0 || hasMaskedNumber(text)
	})
}

// hasMaskedNumber reports whether a text shows a number of which some digits are hidden.
func hasMaskedNumber(text string) bool {
	hidden, shown := 0, 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("•*·●∗＊xX#", r):
			hidden++
		case unicode.IsDigit(r):
			shown++
		case strings.ContainsRune(" -()+.", r):
		default:
			hidden, shown = 0, 0
		}
		if hidden >= 2 && shown >= 2 {
			return true
		}
	}
	return false
}

// weighOtherUses weighs what else the field could be for.
func (w *codeWeighing) weighOtherUses() {
	before := w.context.near
	if w.neighbours.card && !w.sent {
		w.add(-40, "is among a card's fields")
	}
	if w.neighbours.address && !w.sent {
		w.add(-20, "is among the fields of an address")
	}
	if mail := w.local() | w.names.kinds; mail&cueEmail != 0 && mail&(cuePhone|cueMobile) == 0 {
		w.add(-70, "the code is sent by email")
	}
	toRead := !w.sent && (read(fold(w.Image)).kinds|w.local())&cueCaptcha != 0 || w.names.kinds&cueCaptcha != 0 && w.Image != ""
	switch {
	case toRead:
		w.add(-150, "the page asks to read a picture")
	case w.picture:
		w.add(-25, "a picture is next to it")
	}
	if n := w.askedDigits(); n > otp.MaxLength {
		w.add(-100, "asks for "+strconv.Itoa(n)+" digits")
	}
	labels := w.own.kinds | w.names.kinds
	if (labels|before.kinds)&cueHoneypot != 0 {
		w.add(ruledOut, "should be left empty")
	}
	if !w.row && w.labelledOtherwise() {
		w.add(-60, "its label says nothing of a code")
	}
	if w.oneTimeCode && (labels&cueOtherField != 0 || w.short && before.kinds&cueOtherField != 0) && w.local()&(cueCode|cueLikely|cueGeneric) == 0 {
		w.add(-80, "one-time-code is only there to switch autofill off")
	}
}

// askedDigits returns how many digits the label or the text before the field asks for, as in "ID
// number (16 digits)", or 0.
func (w *codeWeighing) askedDigits() int {
	for _, s := range []reading{w.own, w.context.near} {
		for _, h := range s.cues {
			before := strings.Fields(s.text[:h.from])
			if h.kinds&cueGeneric == 0 || len(before) == 0 {
				continue
			}
			if n, err := strconv.Atoi(before[len(before)-1]); err == nil && n < 40 {
				return n
			}
		}
	}
	return 0
}

// labelledOtherwise reports whether the field has a label that says nothing of a code, or of
// somebody's check. In a language that words.txt lacks, that is all that can be known of it.
func (w *codeWeighing) labelledOtherwise() bool {
	const ofCode = anyCode | cueResend | cueSend | cueEnter | cueEnterIt | cueVerify | cueAnnounce
	return w.own.kinds&ofCode == 0 && !w.isMessageLabel() && hasWord(w.own.text)
}

// isMessageLabel reports whether the label names a text message, as "SMS" alone does, or says
// that something was sent in one.
func (w *codeWeighing) isMessageLabel() bool {
	named, sent := w.own.ofMessage()
	return named && (sent || strings.Count(w.own.text, " ") < 2)
}

// hasWord reports whether a text has a word, rather than only an example such as "xxx-xxx".
func hasWord(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && r != 'x' })
}

// weighInput weighs what the field takes, and what it contains.
func (w *codeWeighing) weighInput() {
	if w.takesDigits() {
		w.add(8, "takes digits")
	}
	if w.Type == "search" || (w.own.kinds|w.names.kinds)&cueSearch != 0 {
		w.add(-100, "searches")
	}
	if w.Type == "password" && !w.sent && !w.oneTimeCode && w.all()&cueCode == 0 {
		w.add(-20, "hides what is typed")
	}
	if w.Focused {
		w.add(4, "has the focus")
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(w.Value)); {
	case !hasValue(w.Field):
	case !w.row && n < minBoxes && w.Value != "•":
		w.add(-100, "holds something shorter than a code")
	default:
		w.add(-12, "is already filled")
	}
}

// takesDigits reports whether a field asks the keyboard for digits, or accepts nothing else.
func (f Field) takesDigits() bool {
	return f.InputMode == "numeric" || f.InputMode == "tel" || f.Type == "tel" || f.Type == "number" || strings.Contains(f.Pattern, "0-9") || strings.Contains(f.Pattern, `\d`)
}

// isOtherDetail reports whether an autocomplete token names something other than a code. Sites
// use unknown tokens to switch autofill off, so these say nothing.
func isOtherDetail(token string) bool {
	switch token {
	case "email", "username", "current-password", "name", "nickname", "country", "country-name", "language", "sex", "url", "photo", "impp",
		"organization", "organization-title", "street-address", "zip", "postal-code":
		return true
	}
	for _, start := range []string{"cc-", "tel", "bday", "address-", "given-", "family-", "additional-", "honorific-", "transaction-"} {
		if strings.HasPrefix(token, start) {
			return true
		}
	}
	return false
}

// hasValue reports whether a field contains more than blanks and zeros.
func hasValue(f Field) bool {
	return strings.ContainsFunc(fold(f.Value), func(r rune) bool { return r != ' ' && r != '0' && r != '_' }) || f.Value == "•"
}
