package fields

import (
	"cmp"
	"slices"
	"strings"
)

// parts are the two or three fields from at on in which a number is written in
// pieces, such as an area code and the rest, or nil.
func (p Page) parts(at int, number Phone) []Field {
	first := p.Fields[at]
	isPart := func(f Field, limit int) bool {
		return f.usable() && f.Visibility == Shown && f.Kind == Input && slices.Contains([]string{"", "text", "tel", "number"}, f.Type) && f.MaxLength >= 0 && f.MaxLength <= limit
	}
	area := strings.HasSuffix(first.Autocomplete, "tel-area-code")
	if !isPart(first, 5) || first.MaxLength < 2 && !area {
		return nil
	}
	c := contextOf(first)
	if !area && (c.own.says|c.near.says|c.names.says|read(fold(first.Group)).says)&(aPhone|anArea) == 0 || isDialField(first) && (c.own.says|c.names.says)&anArea == 0 {
		return nil
	}
	parts := []Field{first}
	for _, f := range p.Fields[at+1:] {
		if f.Visibility == Hidden {
			continue
		}
		last := parts[len(parts)-1]
		says := read(foldParts(f.Label, f.Name, f.ID)).says
		own := read(foldParts(append([]string{f.Label}, f.Before...)...)).says
		if len(parts) == 3 || !isPart(f, 9) || says&aNotPhone != 0 || own&(anAgainst|anOther) != 0 && own&aPhone == 0 ||
			!near(f.Y, last.Y) && (len(parts) > 1 || own&aPhone == 0) || f.MaxLength == 0 && len(parts) > 1 {
			break
		}
		parts = append(parts, f)
		if f.MaxLength == 0 || f.MaxLength > 5 {
			break
		}
	}
	if len(parts) < 2 || split(parts, number) == nil {
		return nil
	}
	return parts
}

// split writes the number in parts, as many digits as each takes, or gives nil where
// it does not fit.
func split(parts []Field, number Phone) []string {
	for _, digits := range []string{number.national(), number.home()} {
		if pieces := pieces(parts, digits); pieces != nil && (digits == number.national() || number.trunk() != "") {
			return pieces
		}
	}
	return nil
}

// pieces cuts digits so that each part but the first is as full as it is by custom:
// the last has four, in three parts the middle one has three or four.
func pieces(parts []Field, digits string) []string {
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
