package fields

import (
	"slices"

	"github.com/logspanel/companion/shared/otp"
)

// Target is a field that a person chose.
type Target struct {
	page  Page
	field Field
}

// Origin returns the origin of the field's frame.
func (t Target) Origin() string { return t.page.Origin }

// FocusedTarget returns the usable field of a frame that has the keyboard focus.
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

// PlanCodeAt plans how to fill a code into the target, or into its row of boxes, whatever the
// evidence. The plan is empty if the row does not have the length of the code.
func PlanCodeAt(at Target, code string) Plan {
	formats := otp.Formats(code)
	format, ok := at.field.format(formats)
	if !ok {
		format = formats[0]
	}
	c, inRow := at.row(formats)
	if !inRow && boxRowLengths(at.page.Fields, func(int) bool { return true })[at.field.Ref] > 0 {
		return Plan{Why: "the boxes don't fit the code"}
	}
	if !inRow {
		c = codeCandidate{page: at.page, fields: []Field{at.field}, code: format, others: at.field.otherFormats(formats, format)}
	}
	c.add(0, "the person chose it")
	plan := c.plan()
	plan.Overwrites = slices.ContainsFunc(c.fields, hasValue)
	return plan
}

// row returns the row of boxes that the target is in, if it fits the code.
func (t Target) row(formats []string) (codeCandidate, bool) {
	for _, row := range t.page.rows(formats, t.page.purposes(t.page.contexts())) {
		if slices.ContainsFunc(row.fields, func(f Field) bool { return f.Ref == t.field.Ref }) {
			return row, true
		}
	}
	return codeCandidate{}, false
}

// PlanNumberAt plans how to fill a number into the target, whatever the evidence.
func PlanNumberAt(at Target, number PhoneNumber) Plan {
	i := slices.IndexFunc(at.page.Fields, func(f Field) bool { return f.Ref == at.field.Ref })
	p := phoneCandidate{page: at.page, at: i, fields: []Field{at.field}}
	p.add(0, "the person chose it")
	return p.plan(number)
}
