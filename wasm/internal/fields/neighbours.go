package fields

import "strings"

// neighbours says what the fields around one are for: a payment card, an address, a password, a
// number of another kind.
type neighbours struct{ card, address, password, otherCode bool }

// maxApart is how many fields apart neighbours without a form may be.
const maxApart = 8

// neighbours returns the neighbours of all fields, by index: the others of its form, or, without
// a form, those next to it.
func (p Page) neighbours(contexts []context) []neighbours {
	kinds := make([]neighbours, len(p.Fields))
	byForm := map[int][]int{}
	for i, f := range p.Fields {
		if f.Visibility != Hidden {
			kinds[i] = contexts[i].neighbour(f)
			if kinds[i] != (neighbours{}) {
				byForm[f.Form] = append(byForm[f.Form], i)
			}
		}
	}
	list := make([]neighbours, len(p.Fields))
	for i, f := range p.Fields {
		for _, o := range byForm[f.Form] {
			if o != i && (f.Form != 0 || abs(o-i) <= maxApart) {
				list[i] = list[i].and(kinds[o])
			}
			if list[i] == (neighbours{true, true, true, true}) {
				break
			}
		}
	}
	return list
}

func (n neighbours) and(o neighbours) neighbours {
	return neighbours{n.card || o.card, n.address || o.address, n.password || o.password, n.otherCode || o.otherCode}
}

// neighbour returns what a field is for, as a neighbour of others.
func (c context) neighbour(f Field) neighbours {
	auto := strings.ToLower(f.Autocomplete)
	near := c.near.kinds
	if !c.short || c.own.kinds != 0 {
		near = 0
	}
	texts := c.own.kinds | near
	return neighbours{
		card:      strings.Contains(auto, "cc-") || (texts|c.names.kinds)&cueCard != 0,
		address:   strings.Contains(auto, "address") || strings.Contains(auto, "postal") || (texts|c.names.kinds)&cueAddress != 0,
		password:  f.Type == "password" && f.MaxLength != 1,
		otherCode: texts&(cueOtherCode|cueTopic) != 0,
	}
}
