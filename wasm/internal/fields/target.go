package fields

import (
	"slices"

	"github.com/logspanel/companion/shared/otp"
)

// Target is one field of one frame.
type Target struct {
	page  Page
	field Field
}

// Origin is that of the frame.
func (p Target) Origin() string { return p.page.Origin }

// FocusedTarget is the field of a frame that has the keyboard.
func FocusedTarget(pages []Page, frame int) (Target, bool) {
	for _, p := range pages {
		for _, f := range p.Fields {
			if p.Frame == frame && f.Focused && f.usable() {
				return Target{p, f}, true
			}
		}
	}
	return Target{}, false
}

// PlanCodeAt plans how to fill a code into a place, or into the row of boxes that it
// stands in, whatever else the page may have. Where those boxes don't fit the code,
// nothing does.
func PlanCodeAt(at Target, code string) Plan {
	forms := otp.Formats(code)
	form, ok := at.field.form(forms)
	if !ok {
		form = forms[0]
	}
	c, inRow := at.row(forms)
	if !inRow && boxRowLengths(at.page.Fields, func(int) bool { return true })[at.field.Ref] > 0 {
		return Plan{Why: "the boxes don't fit the code"}
	}
	if !inRow {
		c = codeCandidate{frame: at.page.Frame, fields: []Field{at.field}, code: form, others: at.field.otherFormats(forms, form)}
	}
	c.add(0, "the person's word")
	plan := c.plan()
	plan.Overwrites = slices.ContainsFunc(c.fields, hasValue)
	return plan
}

// row is the row of boxes that the place is one of.
func (p Target) row(forms []string) (codeCandidate, bool) {
	for _, row := range p.page.rows(forms, p.page.purposes(p.page.contexts())) {
		if slices.ContainsFunc(row.fields, func(f Field) bool { return f.Ref == p.field.Ref }) {
			return row, true
		}
	}
	return codeCandidate{}, false
}

// PlanNumberAt plans how to fill a number into a place.
func PlanNumberAt(at Target, number PhoneNumber) Plan {
	i := slices.IndexFunc(at.page.Fields, func(f Field) bool { return f.Ref == at.field.Ref })
	p := phoneCandidate{page: at.page, at: i, fields: []Field{at.field}}
	p.add(0, "the person's word")
	return p.plan(number)
}
