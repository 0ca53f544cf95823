package fields

import (
	"slices"
	"strings"
)

// label is the longest text that names a field rather than telling a story.
const label = 48

// context is what speaks of a field, from near to far.
type context struct {
	own    said // its label and placeholder
	names  said // its name and id
	hints  said // its class and other attributes
	near   said // its description and the texts just before it
	far    said // its group, heading and the texts before those
	beside said // the texts after it and the buttons beside it
	short  bool // near is a label rather than a story
}

// contextOf gathers the texts about one field.
func contextOf(f Field) context {
	own := foldParts(f.Label, f.Placeholder)
	var before []string
	for _, text := range f.Before {
		if text = fold(text); text != "" && !strings.Contains(own, text) {
			before = append(before, text)
		}
	}
	split := max(0, len(before)-2)
	near := foldParts(append([]string{f.Description}, before[split:]...)...)
	far := foldParts(append([]string{f.Group, f.Heading}, before[:split]...)...)
	return context{
		own: read(own), near: read(near), far: read(far),
		names:  read(foldParts(f.Name, f.ID)),
		hints:  read(foldParts(f.Hints)),
		beside: read(foldParts(append(slices.Clone(f.After), f.Buttons...)...)),
		short:  len([]rune(near)) <= label,
	}
}

func foldParts(parts ...string) string {
	var folded []string
	for _, p := range parts {
		if p = fold(p); p != "" {
			folded = append(folded, p)
		}
	}
	return strings.Join(folded, " | ")
}

// local are the texts about the field itself.
func (c context) local() section { return c.own.says | c.near.says }

// around are all texts about the field and those beside it.
func (c context) around() section { return c.local() | c.far.says | c.beside.says }
