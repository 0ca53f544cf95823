package fields

import (
	"slices"
	"strings"
)

// withTrailingLabels returns the page with the labels in their places if they stand after its
// fields, as on paper forms: then the text before a field is the label of the one before it.
// That is so if no text but a heading stands before the first field without a label, and a
// text other than a button's after the last.
func (p Page) withTrailingLabels() Page {
	var nameless []int
	for i, f := range p.Fields {
		if f.Kind != Select && f.Visibility == Shown && f.Label+f.Placeholder+f.Aligned == "" {
			nameless = append(nameless, i)
		}
	}
	if len(nameless) == 0 || !p.endsWithLabel(p.Fields[nameless[len(nameless)-1]]) {
		return p
	}
	if before := p.Fields[nameless[0]].Before; len(before) > 0 && before[len(before)-1] != p.Fields[nameless[0]].Heading {
		return p
	}
	for n, i := range nameless {
		after := p.Fields[i].After
		if len(after) == 0 || len(nameless) == 1 && p.Fields[i].Beside == "" {
			return p
		}
		if n+1 < len(nameless) {
			before := p.Fields[nameless[n+1]].Before
			if len(before) == 0 || before[0] != after[0] {
				return p
			}
		}
	}
	p.Fields = slices.Clone(p.Fields)
	for n, i := range nameless {
		f := &p.Fields[i]
		f.Aligned, f.After = f.After[0], f.After[1:]
		if n > 0 {
			f.Before = f.Before[1:]
		}
	}
	return p
}

// endsWithLabel reports whether the first text after a field is no button's or link's.
func (p Page) endsWithLabel(f Field) bool {
	return len(f.After) > 0 && !slices.ContainsFunc(p.Links, func(link string) bool { return strings.HasPrefix(link, f.After[0]) })
}
