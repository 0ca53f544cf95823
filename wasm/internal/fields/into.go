package fields

import (
	"slices"

	"github.com/logspanel/companion/shared/otp"
)

// Place is one field of one frame.
type Place struct {
	page  Page
	field Field
}

// Origin is that of the frame.
func (p Place) Origin() string { return p.page.Origin }

// Pointed is the field of a frame that has the keyboard.
func Pointed(pages []Page, frame int) (Place, bool) {
	for _, p := range pages {
		for _, f := range p.Fields {
			if p.Frame == frame && f.Focused && f.usable() {
				return Place{p, f}, true
			}
		}
	}
	return Place{}, false
}

// CodeInto plans how to fill a code into a place, or into the row of boxes that it
// stands in, whatever else the page may have. Where those boxes don't fit the code,
// nothing does.
func CodeInto(at Place, code string) Plan {
	forms := otp.Formats(code)
	form, ok := at.field.form(forms)
	if !ok {
		form = forms[0]
	}
	c, inRow := at.row(forms)
	if !inRow && ranks(at.page.Fields, func(int) bool { return true })[at.field.Ref] > 0 {
		return Plan{Why: "the boxes don't fit the code"}
	}
	if !inRow {
		c = candidate{frame: at.page.Frame, fields: []Field{at.field}, code: form, others: at.field.otherForms(forms, form)}
	}
	c.add(0, "the person's word")
	plan := c.plan()
	plan.Overwrites = slices.ContainsFunc(c.fields, typed)
	return plan
}

// row is the row of boxes that the place is one of.
func (p Place) row(forms []string) (candidate, bool) {
	for _, row := range p.page.rows(forms, p.page.meanings(p.page.contexts())) {
		if slices.ContainsFunc(row.fields, func(f Field) bool { return f.Ref == p.field.Ref }) {
			return row, true
		}
	}
	return candidate{}, false
}

// NumberInto plans how to fill a number into a place.
func NumberInto(at Place, number Phone) Plan {
	i := slices.IndexFunc(at.page.Fields, func(f Field) bool { return f.Ref == at.field.Ref })
	p := place{page: at.page, at: i, fields: []Field{at.field}}
	p.add(0, "the person's word")
	return p.plan(number)
}
