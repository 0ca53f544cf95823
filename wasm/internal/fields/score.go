package fields

import (
	"slices"
	"strconv"
	"strings"
)

// evidence is a sum of reasons for or against a field.
type evidence struct {
	score   int
	reasons []string
}

func (e *evidence) add(points int, reason string) {
	e.score += points
	e.reasons = append(e.reasons, strconv.Itoa(points)+" "+reason)
}

func (e *evidence) why() string { return strings.Join(e.reasons, ", ") }

const (
	enough = 35 // for a field that a person sees
	sure   = 75 // for one that is all but invisible
)

// context is what speaks of a field, from near to far.
type context struct {
	own, near, names, far string
}

// contextOf gathers the texts about one field, or about a group of boxes at once.
func contextOf(f Field) context {
	near := f.Placeholder
	if n := len(f.Before); n > 0 {
		near += " | " + f.Before[n-1]
	}
	far := f.Group + " | " + f.Heading
	if n := len(f.Before); n > 1 {
		far += " | " + strings.Join(f.Before[:n-1], " | ")
	}
	return context{
		own:   foldParts(f.Label, f.Description),
		near:  foldParts(near),
		names: foldParts(f.Name, f.ID, f.Hints),
		far:   foldParts(far),
	}
}

func foldParts(parts ...string) string {
	for i, p := range parts {
		parts[i] = fold(p)
	}
	return strings.Trim(strings.Join(parts, " | "), " |")
}

// speaks weighs one text: strong for a phrase that names a sent code, weak for any
// code, against for something else.
func (e *evidence) speaks(where, text string, strong, weak, against int) {
	phrase, isCode := words["code"].in(text)
	rest := text
	if isCode {
		rest = words["code"].without(text)
	}
	if other, isOther := words["against"].in(rest); isOther && against != 0 {
		e.add(-against, where+" says "+other)
		return
	}
	if isCode {
		e.add(strong, where+" says "+phrase)
		return
	}
	if phrase, ok := words["weak"].in(text); ok {
		e.add(weak, where+" says "+phrase)
	}
}

// about weighs all that is said about a field; page is what its page speaks of.
func about(f Field, page evidence) evidence {
	e := evidence{page.score, slices.Clone(page.reasons)}
	c := contextOf(f)
	switch autocomplete := strings.Fields(strings.ToLower(f.Autocomplete)); {
	case slices.Contains(autocomplete, "one-time-code"):
		e.add(100, "one-time-code")
	case len(autocomplete) > 0 && !slices.Contains([]string{"off", "on", "none", "nope", "false", "new-password", "one-time-password"}, autocomplete[len(autocomplete)-1]):
		e.add(-100, "autocomplete "+f.Autocomplete)
	}
	e.speaks("its label", c.own, 60, 25, 120)
	e.speaks("its name", c.names, 35, 15, 70)
	e.speaks("the text before it", c.near, 45, 20, 70)
	e.speaks("its part of the page", c.far, 25, 8, 30)
	for _, after := range f.After {
		if _, ok := words["resend"].in(fold(after)); ok {
			e.add(15, "sending again is offered beside it")
			break
		}
	}
	if f.InputMode == "numeric" || f.Type == "tel" || f.Type == "number" || strings.Contains(f.Pattern, "0-9") || strings.Contains(f.Pattern, `\d`) {
		e.add(8, "takes digits")
	}
	if strings.Contains(fold(f.Image), "captcha") || strings.Contains(c.names, "captcha") {
		e.add(-150, "a picture to be read")
	}
	if f.Focused {
		e.add(4, "has the keyboard")
	}
	if f.Value != "" {
		e.add(-10, "is filled already")
	}
	return e
}

// speaksOf is what the page as a whole speaks of.
func (p Page) speaksOf() evidence {
	var e evidence
	text := fold(p.Title + " | " + p.Text)
	if _, ok := words["code"].in(text); ok {
		e.add(8, "the page speaks of a code")
	}
	if _, ok := words["sms"].in(text); ok {
		e.add(5, "the page speaks of a message")
	}
	if _, ok := words["resend"].in(text); ok {
		e.add(6, "the page can send again")
	}
	return e
}
