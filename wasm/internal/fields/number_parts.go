package fields

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// numberParts are the controls that take one number in parts, such as an area code and the rest.
type numberParts struct {
	lead   string // the first digits, if the page shows them before the inputs: the 010 of "010 -"
	prefix *Field // a select of the first digits, such as 010, 011 and 016, or nil
	inputs []Field
}

// fields returns the controls in the order of the number.
func (n numberParts) fields() []Field {
	if n.prefix == nil {
		return n.inputs
	}
	return append([]Field{*n.prefix}, n.inputs...)
}

// partsAt returns the controls, from the input at an index, that take some number in parts. It
// returns false if that input takes a whole number.
func (p Page) partsAt(at int) (numberParts, bool) {
	indexes := p.partIndexes(at)
	if len(indexes) == 0 {
		return numberParts{}, false
	}
	n := numberParts{lead: p.Fields[at].leadDigits(), prefix: p.prefixSelect(at, indexes[len(indexes)-1])}
	for _, i := range indexes {
		n.inputs = append(n.inputs, p.Fields[i])
	}
	return n, len(n.inputs) > 1 || n.prefix != nil || n.lead != ""
}

// The lengths of a number's parts, in characters, and how many there are at most.
const (
	maxFirstPart = 5
	maxPart      = 9
	maxAfterArea = 15 // with punctuation
	maxParts     = 5
)

// maxAreaWidth is the greatest width of a field for an area code.
const maxAreaWidth = 160

// partIndexes returns the indexes of the inputs, from the one at an index, that take some number
// in parts.
func (p Page) partIndexes(at int) []int {
	first := p.Fields[at]
	if !first.isPart(maxPart) {
		return nil
	}
	if first.MaxLength == 0 && first.leadDigits() == "" && p.prefixSelect(at, at) == nil && !p.partFollows(at) {
		return nil // reading its texts takes time
	}
	c := contextOf(p.asWhole(at))
	isArea := strings.HasSuffix(first.Autocomplete, "tel-area-code") ||
		(c.own.kinds|c.names.kinds)&cueArea != 0 && first.W < maxAreaWidth && !strings.HasPrefix(first.Placeholder+first.Value, "+") && !strings.HasPrefix(first.Placeholder+first.Value, "00")
	limit := maxPart
	if isArea {
		limit = maxAfterArea
	}
	if !isArea && (c.own.kinds|c.near.kinds|c.names.kinds|read(fold(first.Group)).kinds)&(cuePhone|cueArea) == 0 ||
		isCallingCodeInput(first) && (c.own.kinds|c.names.kinds)&cueArea == 0 {
		return nil
	}
	if digits := p.digitBoxes(at); digits != nil {
		return digits
	}
	parts := []int{at}
	for i := at + 1; i < len(p.Fields) && len(parts) < maxParts; i++ {
		f, last := p.Fields[i], p.Fields[parts[len(parts)-1]]
		if f.Visibility == Hidden {
			continue
		}
		begins := isArea || 2 <= first.MaxLength && first.MaxLength <= maxFirstPart
		if !f.isPart(limit) || !f.continuesSeries(first, last) && !(begins && len(parts) < 3 && f.continues(last, len(parts))) {
			break
		}
		parts = append(parts, i)
	}
	if len(parts) == 1 && p.prefixSelect(at, at) == nil && (first.leadDigits() == "" || first.MaxLength == 0) {
		return nil
	}
	return parts
}

// partFollows reports whether the next visible field can be a part and is on the line of the one
// at an index, or right below it.
func (p Page) partFollows(at int) bool {
	for _, f := range p.Fields[at+1:] {
		if f.Visibility != Hidden {
			return f.isPart(maxAfterArea) && abs(f.Y-p.Fields[at].Y) < 3*max(f.H, 1)
		}
	}
	return false
}

// asWhole returns the input at an index as if it took the whole number: the texts before a select
// of the first digits are about both.
func (p Page) asWhole(at int) Field {
	first := p.Fields[at]
	if f := p.prefixSelect(at, at); f != nil && f == p.shownBefore(at) {
		first.Label, first.Before = cmp.Or(first.Label, f.Label), f.Before
	}
	first.MaxLength = 0
	return first
}

// isPart reports whether a field can take a part of a number, of limit characters at most.
func (f *Field) isPart(limit int) bool {
	return f.usable() && f.Visibility == Shown && f.Kind == Input && f.takesNumber() && 0 <= f.MaxLength && f.MaxLength <= limit
}

// continues reports whether a field is the part after last, by its length and its texts. It is the
// one with the index n.
func (f *Field) continues(last Field, n int) bool {
	if last.MaxLength > maxFirstPart || n > 1 && (last.MaxLength == 0 || f.MaxLength == 0) {
		return false
	}
	kinds := read(foldParts(f.Label, f.Name, f.ID)).kinds
	own := read(foldParts(append([]string{f.Label}, f.Before...)...)).kinds
	return kinds&cueOtherPhone == 0 && (own&(otherCodes|cueOtherField) == 0 || own&cuePhone != 0) &&
		(aligned(f.Y, last.Y) || n == 1 && own&cuePhone != 0)
}

