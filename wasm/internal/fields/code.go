package fields

import (
	"cmp"
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// candidate is where a code could go, with the reasons.
type candidate struct {
	frame  int
	fields []Field
	code   string   // as these fields take it
	others []string // as they may take it instead
	evidence
}

const (
	// margin is how far the best place has to be ahead of the next, unless it is
	// beyond doubt.
	margin    = 6
	certain   = 80
	debugging = 5 // the best few that a plan tells of
)

// Code plans how to fill a code, as it was received in writing, over a tab's frames:
// the one best place, if the evidence for it is good enough, or none.
func Code(pages []Page, code string) Plan {
	if code == "" {
		return Plan{Why: "there is no code"}
	}
	var all []candidate
	for _, p := range pages {
		all = append(all, p.candidates(code)...)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	none := func(why string) Plan { return Plan{Why: why, Considered: considered(all)} }
	if len(all) == 0 {
		return none("no field could take the code")
	}
	best := all[0]
	need := enough
	if best.fields[0].Visibility == Faint {
		need = sure
	}
	switch {
	case best.score < need:
		return none("no field fits well enough: " + best.why())
	case !best.named:
		return none("nothing says that a code goes there: " + best.why())
	case len(all) > 1 && best.score < certain && best.score-all[1].score < margin && !sameField(best, all[1]):
		return none("two places fit alike: " + best.why() + "; " + all[1].why())
	}
	plan := best.plan()
	plan.Considered = considered(all)
	plan.Overwrites = slices.ContainsFunc(best.fields, typed)
	return plan
}

// sameField reports that two places share a field.
func sameField(a, b candidate) bool {
	return a.frame == b.frame && slices.ContainsFunc(a.fields, func(f Field) bool {
		return slices.ContainsFunc(b.fields, func(o Field) bool { return o.Ref == f.Ref })
	})
}

func considered(all []candidate) []Considered {
	var list []Considered
	for _, c := range all[:min(len(all), debugging)] {
		list = append(list, c.considered(c.frame, c.fields))
	}
	return list
}

func (p Page) candidates(code string) []candidate {
	var list []candidate
	forms := otp.Formats(code)
	contexts := p.contexts()
	means := p.meanings(contexts)
	rows := p.rows(forms, means)
	inRow := map[int]bool{}
	for _, row := range rows {
		for _, f := range row.fields {
			inRow[f.Ref] = true
		}
	}
	page := read(foldParts(p.Title, p.Text))
	for _, row := range rows {
		first := row.fields[0]
		at := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Ref == first.Ref })
		whole := merge(row.fields)
		e := weighing{Field: whole, context: contextOf(whole), row: true, by: p.around(at, contexts), page: page}.weigh()
		e.add(25, "a row of boxes as long as the code")
		if !e.named && page.says&(aCode|aDoubt) != 0 {
			e.named = true
			e.add(10, "the page says "+page.phrase(aCode|aDoubt))
		}
		if len(rows) > 1 {
			e.add(-35, "is one of several rows")
		}
		if first.AriaHidden {
			e.add(-45, "is kept from people")
		}
		row.evidence = e
		list = append(list, row)
	}
	ranks := ranks(p.Fields, mayBeBox(means))
	for i, f := range p.Fields {
		form, takes := f.form(forms)
		if inRow[f.Ref] || ranks[f.Ref] > 0 || !takes {
			continue
		}
		e := p.weigh(i, contexts, means[i], page)
		switch n := len([]rune(form)); {
		case f.MaxLength == n:
			e.add(12, "takes as many characters as the code has")
		case f.MaxLength > n && f.MaxLength <= maxBoxes:
			e.add(5, "takes a few characters")
		case f.MaxLength > 40:
			e.add(-5, "takes a long text")
		}
		if f.AriaHidden || f.Unfocusable {
			e.add(-15, "is kept from people")
			if f.Visibility == Faint && f.MaxLength == 0 && f.InputMode == "" {
				e.add(-40, "looks like a trap")
			}
		}
		list = append(list, candidate{p.Frame, []Field{f}, form, f.otherForms(forms, form), e})
	}
	return list
}

// weigh weighs a field for a code against what else it may be.
func (p Page) weigh(at int, contexts []context, means meaning, page said) evidence {
	f, c := p.Fields[at], contexts[at]
	if means == unclear && f.roomy() {
		c = c.withoutPromises()
	}
	e := weighing{Field: f, context: c, by: p.around(at, contexts), page: page}.weigh()
	switch means {
	case forPhone:
		e.add(never, "is for a telephone number")
	case forDialing:
		e.add(never, "is for a country or its calling code")
	case conflicting:
		e.add(never, "is for a number as much as for a code")
	case unclear:
		if phone, ok := aboutPhone(f, means); ok && phone.score >= enoughPhone && phone.score >= e.score {
			e.add(never, "is rather for a telephone number: "+phone.why())
		}
	}
	return e
}

// mayBeBox leaves out what is for something else, such as the pieces of a number.
func mayBeBox(means []meaning) func(i int) bool {
	return func(i int) bool { return means[i] == unclear || means[i] == forCode }
}

// rows are the rows of boxes that are as long as a code in one of its forms.
func (p Page) rows(forms []string, means []meaning) []candidate {
	var list []candidate
	for _, form := range forms {
		if strings.ContainsFunc(form, otp.IsSeparator) {
			continue
		}
		for _, row := range boxes(p.Fields, len([]rune(form)), mayBeBox(means)) {
			list = append(list, candidate{frame: p.Frame, fields: row, code: form})
		}
	}
	return list
}

// takes reports whether a field could hold the whole code.
func (f *Field) takes(code string) bool {
	if !f.usable() || f.Kind == Select || f.MaxLength != 0 && f.MaxLength < len([]rune(code)) {
		return false
	}
	if f.Visibility == Shown && f.MaxLength == 0 && f.W < letter*len([]rune(code)) {
		return false // it is a box, if anything
	}
	if f.Kind == Editable {
		return f.W < 500 && f.H < 100
	}
	digits := textnorm.AllDigits(code)
	switch f.Type {
	case "", "text", "password", "search":
		return digits || f.InputMode != "numeric"
	case "tel", "number":
		return digits
	}
	return false
}

func (c candidate) plan() Plan {
	plan := Plan{Frame: c.frame, Why: c.why()}
	if len(c.fields) == 1 {
		plan.Steps = []Step{{Ref: c.fields[0].Ref, Value: c.code, Else: c.others, Option: -1}}
		return plan
	}
	plan.Whole = c.code
	for i, r := range []rune(c.code) {
		plan.Steps = append(plan.Steps, Step{Ref: c.fields[i].Ref, Value: string(r), Option: -1})
	}
	return plan
}
