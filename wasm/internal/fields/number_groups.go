package fields

import (
	"slices"
	"strings"
)

// split returns the steps that fill a number into its parts, divided as people of its country group it.
// abroad says whether the page shows or chooses the calling code, so that the trunk prefix is
// the second choice. It returns nil if the number does not fit.
func (n numberParts) split(number PhoneNumber, abroad bool) []Step {
	forms := [][]string{number.nationalGroups(), number.groups()}
	if abroad {
		slices.Reverse(forms)
	}
	for _, full := range []bool{true, false} {
		for _, groups := range forms {
			if steps := n.fill(groups, full); steps != nil {
				return steps
			}
		}
	}
	return nil
}

// takesWhole reports whether the number goes into one input as a whole: the digits before it are no
// part of the number, or the select chooses calling codes.
func (n numberParts) takesWhole(number PhoneNumber) bool {
	if len(n.inputs) > 1 {
		return false
	}
	if n.prefix != nil {
		return n.prefix.hasCallingCode(number.CallingCode)
	}
	return !strings.HasPrefix(number.Dialed(), n.lead) && !strings.HasPrefix(number.Digits, n.lead) || n.split(number, false) == nil
}

// hasCallingCode reports whether an option of a select is a calling code, as it is or as it is
// dialled from abroad.
func (f *Field) hasCallingCode(code string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool {
		text := strings.TrimSpace(o.Text)
		return text == code || text == "00"+code
	})
}

// groups returns the digits of home, as people group them.
func (p PhoneNumber) groups() []string {
	groups := digitGroups(p.International)
	if len(groups) > 0 {
		groups[0] = strings.TrimPrefix(groups[0], p.CallingCode)
	}
	groups = slices.DeleteFunc(groups, func(group string) bool { return group == "" })
	return after(groups, len(p.Digits)-len(p.home()))
}

// nationalGroups returns the digits as they are dialled within the country, as people group them. A
// trunk prefix that stands alone belongs to no part of a number, so there are none then.
func (p PhoneNumber) nationalGroups() []string {
	groups := digitGroups(p.National)
	if len(groups) > 1 && groups[0] == p.trunk() {
		return nil
	}
	return groups
}

func digitGroups(written string) []string {
	return strings.FieldsFunc(written, func(r rune) bool { return r < '0' || r > '9' })
}

// fill returns the steps that fill groups of digits into the parts. If full is set, the digits have to fill
// all inputs to their ends; then it is these that divide the number.
func (n numberParts) fill(groups []string, full bool) []Step {
	digits := strings.Join(groups, "")
	rest, ok := strings.CutPrefix(digits, n.lead)
	if !ok {
		return nil
	}
	var steps []Step
	if n.prefix != nil {
		i := longestPrefix(n.prefix.Options, rest)
		if i < 0 {
			return nil
		}
		o := n.prefix.Options[i]
		rest = rest[len(strings.TrimSpace(o.Text)):]
		steps = append(steps, Step{Ref: n.prefix.Ref, Value: o.Value, Option: i})
	}
	var values []string
	if full {
		values = n.byRoom(rest)
	} else {
		values = n.byGroups(after(groups, len(digits)-len(rest)), strings.HasPrefix(digits, "0"))
	}
	if values == nil {
		return nil
	}
	for i, value := range values {
		steps = append(steps, Step{Ref: n.inputs[i].Ref, Value: value, Option: -1})
	}
	return steps
}

// longestPrefix returns the index of the option with the most digits that begin a number, or -1.
func longestPrefix(options []Option, digits string) int {
	found, length := -1, 0
	for i, o := range options {
		if text := strings.TrimSpace(o.Text); text != "" && strings.HasPrefix(digits, text) && len(text) > length {
			found, length = i, len(text)
		}
	}
	return found
}

// byRoom divides digits by the lengths of the inputs, if these have room for no more and no less.
func (n numberParts) byRoom(digits string) (values []string) {
	for _, f := range n.inputs {
		if f.MaxLength == 0 || f.MaxLength > len(digits) {
			return nil
		}
		values, digits = append(values, digits[:f.MaxLength]), digits[f.MaxLength:]
	}
	if digits != "" {
		return nil
	}
	return values
}

// byGroups divides digits among the inputs by their groups. Of two inputs, the second takes all groups
// but the first. Inputs with more room than the number has need a trunk prefix, because without
// one another country's number might fit as well, and a full last input.
func (n numberParts) byGroups(groups []string, trunk bool) []string {
	values := groups
	if len(n.inputs) < 3 && len(groups) > len(n.inputs) {
		head := len(n.inputs) - 1
		values = append(slices.Clone(groups[:head]), strings.Join(groups[head:], ""))
	}
	if len(values) != len(n.inputs) {
		return nil
	}
	limited := true
	for i, f := range n.inputs {
		if f.MaxLength > 0 && len(values[i]) > f.MaxLength || len(values[i]) < f.MinLength {
			return nil
		}
		limited = limited && f.MaxLength > 0
	}
	last := len(values) - 1
	if limited && len(values) > 2 && (!trunk || len(values[last]) != n.inputs[last].MaxLength) {
		return nil
	}
	return values
}

// after returns groups without their first n digits.
func after(groups []string, n int) []string {
	for len(groups) > 0 && n >= len(groups[0]) {
		n -= len(groups[0])
		groups = groups[1:]
	}
	if n == 0 || len(groups) == 0 {
		return groups
	}
	return append([]string{groups[0][n:]}, groups[1:]...)
}
