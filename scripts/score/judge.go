package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/logspanel/companion/scripts/browser"
)

// judge returns why an attempt is wrong, or "" if it is right.
func (p *page) judge(t task, a attempt, trace fillTrace) (string, error) {
	if len(a.FalseFills) > 0 {
		var fills []string
		for _, c := range a.FalseFills {
			fills = append(fills, fmt.Sprintf("%s from %q to %q", c.Field, c.From, c.To))
		}
		return "FALSE FILL: " + strings.Join(fills, ", "), nil
	}
	l, value := p.label, strings.Join(a.Values, "")
	switch {
	case len(trace.Pages) == 0:
		return "the extension could not reach the page", nil
	case t.purpose == noCodeTask:
		return "", nil
	case t.purpose == codeTask && l.Hard == trustedKeys:
		return p.judgeLeftEmpty(a)
	case trace.Plan == nil:
		return "no field was found", nil
	case a.PageState != nil:
		if t.purpose == codeTask && a.PageState.Accepted == l.Code || t.purpose == numberTask && a.PageState.Tel == l.Number {
			return "", nil
		}
	case t.purpose == numberTask:
		return p.judgeNumberFormat(value)
	case stripSeparators(value) == l.Code:
		return "", nil
	}
	reason := fmt.Sprintf("the fields hold %q", a.Values)
	if a.PageState != nil {
		reason += fmt.Sprintf(", and the page took the code %q and the number %q", a.PageState.Accepted, a.PageState.Tel)
	}
	if trace.Kept {
		return reason + "; the extension reports success", nil
	}
	return reason + "; the extension reports failure", nil
}

// judgeLeftEmpty judges a page that accepts only real keystrokes: nothing may stay in its
// fields, and the popup has to offer the code for copying.
func (p *page) judgeLeftEmpty(a attempt) (string, error) {
	if strings.Join(a.Values, "") != "" {
		return fmt.Sprintf("half-filled: %q", a.Values), nil
	}
	if err := p.showOrder(p.label.codeOrder()); err != nil {
		return "", err
	}
	offered, err := p.driver.hasElement(browser.Key("copy-code"))
	if err == nil && !offered {
		return "the code is not offered for copying", nil
	}
	return "", err
}

// judgeNumberFormat judges a number by the field's value, for a page that doesn't tell what
// it accepted. The number has to be international, or national beside the right country.
func (p *page) judgeNumberFormat(value string) (string, error) {
	l := p.label
	n, err := phonenumbers.Parse(l.Number, "")
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
	if all != phonenumbers.GetNationalSignificantNumber(n) && all != digits(phonenumbers.Format(n, phonenumbers.NATIONAL)) {
		return fmt.Sprintf("the field holds %q", value), nil
	}
	if l.Expect.TelCountry == "" {
		return "", nil
	}
	chosen, err := callJS[[]string](p.driver.inExtension, "values", p.tab, []string{l.Expect.TelCountry})
	if err != nil {
		return err.Error(), nil
	}
	name, err := callJS[string](p.driver.inExtension, "name", l.Country)
	if err != nil {
		return "", err
	}
	country := strings.ToLower(chosen[0])
	words := strings.FieldsFunc(country, func(r rune) bool { return strings.ContainsRune(" ()-+;,", r) })
	if slices.Contains(words, strconv.Itoa(int(n.GetCountryCode()))) || slices.Contains(words, strings.ToLower(l.Country)) || strings.Contains(country, strings.ToLower(name)) {
		return "", nil
	}
	return fmt.Sprintf("the number is right, but the country is %q", chosen[0]), nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// stripSeparators removes what pages put between the digits of a code.
func stripSeparators(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
