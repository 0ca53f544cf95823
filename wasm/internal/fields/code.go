package fields

import (
	"cmp"
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// codeCandidate is where a code could go, with the reasons.
type codeCandidate struct {
	frame  int
	fields []Field
	code   string   // as these fields take it
	others []string // as they may take it instead
	evidence
}

const (
	// minMargin is how far the best place has to be ahead of the next, unless it is
	// beyond doubt.
	minMargin     = 6
	certainScore  = 80
	maxConsidered = 5 // the best few that a plan tells of
)

// PlanCode plans how to fill a code, as it was received in writing, over a tab's frames:
// the one best place, if the evidence for it is good enough, or none.
func PlanCode(pages []Page, code string) Plan {
	if code == "" {
		return Plan{Why: "there is no code"}
	}
	var all []codeCandidate
	for _, p := range pages {
		all = append(all, p.candidates(code)...)
	}
	slices.SortStableFunc(all, func(a, b codeCandidate) int { return cmp.Compare(b.score, a.score) })
	none := func(why string) Plan { return Plan{Why: why, Considered: considered(all)} }
	if len(all) == 0 {
		return none("no field could take the code")
	}
	best := all[0]
	need := minScore
	if best.fields[0].Visibility == Faint {
		need = minFaintScore
	}
	switch {
	case best.score < need:
		return none("no field fits well enough: " + best.why())
	case !best.named:
		return none("nothing says that a code goes there: " + best.why())
	case len(all) > 1 && best.score < certainScore && best.score-all[1].score < minMargin && !sameField(best, all[1]):
		return none("two places fit alike: " + best.why() + "; " + all[1].why())
	}
	plan := best.plan()
	plan.Considered = considered(all)
	plan.Overwrites = slices.ContainsFunc(best.fields, hasValue)
	return plan
}

// sameField reports that two places share a field.
func sameField(a, b codeCandidate) bool {
	return a.frame == b.frame && slices.ContainsFunc(a.fields, func(f Field) bool {
		return slices.ContainsFunc(b.fields, func(o Field) bool { return o.Ref == f.Ref })
	})
}

func considered(all []codeCandidate) []Considered {
	var list []Considered
	for _, c := range all[:min(len(all), maxConsidered)] {
		list = append(list, c.considered(c.frame, c.fields))
	}
	return list
}

func (p Page) candidates(code string) []codeCandidate {
	var list []codeCandidate
	forms := otp.Formats(code)
	contexts := p.contexts()
	means := p.purposes(contexts)
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
		e := codeWeighing{Field: whole, context: contextOf(whole), row: true, by: p.around(at, contexts), page: page}.weigh()
		e.add(25, "a row of boxes as long as the code")
		if !e.named && page.says&(cueCode|cueLikely) != 0 {
			e.named = true
			e.add(10, "the page says "+page.phrase(cueCode|cueLikely))
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
	boxRowLengths := boxRowLengths(p.Fields, mayBeBox(means))
	for i, f := range p.Fields {
		form, takes := f.form(forms)
		if inRow[f.Ref] || boxRowLengths[f.Ref] > 0 || !takes {
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
		list = append(list, codeCandidate{p.Frame, []Field{f}, form, f.otherFormats(forms, form), e})
	}
	return list
}

// weigh weighs a field for a code against what else it may be.
func (p Page) weigh(at int, contexts []context, means purpose, page reading) evidence {
	f, c := p.Fields[at], contexts[at]
	if means == unclear && f.fitsNumber() {
		c = c.withoutAnnouncements()
	}
	e := codeWeighing{Field: f, context: c, by: p.around(at, contexts), page: page}.weigh()
	switch means {
	case forPhone:
		e.add(ruledOut, "is for a telephone number")
	case forCallingCode:
		e.add(ruledOut, "is for a country or its calling code")
	case conflicting:
		e.add(ruledOut, "is for a number as much as for a code")
	case unclear:
		if phone, ok := weighPhone(f, means); ok && phone.score >= minPhoneScore && phone.score >= e.score {
			e.add(ruledOut, "is rather for a telephone number: "+phone.why())
		}
	}
	return e
}

// mayBeBox leaves out what is for something else, such as the pieces of a number.
func mayBeBox(means []purpose) func(i int) bool {
	return func(i int) bool { return means[i] == unclear || means[i] == forCode }
}

// rows are the rows of boxes that are as long as a code in one of its forms.
func (p Page) rows(forms []string, means []purpose) []codeCandidate {
	var list []codeCandidate
	for _, form := range forms {
		if strings.ContainsFunc(form, otp.IsSeparator) {
			continue
		}
		for _, row := range boxes(p.Fields, len([]rune(form)), mayBeBox(means)) {
			list = append(list, codeCandidate{frame: p.Frame, fields: row, code: form})
		}
	}
	return list
}

// takes reports whether a field could hold the whole code.
func (f *Field) takes(code string) bool {
	if !f.usable() || f.Kind == Select || f.MaxLength != 0 && f.MaxLength < len([]rune(code)) {
		return false
	}
	if f.Visibility == Shown && f.MaxLength == 0 && f.W < minCharWidth*len([]rune(code)) {
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

func (c codeCandidate) plan() Plan {
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
