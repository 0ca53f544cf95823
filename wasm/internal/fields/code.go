package fields

import (
	"strings"

	"github.com/logspanel/companion/shared/spelling"
)

// candidate is where a code could go, with the reasons.
type candidate struct {
	frame  int
	fields []Field
	code   string // as these fields take it
	evidence
}

// Code plans how to fill a code, as it was received in writing, over a tab's frames:
// the one best place, if the evidence for it is good enough, or none.
func Code(pages []Page, code string) Plan {
	if code == "" {
		return Plan{Why: "there is no code"}
	}
	var best candidate
	for _, p := range pages {
		for _, c := range p.candidates(code) {
			if c.score > best.score || best.fields == nil {
				best = c
			}
		}
	}
	need := enough
	if len(best.fields) == 1 && best.fields[0].Visibility == Faint {
		need = sure
	}
	if best.fields == nil || best.score < need {
		return Plan{Why: "no field fits well enough: " + best.why()}
	}
	return best.plan()
}

func (p Page) candidates(code string) []candidate {
	var list []candidate
	inRow := map[int]bool{}
	page := p.speaksOf()
	forms := spelling.Forms(code)
	for _, c := range p.rows(forms) {
		c.evidence = about(merge(c.fields), page)
		c.add(22, "a row of boxes as long as the code")
		list = append(list, c)
		for _, f := range c.fields {
			inRow[f.Ref] = true
		}
	}
	for _, f := range p.Fields {
		form, ok := f.form(forms)
		if inRow[f.Ref] || !ok {
			continue
		}
		e := about(f, page)
		switch n := len([]rune(form)); {
		case f.MaxLength == n:
			e.add(15, "takes as many characters as the code has")
		case f.MaxLength > n && f.MaxLength <= maxBoxes:
			e.add(6, "takes a few characters")
		case f.MaxLength > 40:
			e.add(-5, "takes a long text")
		}
		if f.AriaHidden || f.Unfocusable {
			e.add(-15, "is kept from people")
		}
		list = append(list, candidate{p.Frame, []Field{f}, form, e})
	}
	return list
}

// rows are the rows of boxes that are as long as a code in one of its forms.
func (p Page) rows(forms []string) []candidate {
	var list []candidate
	for _, form := range forms {
		if strings.ContainsFunc(form, spelling.Divides) {
			continue
		}
		for _, row := range boxes(p.Fields, len([]rune(form))) {
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
	if f.Kind == Editable {
		return f.W < 500 && f.H < 100
	}
	digits := spelling.AllDigits(code)
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
		plan.Steps = []Step{{Ref: c.fields[0].Ref, Value: c.code, Option: -1}}
		return plan
	}
	plan.Whole = c.code
	for i, r := range []rune(c.code) {
		plan.Steps = append(plan.Steps, Step{Ref: c.fields[i].Ref, Value: string(r), Option: -1})
	}
	return plan
}
