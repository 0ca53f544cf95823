package fields

import (
	"cmp"
	"slices"
	"strings"
)

// neighbourhood is what the fields around one are for.
type neighbourhood struct{ card, place, password bool }

// weighing is how the evidence about one field comes together.
type weighing struct {
	Field
	context
	row  bool // a row of boxes, taken as one field
	by   neighbourhood
	page said // what its page speaks of
	evidence

	otc      bool // it is marked as one for codes
	sent     bool // its own texts say that something was sent
	sentNear bool // or those around do
	picture  bool // it may be one that is to be read
	wary     bool // what stands around is rather for something else
}

// weigh weighs all that is said about a field.
func (w weighing) weigh() evidence {
	w.marks()
	w.look()
	w.words()
	w.sending()
	w.others()
	w.shape()
	return w.evidence
}

func (w *weighing) marks() {
	auto := strings.Fields(strings.ToLower(w.Autocomplete))
	w.otc = slices.Contains(auto, "one-time-code")
	switch {
	case w.otc:
		w.named = true
		w.add(100, "one-time-code")
	case slices.ContainsFunc(auto, isOtherDetail):
		w.add(-100, "autocomplete "+w.Autocomplete)
	}
}

// look sees what the field stands among.
func (w *weighing) look() {
	w.sent = w.local()&(aSent|aResend) != 0
	after := w.beside.says&aResend != 0 || w.beside.says&aSent != 0 && w.beside.says&aMobile != 0   // newsletters are sent, too
	first := w.beside.says&aSend != 0 && (w.own.says|w.names.says|w.context.near.says)&anyCode != 0 // sent once somebody asks for it
	w.sentNear = w.sent || after || first || w.far.says&(aSent|aResend) != 0
	w.picture = w.Image != "" && !w.sentNear
	w.wary = !w.sent && (w.by.card || w.by.place || w.picture || w.by.password && !w.sentNear || w.far.says&(anAgainst|aChoose) != 0)
}

// words weighs the texts about the field, the nearer the more.
func (w *weighing) words() {
	w.speaks("its label", w.own, weights{60, 60, 22, 120, 90}, w.wary)
	names := weights{42, 30, 10, 70, 30}
	if w.Label+w.Placeholder != "" {
		names.doubt = names.weak // the label knows better
	}
	if w.own.says&aCode != 0 {
		names.against = 20
	}
	w.speaks("its name", w.names, names, w.wary)
	w.speaks("its class", w.hints, weights{15, 10, 0, 40, 0}, w.wary)
	before := weights{45, 45, 20, 30, 0}
	if w.short {
		before = weights{45, 45, 20, 80, 60}
	}
	w.speaks("the text before it", w.context.near, before, w.wary)
	w.speaks("its part of the page", w.far, weights{25, 25, 8, 30, 0}, w.wary)
}

// sending weighs what is said of something that was sent, or of somebody to be verified.
func (w *weighing) sending() {
	before := w.context.near
	bare := w.MaxLength > 0 && w.MaxLength <= maxBoxes && w.Label+w.Placeholder == "" && w.own.says == 0 && before.says&(anOther|anAgainst) == 0
	if w.hinted && (w.sentNear || w.row && !w.wary) || w.sent && (w.row || bare) {
		w.named = true
	}
	const some = aWeak | aDoubt
	calledCode := w.own.says&some != 0 || w.own.says == 0 && w.short && before.says&some != 0
	switch {
	case w.sent:
		w.add(28, "something was sent: "+cmp.Or(w.own.phrase(aSent|aResend), before.phrase(aSent|aResend)))
	case w.sentNear:
		w.add(24, "near by, something was sent: "+cmp.Or(w.far.phrase(aSent|aResend), w.beside.phrase(aSent|aResend|aSend)))
	case w.hinted && !w.wary && (w.far.says|before.says)&aVerify != 0 && calledCode:
		w.named = true
		w.add(22, "somebody is to be verified: "+cmp.Or(w.far.phrase(aVerify), before.phrase(aVerify)))
	case w.page.says&(aSent|aResend) != 0 && !w.wary:
		w.add(6, "the page speaks of something sent: "+w.page.phrase(aSent|aResend))
	}
	if w.beside.says&aResend != 0 || w.sentNear && w.beside.says&aSend != 0 {
		w.add(12, "sending is offered beside it")
	}
}

// others weighs what else the field could be for.
func (w *weighing) others() {
	before := w.context.near
	if w.by.card && !w.sent {
		w.add(-40, "stands among a card's fields")
	}
	if w.by.place && !w.sent {
		w.add(-20, "stands among the fields of an address")
	}
	if mail := w.local() | w.names.says; mail&anEmail != 0 && mail&(aPhone|aMobile) == 0 {
		w.add(-70, "the code goes to a letter box")
	}
	toRead := !w.sent && (read(fold(w.Image)).says|w.local())&aPicture != 0 || w.names.says&aPicture != 0 && w.Image != ""
	switch {
	case toRead:
		w.add(-150, "a picture is to be read")
	case w.picture:
		w.add(-25, "a picture stands beside it")
	}
	labels := w.own.says | w.names.says
	if (labels|before.says)&aTrap != 0 {
		w.add(never, "is to be left empty")
	}
	if w.otc && (labels&anOther != 0 || w.short && before.says&anOther != 0) && w.local()&(aCode|aDoubt|aWeak) == 0 {
		w.add(-80, "one-time-code only switches filling off")
	}
}

// shape weighs what the field takes, and what it holds.
func (w *weighing) shape() {
	if w.InputMode == "numeric" || w.Type == "tel" || w.Type == "number" || strings.Contains(w.Pattern, "0-9") || strings.Contains(w.Pattern, `\d`) {
		w.add(8, "takes digits")
	}
	if w.Type == "search" {
		w.add(-60, "searches")
	}
	if w.Type == "password" && !w.sent && !w.otc && w.context.around()&aCode == 0 {
		w.add(-20, "hides what is typed")
	}
	if w.Focused {
		w.add(4, "has the keyboard")
	}
	if typed(w.Field) {
		w.add(-12, "is filled already")
	}
}

// isOtherDetail reports the values of autocomplete that name something else. Any
// other value is there to switch it off.
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

// typed reports that a field holds something already.
func typed(f Field) bool {
	return strings.ContainsFunc(fold(f.Value), func(r rune) bool { return r != ' ' && r != '0' && r != '_' }) || f.Value == "•"
}

// around is what the fields beside one are for: those of its form, or a few to
// either side where there is none.
func (p Page) around(at int, read []context) neighbourhood {
	var n neighbourhood
	f := p.Fields[at]
	for i, o := range p.Fields {
		if i == at || o.Form != f.Form || o.Form == 0 && abs(i-at) > 8 || o.Visibility == Hidden {
			continue
		}
		c := read[i]
		auto := strings.ToLower(o.Autocomplete)
		near := c.near.says
		if !c.short || c.own.says != 0 {
			near = 0
		}
		if strings.Contains(auto, "cc-") || (c.own.says|c.names.says|near)&aCard != 0 {
			n.card = true
		}
		if o.Type == "password" && o.MaxLength != 1 {
			n.password = true
		}
		if strings.Contains(auto, "address") || strings.Contains(auto, "postal") || (c.own.says|c.names.says|near)&aPlace != 0 {
			n.place = true
		}
	}
	return n
}
