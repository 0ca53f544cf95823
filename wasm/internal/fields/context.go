package fields

import (
	"slices"
	"strings"
)

// label is the longest text that names a field rather than telling a story.
const maxLabel = 48

// context is what speaks of a field, from near to far.
type context struct {
	own    reading // its label and placeholder
	names  reading // its name and id
	hints  reading // its class and other attributes
	near   reading // its description and the texts just before it
	far    reading // its group, heading and the texts before those
	beside reading // the texts after it and the buttons beside it
	short  bool    // near is a label rather than a story

	nearby, apart, after []string // the texts that near, far and beside are read from
}

// contextOf gathers the texts about one field.
func contextOf(f Field) context {
	own := foldParts(f.Label, f.Placeholder)
	var before []string
	for _, text := range f.Before {
		if plain := fold(text); plain != "" && !strings.Contains(own, plain) {
			before = append(before, text)
		}
	}
	split := max(0, len(before)-2)
	c := context{
		nearby: append([]string{f.Description}, before[split:]...),
		apart:  append([]string{f.Group, f.Heading}, before[:split]...),
		after:  append(slices.Clone(f.After), f.Buttons...),
	}
	near := foldParts(c.nearby...)
	c.own, c.near, c.far = read(own), read(near), read(foldParts(c.apart...))
	c.names = read(foldParts(f.Name, f.ID))
	c.hints = read(foldParts(f.Hints))
	c.beside = read(foldParts(c.after...))
	c.short = len([]rune(near)) <= maxLabel
	return c
}

// contexts are those of all fields of the page.
func (p Page) contexts() []context {
	list := make([]context, len(p.Fields))
	for i, f := range p.Fields {
		list[i] = contextOf(f)
	}
	return list
}

// withoutAnnouncements is the context less what it only promises.
func (c context) withoutAnnouncements() context {
	c.own.cues = slices.Clone(c.own.cues)
	for _, name := range c.own.segments() {
		if c.own.announces(name) && !c.own.calls(name, "").code {
			c.own.strike(name, codeCues)
		}
	}
	c.near, c.far, c.beside = readUnannounced(c.nearby...), readUnannounced(c.apart...), readUnannounced(c.after...)
	return c
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
func (c context) local() cueKind { return c.own.says | c.near.says }

// around are all texts about the field and those beside it.
func (c context) around() cueKind { return c.local() | c.far.says | c.beside.says }
