package fields

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// evidence is a sum of reasons for or against a field.
type evidence struct {
	score   int
	reasons []string
	named   bool // something says that a code goes there
	hinted  bool // something says that a code of some kind does
}

func (e *evidence) add(points int, reason string) {
	e.score += points
	e.reasons = append(e.reasons, strconv.Itoa(points)+" "+reason)
}

func (e *evidence) why() string { return strings.Join(e.reasons, ", ") }

const (
	enough = 40 // for a field that a person sees
	sure   = 60 // for one that is all but invisible
	never  = -200
)

// label is the longest text that names a field rather than telling a story.
const label = 48

// context is what speaks of a field, from near to far.
type context struct {
	own    said // its label and placeholder
	names  said // its name and id
	hints  said // its class and other attributes
	near   said // its description and the texts just before it
	far    said // its group, heading and the texts before those
	beside said // the texts after it and the buttons beside it
	short  bool // near is a label rather than a story
	asked  string
}

// contextOf gathers the texts about one field.
func contextOf(f Field) context {
	own := foldParts(f.Label, f.Placeholder)
	var before []string
	for _, text := range f.Before {
		if text = fold(text); text != "" && !strings.Contains(own, text) {
			before = append(before, text)
		}
	}
	split := max(0, len(before)-2)
	near := foldParts(append([]string{f.Description}, before[split:]...)...)
	far := foldParts(append([]string{f.Group, f.Heading}, before[:split]...)...)
	return context{
		own: read(own), near: read(near), far: read(far),
		names:  read(foldParts(f.Name, f.ID)),
		hints:  read(foldParts(f.Hints)),
		beside: read(foldParts(append(slices.Clone(f.After), f.Buttons...)...)),
		short:  len([]rune(near)) <= label,
		asked:  strings.Trim(own+" | "+near, " |"),
	}
}

func foldParts(parts ...string) string {
	var folded []string
	for _, p := range parts {
		if p = fold(p); p != "" {
			folded = append(folded, p)
		}
	}
	return strings.Join(folded, " | ")
}

// local are the texts about the field itself.
func (c context) local() section { return c.own.says | c.near.says }

// around are all texts about the field and those beside it.
func (c context) around() section { return c.local() | c.far.says | c.beside.says }

// weights are the points for what one text says.
type weights struct{ code, doubt, weak, against, other int }

// speaks weighs one text: for a phrase that names a sent code, less for any code,
// against for something else.
func (e *evidence) speaks(where string, text said, w weights, wary bool) {
	isOther := text.says&(anAgainst|aChoose) != 0
	if isOther {
		e.add(-w.against, where+" says "+text.phrase(anAgainst|aChoose))
	}
	switch {
	case text.says&aCode != 0:
		e.named = true
		e.add(w.code, where+" says "+text.phrase(aCode))
	case isOther:
	case text.says&aDoubt != 0 && !wary && w.doubt > w.weak:
		e.named = true
		e.add(w.doubt, where+" says "+text.phrase(aDoubt))
	case text.says&anOther != 0 && text.says&aSent == 0 && w.other > 0:
		e.add(-w.other, where+" says "+text.phrase(anOther))
	case text.says&(aWeak|aDoubt) != 0:
		e.hinted = true
		e.add(w.weak, where+" says "+text.phrase(aWeak|aDoubt))
	}
}

// neighbourhood is what the fields around one are for.
type neighbourhood struct{ card, place, password bool }