// continuesSeries reports whether a field is the next of a series of like fields: on one line, of
// one name that is numbered, with nothing but a dash between them.
func (f *Field) continuesSeries(first, last Field) bool {
	if !aligned(f.Y, last.Y) || hasWords(f.Before) || f.Label != "" && f.Label != first.Label || hasWords([]string{f.Placeholder}) {
		return false
	}
	isNarrow := func(f Field) bool {
		return 0 < f.Size && f.Size <= maxFirstPart || 0 < f.MaxLength && f.MaxLength <= maxFirstPart
	}
	if len(f.Before) == 0 && !isNarrow(first) {
		return false
	}
	return sameName(first.Name, f.Name) || sameName(first.ID, f.ID) || isNarrow(first) && isNarrow(*f) && f.Name == "" && f.ID == ""
}

// sameName reports whether two names differ in their digits alone: "tel_1" and "tel_2".
func sameName(a, b string) bool {
	stem := withoutDigits(a)
	return stem != "" && stem == withoutDigits(b)
}

// hasWords reports whether one of the texts has a letter or a digit.
func hasWords(texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
}

// digitBoxes returns the indexes of boxes of one digit each, from the one at an index. A code has
// no more than maxBoxes.
func (p Page) digitBoxes(at int) (boxes []int) {
	for i := at; i < len(p.Fields); i++ {
		f := p.Fields[i]
		if f.Visibility == Hidden {
			continue
		}
		if f.MaxLength != 1 || !f.isPart(1) || !aligned(f.Y, p.Fields[at].Y) || i > at && hasWords(f.Before) {
			break
		}
		boxes = append(boxes, i)
	}
	if len(boxes) <= maxBoxes {
		return nil
	}
	return boxes
}

// prefixSelect returns the select of a number's first digits that is right before the input at
// an index or right after the one at the index last, or nil.
func (p Page) prefixSelect(at, last int) *Field {
	if f := p.shownBefore(at); f != nil && f.isPrefixSelect() && aligned(f.Y, p.Fields[at].Y) && !hasWords(p.Fields[at].Before) {
		return f
	}
	for i := last + 1; i < len(p.Fields); i++ {
		if f := &p.Fields[i]; f.Visibility != Hidden {
			if f.isPrefixSelect() && aligned(f.Y, p.Fields[last].Y) && !hasWords(f.Before) {
				return f
			}
			return nil
		}
	}
	return nil
}

// isPrefixSelect reports whether each option of a select is two to five digits, but for a first one that
// asks to choose.
func (f *Field) isPrefixSelect() bool {
	options := f.Options
	if len(options) > 0 && !strings.ContainsFunc(options[0].Text, unicode.IsDigit) {
		options = options[1:]
	}
	return f.Kind == Select && f.usable() && len(options) > 1 && !slices.ContainsFunc(options, func(o Option) bool {
		return !isFirstPart(strings.TrimSpace(o.Text))
	})
}

// isFirstPart reports whether a text has the digits that a number in parts may begin with.
func isFirstPart(text string) bool {
	return len(text) >= 2 && len(text) <= maxFirstPart && textnorm.AllDigits(text)
}

// leadDigits returns the digits shown right before a field, such as the 010 of "010 -", or "".
func (f *Field) leadDigits() string {
	if len(f.Before) == 0 {
		return ""
	}
	text := strings.Trim(f.Before[len(f.Before)-1], " -–—()/")
	if !isFirstPart(text) {
		return ""
	}
	return text
}

// beginsParts reports whether the field at an index is the first part of a number: the parts
// have room for a number and are named after a telephone. Four boxes under "we sent it to your
// phone" are for a code. Fields of unequal length under "Phone verification" are parts.
func (p Page) beginsParts(at int, c context, list []purpose) bool {
	n, ok := p.partsAt(at)
	if !ok {
		return false
	}
	room, unequal := len(n.lead), false
	if n.prefix != nil {
		room += len(strings.TrimSpace(n.prefix.Options[len(n.prefix.Options)-1].Text))
	}
	for _, f := range n.inputs {
		if room += f.MaxLength; f.MaxLength == 0 {
			room += maxBoxes
		}
		unequal = unequal || f.MaxLength != p.Fields[at].MaxLength
	}
	if room <= maxBoxes || slices.ContainsFunc(p.partIndexes(at), func(i int) bool { return list[i] == forCode }) {
		return false
	}
	if c.short && unequal && c.near.kinds&cuePhone != 0 || strings.HasSuffix(p.Fields[at].Autocomplete, "tel-area-code") {
		return true
	}
	whole := contextOf(p.asWhole(at))
	for _, s := range []reading{c.own, c.names, c.near, whole.own, whole.near, read(fold(p.Fields[at].Group))} {
		for _, text := range s.segments() {
			if text.to-text.from <= 2*maxLabel && s.nameMeaning(text, p.Lang).phone {
				return true
			}
		}
	}
	return false
}
