package fields

import (
	"cmp"
	"slices"
	"strings"
)

// minPhoneScore is the score that a phone field needs.
const minPhoneScore = 40

// phoneCandidate is a field, or the fields for a number's parts, that could take the number.
type phoneCandidate struct {
	page   Page
	at     int // index of the field, or of the first part
	fields []Field
	parts  []Step // the steps that fill the number in parts; nil for one field
	evidence
}

// PlanNumber plans how to fill a telephone number into the best field of all frames of a tab.
// If the page has a choice of countries, that comes first. The number follows in the format
// that the field takes. The plan is empty if no field has enough evidence.
func PlanNumber(pages []Page, number PhoneNumber) Plan {
	if len(number.E164) < 5 {
		return Plan{Why: "there is no number"}
	}
	var all []phoneCandidate
	for _, p := range pages {
		all = append(all, p.withTrailingLabels().phoneCandidates(number)...)
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
		return Plan{Why: why, Wants: wantedInsteadOfNumber(pages), Considered: list}
	}
	plan := all[0].plan(number)
	plan.Wants = WantsNumber
	plan.Considered = list
	return plan
}

// plan returns the steps that choose the country and fill the number.
func (p phoneCandidate) plan(number PhoneNumber) Plan {
	plan := Plan{Frame: p.page.Frame, Why: p.why()}
	plan.Overwrites = slices.ContainsFunc(p.fields, func(f Field) bool { return len(strings.Map(onlyDigits, f.Value)) > 4 })
	controls := findCountryControls(p.page, p.at, number)
	plan.Steps = append(plan.Steps, controls.steps(number)...)
	if p.parts != nil {
		plan.Steps = append(plan.Steps, p.parts...)
		return plan
	}
	step := Step{Ref: p.fields[0].Ref, Option: -1, Accept: equivalents(number)}
	step.Value, step.Else = numberFormats(p.fields[0], controls, number)
	if controls.picker != nil {
		step.Alone = number.E164
		plan.Why += ", its country is chosen by clicks"
	} else if controls.foreign {
		plan.Why += ", its country could not be chosen"
	}
	plan.Steps = append(plan.Steps, step)
	if controls.late != nil {
		pick, again := controls.pick(controls.late, number), step
		pick.Unless = true
		plan.Steps = append(plan.Steps, pick, again)
	}
	return plan
}

// phoneCandidates returns the fields of the page that could take the number.
func (p Page) phoneCandidates(number PhoneNumber) []phoneCandidate {
	var list []phoneCandidate
	contexts := p.contexts()
	purposes := p.purposes(contexts)
	page, around := read(foldParts(p.Title, p.Text)), p.neighbours(contexts)
	taken := map[int]bool{}
	for i := range p.Fields {
		n, ok := p.partsAt(i)
		if !ok || taken[p.Fields[i].Ref] || n.takesWhole(number) {
			continue
		}
		e := p.weighParts(i, purposes)
		if e.score < minPhoneScore {
			continue
		}
		for _, f := range n.inputs {
			taken[f.Ref] = true
		}
		controls := findCountryControls(p, i, number)
		if steps := n.split(number, controls.prefix); steps != nil && !controls.foreign {
			e.add(-5, "in parts")
			list = append(list, phoneCandidate{p, i, n.fields(), steps, e})
		}
	}
	for i, f := range p.Fields {
		if taken[f.Ref] {
			continue
		}
		if e, ok := weighPhone(f, contexts[i], purposes[i]); ok {
			if before := p.narrowerBefore(i); before != nil && f.Label == "" &&
				(before.Kind == Select && isCallingCodeSelect(*before) || before.Kind == Input && isCallingCodeInput(*before)) {
				e.add(45, "a calling code is before it")
			}
			if purposes[i] == unclear && e.score >= minPhoneScore {
				if code := p.weigh(i, contexts[i], purposes[i], around[i], page); code.named && code.score > e.score {
					e.add(ruledOut, "is more likely for a code: "+code.why())
				}
			}
			list = append(list, phoneCandidate{p, i, []Field{f}, nil, e})
		}
	}
	return list
}

// weighParts collects the evidence that the parts from an index take a number: that of the part that says it
// best, as if it took the whole number.
func (p Page) weighParts(at int, purposes []purpose) (best evidence) {
	for _, i := range p.partIndexes(at) {
		f := p.Fields[i]
		if i == at {
			f = p.asWhole(at)
		}
		f.MaxLength = 0
		if e, ok := weighPhone(f, contextOf(f), purposes[i]); ok && e.score > best.score {
			best = e
		}
	}
	return best
}

// shownBefore returns the nearest visible field before the one at an index, or nil.
func (p Page) shownBefore(at int) *Field {
	for i := at - 1; i >= 0; i-- {
		if p.Fields[i].Visibility != Hidden {
			return &p.Fields[i]
		}
	}
	return nil
}

// narrowerBefore returns the nearest visible field before the one at an index if it is on the same
// line and no wider, as one for a calling code is, or nil.
func (p Page) narrowerBefore(at int) *Field {
	f, before := p.Fields[at], p.shownBefore(at)
	if before == nil || !aligned(before.Y, f.Y) || before.W > f.W {
		return nil
	}
	return before
}