// about weighs all that is said about a field, or a row of boxes as one; page is what
// its page speaks of.
func about(f Field, row bool, by neighbourhood, page said) evidence {
	var e evidence
	c := contextOf(f)
	auto := strings.Fields(strings.ToLower(f.Autocomplete))
	otc := slices.Contains(auto, "one-time-code")
	switch {
	case otc:
		e.named = true
		e.add(100, "one-time-code")
	case slices.ContainsFunc(auto, isOtherDetail):
		e.add(-100, "autocomplete "+f.Autocomplete)
	}

	sent := c.local()&(aSent|aResend) != 0
	after := c.beside.says&aResend != 0 || c.beside.says&aSent != 0 && c.beside.says&aMobile != 0 // newsletters are sent, too
	near := sent || after || c.far.says&(aSent|aResend) != 0
	picture := f.Image != "" && !near
	wary := (by.card || by.place || picture || by.password && !near || c.far.says&(anAgainst|aChoose) != 0) && !sent
	e.speaks("its label", c.own, weights{60, 60, 22, 120, 90}, wary)
	names := weights{42, 30, 10, 70, 30}
	if f.Label+f.Placeholder != "" {
		names.doubt = names.weak // the label knows better
	}
	if c.own.says&aCode != 0 {
		names.against = 20
	}
	e.speaks("its name", c.names, names, wary)
	e.speaks("its class", c.hints, weights{15, 10, 0, 40, 0}, wary)
	w := weights{45, 45, 20, 30, 0}
	if c.short {
		w = weights{45, 45, 20, 80, 60}
	}
	e.speaks("the text before it", c.near, w, wary)
	e.speaks("its part of the page", c.far, weights{25, 25, 8, 30, 0}, wary)

	if e.hinted && (near || row && !wary) || row && sent || sent && f.MaxLength > 0 && f.MaxLength <= maxBoxes && f.Label == "" && f.Placeholder == "" && c.own.says == 0 && c.near.says&(anOther|anAgainst) == 0 {
		e.named = true
	}
	switch {
	case sent:
		e.add(28, "something was sent: "+cmp.Or(c.own.phrase(aSent|aResend), c.near.phrase(aSent|aResend)))
	case near:
		e.add(24, "near by, something was sent: "+cmp.Or(c.far.phrase(aSent|aResend), c.beside.phrase(aSent|aResend)))
	case e.hinted && !wary && (c.far.says|c.near.says)&aVerify != 0 && (c.own.says&(aWeak|aDoubt) != 0 || c.own.says == 0 && c.short && c.near.says&(aWeak|aDoubt) != 0):
		e.named = true
		e.add(22, "somebody is to be verified: "+cmp.Or(c.far.phrase(aVerify), c.near.phrase(aVerify)))
	case page.says&(aSent|aResend) != 0 && !wary:
		e.add(6, "the page speaks of something sent: "+page.phrase(aSent|aResend))
	}
	if c.beside.says&aResend != 0 {
		e.add(12, "sending again is offered beside it")
	}
	if by.card && !sent {
		e.add(-40, "stands among a card's fields")
	}
	if by.place && !sent {
		e.add(-20, "stands among the fields of an address")
	}
	if mail := c.local() | c.names.says; mail&anEmail != 0 && mail&(aPhone|aMobile) == 0 {
		e.add(-70, "the code goes to a letter box")
	}
	image := read(fold(f.Image))
	if image.says&aPicture != 0 && !sent || (c.own.says|c.near.says)&aPicture != 0 && !sent || c.names.says&aPicture != 0 && f.Image != "" {
		e.add(-150, "a picture is to be read")
	} else if picture {
		e.add(-25, "a picture stands beside it")
	}
	if (c.own.says|c.names.says|c.near.says)&aTrap != 0 {
		e.add(never, "is to be left empty")
	}
	if labels := c.own.says | c.names.says; otc && (labels&anOther != 0 || c.short && c.near.says&anOther != 0) && c.local()&(aCode|aDoubt|aWeak) == 0 {
		e.add(-80, "one-time-code only switches filling off")
	}
	if f.InputMode == "numeric" || f.Type == "tel" || f.Type == "number" || strings.Contains(f.Pattern, "0-9") || strings.Contains(f.Pattern, `\d`) {
		e.add(8, "takes digits")
	}
	if f.Type == "search" {
		e.add(-60, "searches")
	}
	if f.Type == "password" && !sent && !otc && c.around()&aCode == 0 {
		e.add(-20, "hides what is typed")
	}
	if f.Focused {
		e.add(4, "has the keyboard")
	}
	if typed(f) {
		e.add(-12, "is filled already")
	}
	return e
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
