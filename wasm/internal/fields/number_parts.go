package fields

import (
	"cmp"
	"slices"
	"strings"
)

// parts returns the two or three fields, from the index at, that take the number in parts, such
// as an area code and the rest. It returns nil if there are none or the number does not fit.
func (p Page) parts(at int, number PhoneNumber) []Field {
	var parts []Field
	for _, i := range p.partIndexes(at) {
		parts = append(parts, p.Fields[i])
	}
	if len(parts) == 0 || split(parts, number) == nil {
		return nil
	}
	return parts
}

// partIndexes returns the indexes of fields that take some number in parts, from the index at.
func (p Page) partIndexes(at int) []int {
	first := p.Fields[at]
	isPart := func(f Field, limit int) bool {
		return f.usable() && f.Visibility == Shown && f.Kind == Input && slices.Contains([]string{"", "text", "tel", "number"}, f.Type) && f.MaxLength >= 0 && f.MaxLength <= limit
	}
	area := strings.HasSuffix(first.Autocomplete, "tel-area-code")
	if !isPart(first, 5) || first.MaxLength < 2 && !area {
		return nil
	}
	c := contextOf(first)
	if !area && (c.own.kinds|c.near.kinds|c.names.kinds|read(fold(first.Group)).kinds)&(cuePhone|cueArea) == 0 || isCallingCodeInput(first) && (c.own.kinds|c.names.kinds)&cueArea == 0 {
		return nil
	}
	parts, last := []int{at}, first
	for i, f := range p.Fields[at+1:] {
		if f.Visibility == Hidden {
			continue
		}
		kinds := read(foldParts(f.Label, f.Name, f.ID)).kinds
		own := read(foldParts(append([]string{f.Label}, f.Before...)...)).kinds
		if len(parts) == 3 || !isPart(f, 9) || kinds&cueOtherPhone != 0 || own&(otherCodes|cueOtherField) != 0 && own&cuePhone == 0 ||
			!aligned(f.Y, last.Y) && (len(parts) > 1 || own&cuePhone == 0) || f.MaxLength == 0 && len(parts) > 1 {
			break
		}
		parts, last = append(parts, at+1+i), f
		if f.MaxLength == 0 || f.MaxLength > 5 {
			break
		}
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// beginsParts reports whether the field at an index is the first part of a number: the parts
// have room for a number and are named after a telephone. Four boxes under "we sent it to your
// phone" are for a code. Fields of unequal length under "Phone verification" are parts.
func (p Page) beginsParts(at int, c context, list []purpose) bool {
	parts := p.partIndexes(at)
	room, unequal := 0, false
	for _, i := range parts {
		f := p.Fields[i]
		if room += f.MaxLength; f.MaxLength == 0 {
			room += maxBoxes
		}
		unequal = unequal || f.MaxLength != p.Fields[at].MaxLength
		if list[i] == forCode {
			return false
		}
	}
	if room <= maxBoxes {
		return false
	}
	if c.short && unequal && c.near.kinds&cuePhone != 0 || strings.HasSuffix(p.Fields[at].Autocomplete, "tel-area-code") {
		return true
	}
	for _, s := range []reading{c.own, c.names, c.near, read(fold(p.Fields[at].Group))} {
		for _, text := range s.segments() {
			if text.to-text.from <= 2*maxLabel && s.nameMeaning(text, p.Lang).phone {
				return true
			}
		}
	}
	return false
}

// split divides the number among parts. It returns nil if the number does not fit.
func split(parts []Field, number PhoneNumber) []string {
	for _, digits := range []string{number.Digits, number.Dialed()} {
		if split := splitDigits(parts, digits); split != nil && (digits == number.Digits || number.trunk() != "") {
			return split
		}
	}
	return nil
}

// splitDigits divides digits among parts as people write them: of three parts, the last has four
// digits and the middle one three or four. It returns nil if the digits do not fit.
func splitDigits(parts []Field, digits string) []string {
	room := 0
	for _, f := range parts {
		if f.MaxLength == 0 {
			room += len(digits)
		}
		room += f.MaxLength
	}
	if room == len(digits) || len(parts) == 2 {
		var list []string
		for i, f := range parts {
			n := min(cmp.Or(f.MaxLength, len(digits)), len(digits))
			if i == len(parts)-1 && n < len(digits) {
				return nil
			}
			list, digits = append(list, digits[:n]), digits[n:]
		}
		if list[len(list)-1] == "" {
			return nil
		}
		return list
	}
	middle := min(parts[1].MaxLength, 4)
	head := len(digits) - 4 - middle
	if room < len(digits) || parts[2].MaxLength != 4 || head < 2 || head > parts[0].MaxLength || !strings.HasPrefix(digits, "0") {
		return nil
	}
	return []string{digits[:head], digits[head : head+middle], digits[head+middle:]}
}
