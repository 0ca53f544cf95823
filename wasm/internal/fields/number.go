package fields

import (
	"cmp"
	"slices"
	"strings"
)

// minPhoneScore is the evidence that a phone field needs.
const minPhoneScore = 40

// phoneCandidate is a field, or a number's parts, that could take a phone number.
type phoneCandidate struct {
	page   Page
	at     int // of the field, or of the first part
	fields []Field
	evidence
}

// PlanNumber plans how to fill a phone number over a tab's frames: its country first,
// where the page has a choice of countries, then the number in the form that the
// field takes.
func PlanNumber(pages []Page, number PhoneNumber) Plan {
	if len(number.E164) < 5 {
		return Plan{Why: "there is no number"}
	}
	var all []phoneCandidate
	for _, p := range pages {
		all = append(all, p.places(number)...)
	}
	slices.SortStableFunc(all, func(a, b phoneCandidate) int { return cmp.Compare(b.score, a.score) })
	var list []Considered
	for _, p := range all[:min(len(all), maxConsidered)] {
		list = append(list, p.considered(p.page.Frame, p.fields))
	}
	if len(all) == 0 || all[0].score < minPhoneScore {
		why := "no field takes a telephone number"
		if len(all) > 0 {
			why = "no field fits well enough: " + all[0].why()
		}
		return Plan{Why: why, Considered: list}
	}
	plan := all[0].plan(number)
	plan.Considered = list
	return plan
}

func (p phoneCandidate) plan(number PhoneNumber) Plan {
	plan := Plan{Frame: p.page.Frame, Why: p.why()}
	plan.Overwrites = slices.ContainsFunc(p.fields, func(f Field) bool { return len(strings.Map(onlyDigits, f.Value)) > 4 })
	around := surroundings(p.page, p.at, number)
	plan.Steps = append(plan.Steps, around.steps(number)...)
	if len(p.fields) > 1 {
		for i, part := range split(p.fields, number) {
			plan.Steps = append(plan.Steps, Step{Ref: p.fields[i].Ref, Value: part, Option: -1})
		}
		return plan
	}
	step := Step{Ref: p.fields[0].Ref, Option: -1, Accept: equivalents(number)}
	step.Value, step.Else = form(p.fields[0], around, number)
	if around.picker != nil {
		step.Alone = number.E164
		plan.Why += ", its country is chosen by clicks"
	} else if around.foreign {
		plan.Why += ", its country could not be chosen"
	}
	plan.Steps = append(plan.Steps, step)
	if around.late != nil {
		pick, again := around.pick(around.late, number), step
		pick.Unless = true
		plan.Steps = append(plan.Steps, pick, again)
	}
	return plan
}

// places are where the number could go on one page.
func (p Page) places(number PhoneNumber) []phoneCandidate {
	var list []phoneCandidate
	contexts := p.contexts()
	means := p.purposes(contexts)
	page := read(foldParts(p.Title, p.Text))
	taken := map[int]bool{}
	for i := range p.Fields {
		if parts := p.parts(i, number); parts != nil && !taken[p.Fields[i].Ref] {
			first := p.Fields[i]
			first.MaxLength = 0
			if e, ok := weighPhone(first, means[i]); ok && e.score >= minPhoneScore {
				e.add(-5, "in parts")
				list = append(list, phoneCandidate{p, i, parts, e})
				for _, f := range parts {
					taken[f.Ref] = true
				}
			}
		}
	}
	for i, f := range p.Fields {
		if taken[f.Ref] {
			continue
		}
		if e, ok := weighPhone(f, means[i]); ok {
			if before := p.shownBefore(i); before != nil && near(before.Y, f.Y) && f.W >= before.W && f.Label == "" &&
				(before.Kind == Select && dialing(*before) || before.Kind == Input && isCallingCodeInput(*before)) {
				e.add(45, "a calling code stands before it")
			}
			if means[i] == unclear && e.score >= minPhoneScore {
				if code := p.weigh(i, contexts, means[i], page); code.named && code.score > e.score {
					e.add(ruledOut, "is rather for a code: "+code.why())
				}
			}
			list = append(list, phoneCandidate{p, i, []Field{f}, e})
		}
	}
	return list
}

// shownBefore is the nearest field before one that a person sees, or nil.
func (p Page) shownBefore(at int) *Field {
	for i := at - 1; i >= 0; i-- {
		if p.Fields[i].Visibility != Hidden {
			return &p.Fields[i]
		}
	}
	return nil
}
