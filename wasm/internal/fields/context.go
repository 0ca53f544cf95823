package fields

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLabel is the longest label, in characters. Longer texts are prose.
const maxLabel = 48

// context is the texts about a field, from near to far.
type context struct {
	own   reading // its label and placeholder
	names reading // its name and id
	hints reading // its class and other attributes
	near  reading // its description and the texts just before it
	far   reading // its group, heading and the texts before those
	next  reading // the texts after it, and the buttons around it
	short bool    // whether near is a label rather than prose

	ownTexts, nearTexts, farTexts, nextTexts []string // the texts that own, near, far and next are read from
}

// contextOf gathers the texts about one field.
func contextOf(f Field) context {
	label, aside := splitAside(cmp.Or(f.Label, f.Aligned))
	placeholder, also := splitAside(f.Placeholder)
	own := foldParts(label, placeholder)
	var before []string
	for _, text := range f.Before {
		if plain := fold(text); plain != "" && !strings.Contains(own, plain) {
			before = append(before, text)
		}
	}
	for _, head := range f.Cells {
		if label == "" && !slices.Contains(before, head) {
			before = append(before, head)
		}
	}
	split := max(0, len(before)-2)
	c := context{
		ownTexts:  []string{label, placeholder},
		nearTexts: append([]string{f.Description, aside, also}, before[split:]...),
		farTexts:  append([]string{f.tab(), f.Group, f.Heading}, before[:split]...),
	}
	for _, text := range append(slices.Clone(f.After), f.Buttons...) {
		if plain := fold(text); plain != "" && !strings.Contains(own, plain) {
			c.nextTexts = append(c.nextTexts, text)
		}
	}
	near := foldParts(c.nearTexts...)
	c.own, c.near, c.far = read(own), read(near), read(foldParts(c.farTexts...))
	c.names = read(foldParts(f.Name, f.ID))
	c.hints = read(foldParts(f.Hints))
	c.next = read(foldParts(c.nextTexts...))
	c.short = len([]rune(near)) <= maxLabel
	return c
}

// splitAside splits what stands in parentheses from a label. It tells more of the field, but does
// not name it: "Telephone (we will text a code)".
func splitAside(label string) (name, aside string) {
	narrow := strings.ReplaceAll(strings.ReplaceAll(label, "（", "("), "）", ")") // a Replacer takes over 20 KB of the program
	before, after, found := strings.Cut(narrow, "(")
	inside, rest, _ := strings.Cut(after, ")")
	if !found || !hasWord(before+rest) {
		return label, ""
	}
	return before + " " + rest, inside
}

// contexts returns the contexts of all fields of the page, by index.
func (p Page) contexts() []context {
	list := make([]context, len(p.Fields))
	for i, f := range p.Fields {
		list[i] = contextOf(f)
		if above := p.proseAbove(i); len(above) > 0 {
			list[i].farTexts = append(above, list[i].farTexts...)
			list[i].far = read(foldParts(list[i].farTexts...))
		}
	}
	return list
}

// maxAbove is how many fields above one are searched for prose.
const maxAbove = 3

// proseAbove returns the long texts before the fields above the one at an index, in its form. A
// message that was sent is often told of once, at the top.
func (p Page) proseAbove(at int) (prose []string) {
	above := 0
	for i := at - 1; i >= 0 && above < maxAbove; i-- {
		o := p.Fields[i]
		if o.Visibility == Hidden || o.Form != p.Fields[at].Form {
			continue
		}
		above++
		for _, text := range slices.Backward(o.Before) {
			if utf8.RuneCountInString(text) > maxLabel {
				prose = append(prose, text)
			}
		}
	}
	slices.Reverse(prose)
	return prose
}

// withoutAnnouncements returns the context without the codes that it only announces.
func (c context) withoutAnnouncements() context {
	if c.all()&cueAnnounce == 0 {
		return c
	}
	for _, name := range c.own.segments() {
		if c.own.announces(name) && !c.own.nameMeaning(name, "").code {
			c.own.strike(name, codeCues)
		}
	}
	c.near, c.far, c.next = readUnannounced(c.nearTexts...), readUnannounced(c.farTexts...), readUnannounced(c.nextTexts...)
	return c
}

// foldParts folds texts and joins them with " | ", so that no phrase spans two of them.
func foldParts(parts ...string) string {
	var folded []string
	for _, p := range parts {
		if p = fold(p); p != "" {
			folded = append(folded, p)
		}
	}
	return strings.Join(folded, " | ")
}

// local returns the kinds of cue in the label, the placeholder and the texts next to the field.
func (c context) local() cueKind { return c.own.kinds | c.near.kinds }

// all returns the kinds of cue in all texts, but not in names and attributes.
func (c context) all() cueKind { return c.local() | c.far.kinds | c.next.kinds }
