package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/shared/phone"
)

// judge says what is wrong with an attempt, and nothing where it is right.
func (p *page) judge(t task, a attempt, done round) (string, error) {
	if len(a.FalseFills) > 0 {
		var said []string
		for _, c := range a.FalseFills {
			said = append(said, fmt.Sprintf("%s from %q to %q", c.Field, c.From, c.To))
		}
		return "FALSE FILL: " + strings.Join(said, ", "), nil
	}
	l, value := p.label, strings.Join(a.Values, "")
	switch {
	case len(done.Pages) == 0:
		return "the extension could not reach the page", nil
	case t.what == codeStray:
		return "", nil
	case t.what == codeWanted && l.Hard == trustedKeys:
		return p.leftClean(a)
	case done.Plan == nil:
		return "no field was found", nil
	case a.Taken != nil:
		if t.what == codeWanted && a.Taken.Accepted == l.Code || t.what == numberTask && a.Taken.Tel == l.Number {
			return "", nil
		}
	case t.what == numberTask:
		return p.spelling(value)
	case plain(value) == l.Code:
		return "", nil
	}
	reason := fmt.Sprintf("the fields hold %q", a.Values)
	if a.Taken != nil {
		reason += fmt.Sprintf(", and the page took the code %q and the number %q", a.Taken.Accepted, a.Taken.Tel)
	}
	if done.Kept {
		return reason + "; the companion thinks that it was kept", nil
	}
	return reason + "; the companion says that it was not kept", nil
}

// leftClean judges a page that takes real keys alone: nothing stays in it, and the person
// can copy the code.
func (p *page) leftClean(a attempt) (string, error) {
	if strings.Join(a.Values, "") != "" {
		return fmt.Sprintf("half-filled: %q", a.Values), nil
	}
	if err := p.open(p.label.codeOrder()); err != nil {
		return "", err
	}
	offered, err := p.world.has(browser.Key("copy-code"))
	if err == nil && !offered {
		return "the code is not offered for copying", nil
	}
	return "", err
}

// spelling judges a number where the page does not tell what it made of it: it has to be
// international, or national beside the right country.
func (p *page) spelling(value string) (string, error) {
	l := p.label
	n, err := phone.Parse(l.Number, "")
	if err != nil {
		return "", err
	}
	all := digits(value)
	abroad, dialled := strings.CutPrefix(all, "00")
	if dialled || strings.HasPrefix(strings.TrimSpace(value), "+") {
		if abroad == digits(l.Number) {
			return "", nil
		}
		return fmt.Sprintf("the field holds %q", value), nil
	}
	if all != n.National && all != "0"+n.National {
		return fmt.Sprintf("the field holds %q", value), nil
	}
	if l.Expect.TelCountry == "" {
		return "", nil
	}
	chosen, err := ask[[]string](p.world.desk, "values", p.tab, []string{l.Expect.TelCountry})
	if err != nil {
		return err.Error(), nil
	}
	name, err := ask[string](p.world.desk, "name", l.Country)
	if err != nil {
		return "", err
	}
	country := strings.ToLower(chosen[0])
	words := strings.FieldsFunc(country, func(r rune) bool { return strings.ContainsRune(" ()-+;,", r) })
	if slices.Contains(words, n.CallingCode) || slices.Contains(words, strings.ToLower(l.Country)) || strings.Contains(country, strings.ToLower(name)) {
		return "", nil
	}
	return fmt.Sprintf("the number is there, and the country is %q", chosen[0]), nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// plain drops what a page puts between the parts of a code.
func plain(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
