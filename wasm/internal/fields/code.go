package fields

import (
	"cmp"
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// codeCandidate is a field or a row of boxes that could take the code, with its evidence.
type codeCandidate struct {
	page    Page
	fields  []Field
	around  context
	code    string   // in the format that these fields take
	others  []string // other formats to try
	request request  // what the page asks for there; only read for candidates with enough evidence
	evidence
}

const (
	minMargin     = 6  // points that the best candidate must be ahead of the next
	certainScore  = 80 // points from which the best candidate needs no margin
	maxConsidered = 5  // candidates that a plan lists
)

// PlanCode plans how to fill a code into the best field, or row of boxes, of all frames of a
// tab. code is as it was written in the message. The plan is empty if no field has enough
// evidence, or if two are too close to each other.
func PlanCode(pages []Page, code string) Plan {
	if code == "" {
		return Plan{Why: "there is no code"}
	}
	var all []codeCandidate
	for _, p := range pages {
		all = append(all, p.withTrailingLabels().candidates(code)...)
	}
	for i := range all {
		all[i].ruleOutOtherRequests()
	}
	slices.SortStableFunc(all, func(a, b codeCandidate) int { return cmp.Compare(b.score, a.score) })
	none := func(why string) Plan {
		return Plan{Why: why, Wants: wantedInsteadOfCode(pages, all), Considered: bestCandidates(all)}
	}
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
	plan.Wants = WantsCode
	plan.Considered = bestCandidates(all)
	plan.Overwrites = slices.ContainsFunc(best.fields, hasValue)
	return plan
}

// sameField reports whether two candidates share a field.
func sameField(a, b codeCandidate) bool {
	return a.page.Frame == b.page.Frame && slices.ContainsFunc(a.fields, func(f Field) bool {
		return slices.ContainsFunc(b.fields, func(o Field) bool { return o.Ref == f.Ref })
	})
}

// bestCandidates lists the best candidates for the debug view.
func bestCandidates(all []codeCandidate) []Considered {
	var list []Considered
	for _, c := range all[:min(len(all), maxConsidered)] {
		list = append(list, c.considered(c.page.Frame, c.fields))
	}
	return list
}

// candidates returns every field and row of boxes on the page that could take the code.
func (p Page) candidates(code string) []codeCandidate {
	var list []codeCandidate
	formats := otp.Formats(code)
	contexts := p.contexts()
	purposes := p.purposes(contexts)
	rows := p.rows(formats, purposes)
	inRow := map[int]bool{}
	for _, row := range rows {
		for _, f := range row.fields {
			inRow[f.Ref] = true
		}
	}
	page, around := read(foldParts(p.Title, p.Text)), p.neighbours(contexts)
	for _, row := range rows {
		first := row.fields[0]
		at := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Ref == first.Ref })
		whole := merge(row.fields)
		row.around = contextOf(whole)
		e := codeWeighing{Field: whole, context: row.around, row: true, neighbours: around[at], page: page}.weigh()
		e.add(25, "a row of boxes as long as the code")
		if !e.named && page.kinds&(cueCode|cueLikely) != 0 {
			e.named = true
			e.add(10, "the page says "+page.phrase(cueCode|cueLikely))
		}
		if len(rows) > 1 {
			e.add(-35, "is one of several rows")
		}
		if first.AriaHidden {
			e.add(-45, "is hidden from people")
		}
		row.evidence = e
		list = append(list, row)
	}
	boxRowLengths := boxRowLengths(p.Fields, mayBeBox(purposes))
	for i, f := range p.Fields {
		format, takes := f.format(formats)
		if inRow[f.Ref] || boxRowLengths[f.Ref] > 0 || !takes {
			continue
		}
		e := p.weigh(i, contexts[i], purposes[i], around[i], page)
		switch n := len([]rune(format)); {
		case f.MaxLength == n:
			e.add(12, "takes as many characters as the code has")
		case f.MaxLength > n && f.MaxLength <= maxBoxes:
			e.add(5, "takes a few characters")
		case f.MaxLength > 40:
			e.add(-5, "takes a long text")
		}
		if f.Slots == len([]rune(format)) {
			e.add(25, "as many slots are drawn as the code has characters")
		} else if f.AriaHidden || f.Unfocusable {
			e.add(-15, "is hidden from people")
			if f.Visibility == Faint && f.MaxLength == 0 && f.InputMode == "" {
				e.add(-40, "looks like a trap")
			}
		}
		c := codeCandidate{page: p, fields: []Field{f}, around: contexts[i], code: format, others: f.otherFormats(formats, format), evidence: e}
		list = append(list, c)
	}
	return list
}

// weigh collects the evidence for a code in the field at an index, and rules it out if it is
// for something else.
func (p Page) weigh(at int, own context, fieldPurpose purpose, around neighbours, page reading) evidence {
	f, c := p.Fields[at], own
	if fieldPurpose == unclear && f.fitsNumber() {
		c = c.withoutAnnouncements()
	}
	e := codeWeighing{Field: f, context: c, neighbours: around, page: page}.weigh()
	switch fieldPurpose {
	case forPhone:
		e.add(ruledOut, "is for a phone number")
	case forCallingCode:
		e.add(ruledOut, "is for a country or its calling code")
	case conflicting:
		e.add(ruledOut, "is for a number as much as for a code")
	case unclear:
		if phone, ok := weighPhone(f, own, fieldPurpose); ok && phone.score >= minPhoneScore && phone.score >= e.score {
			e.add(ruledOut, "is more likely for a phone number: "+phone.why())
		}
	}
	return e
}

// mayBeBox returns a filter for boxes: no fields with another purpose, such as the parts of a
// number.
func mayBeBox(purposes []purpose) func(i int) bool {
	return func(i int) bool { return purposes[i] == unclear || purposes[i] == forCode }
}

// rows returns the rows of boxes that fit the code in one of its formats.
func (p Page) rows(formats []string, purposes []purpose) []codeCandidate {
	var list []codeCandidate
	for _, format := range formats {
		if strings.ContainsFunc(format, otp.IsSeparator) {
			continue
		}
		n, may := len([]rune(format)), mayBeBox(purposes)
		for _, row := range slices.Concat(boxes(p.Fields, n, may), groups(p.Fields, n, may)) {
			list = append(list, codeCandidate{page: p, fields: row, code: format})
		}
	}
	return list
}

// takes reports whether a field could take the whole code.
func (f *Field) takes(code string) bool {
	if !f.usable() || f.Kind == Select || f.MaxLength != 0 && f.MaxLength < len([]rune(code)) {
		return false
	}
	if f.Visibility == Shown && f.MaxLength == 0 && f.W < minCharWidth*len([]rune(code)) {
		return false // only as wide as a box
	}
	if f.Kind == Editable {
		return f.H < maxLineHeight
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

// plan returns the steps that fill the candidate: one for a field, one for each of a row.
func (c codeCandidate) plan() Plan {
	plan := Plan{Frame: c.page.Frame, Why: c.why()}
	if len(c.fields) == 1 {
		plan.Steps = []Step{{Ref: c.fields[0].Ref, Value: c.code, Else: c.others, Option: -1}}
		return plan
	}
	plan.Whole = c.code
	code := []rune(c.code)
	each := len(code) / len(c.fields)
	for i, f := range c.fields {
		plan.Steps = append(plan.Steps, Step{Ref: f.Ref, Value: string(code[i*each : (i+1)*each]), Option: -1})
	}
	return plan
}
