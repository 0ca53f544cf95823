package logging

import (
	"slices"
	"strings"
)

const (
	fewestOfNumber = 7    // digits; fewer are no phone number that can be told from a count
	fewestOfCode   = 4    // letters and digits, as for secrets
	mostOfCode     = 12   // more is a message
	longCode       = 6    // digits, from which on a code is told from dates and ports wherever it stands
	mostOrders     = 5000 // whose codes are known at a time; the oldest go first
	widestGap      = 32   // bytes between two digits of one number, as between two attributes
	widestJoint    = 3    // bytes between two groups of a code
)

// known are the phone numbers and codes of orders, folded, so that they are found however
// a line writes them.
type known struct {
	numbers map[string]bool
	codes   map[string]int      // how many orders have it
	lengths map[int]bool        // of the numbers
	orders  map[string][]string // their codes
	order   []string            // the orders, as they came
}

// keep takes up an order in place of what was known of it. Its number stays known.
func (k *known) keep(id, number, callingCode string, texts []string) {
	if k.numbers == nil {
		*k = known{numbers: map[string]bool{}, codes: map[string]int{}, lengths: map[int]bool{}, orders: map[string][]string{}}
	}
	whole := digitsOf(strings.TrimPrefix(number, "+"))
	for _, form := range []string{whole, strings.TrimPrefix(whole, digitsOf(callingCode))} {
		if len(form) >= fewestOfNumber {
			k.numbers[form], k.lengths[len(form)] = true, true
		}
	}
	var codes []string
	for _, text := range texts {
		for _, code := range codesIn(text) {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	k.drop(id)
	if len(codes) == 0 {
		return
	}
	k.orders[id], k.order = codes, append(k.order, id)
	for _, code := range codes {
		k.codes[code]++
	}
	for len(k.order) > mostOrders {
		k.drop(k.order[0])
	}
}

func (k *known) drop(id string) {
	if _, there := k.orders[id]; !there {
		return
	}
	for _, code := range k.orders[id] {
		if k.codes[code]--; k.codes[code] == 0 {
			delete(k.codes, code)
		}
	}
	delete(k.orders, id)
	if k.order[0] == id {
		k.order = k.order[1:]
		return
	}
	k.order = slices.DeleteFunc(k.order, func(other string) bool { return other == id })
}

func digitsOf(text string) string {
	folded := fold(text)
	if !strings.ContainsFunc(folded, func(r rune) bool { return r > '9' }) {
		return folded
	}
	return strings.Map(func(r rune) rune {
		if r > '9' {
			return -1
		}
		return r
	}, folded)
}

// codesIn is a code by itself, or every group of digits of a message that may be one.
func codesIn(text string) (found []string) {
	if whole := fold(text); len(whole) <= mostOfCode {
		if len(whole) >= fewestOfCode {
			found = append(found, whole)
		}
		return found
	}
	all := digits(glyphs(text))
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && isJoint(text[all[end-1].end:all[end].start]) {
			end++
		}
		if n := end - start; n >= fewestOfCode && n <= mostOfCode {
			found = append(found, spelled(all[start:end]))
		}
		start = end
	}
	return found
}

func spelled(glyphs []glyph) string {
	var b strings.Builder
	for _, g := range glyphs {
		b.WriteByte(g.is)
	}
	return b.String()
}

// isJoint reports that two digits belong together by what stands between them.
func isJoint(between string) bool {
	return len(between) <= widestJoint && strings.Trim(between, " -._\u00a0\u2009\u202f") == ""
}

// hide takes the known numbers and codes out of a text.
func (k *known) hide(text string) string {
	if len(k.numbers) == 0 && len(k.codes) == 0 {
		return text
	}
	all := glyphs(text)
	found := make([]bool, len(text))
	mark := func(part []glyph) {
		for i, g := range part {
			from := g.start
			if i > 0 && isJoint(text[part[i-1].end:g.start]) {
				from = part[i-1].end
			}
			for at := from; at < g.end; at++ {
				found[at] = true
			}
		}
	}
	k.markNumbers(text, digits(all), mark)
	k.markCodes(text, all, mark)
	k.markCodes(text, digits(all), mark)
	var b strings.Builder
	for at := 0; at < len(text); at++ {
		switch {
		case !found[at]:
			b.WriteByte(text[at])
		case at == 0 || !found[at-1]:
			b.WriteString(hidden)
		}
	}
	return b.String()
}

func (k *known) markNumbers(text string, all []glyph, mark func([]glyph)) {
	for start := range all {
		for end := start + 1; end <= len(all) && end-start <= mostDigits && isNear(all, start, end); end++ {
			if k.lengths[end-start] && k.numbers[spelled(all[start:end])] {
				mark(all[start:end])
			}
		}
	}
}

// mostDigits has room for a number as long as any.
const mostDigits = 20

func isNear(all []glyph, start, end int) bool {
	return end-start < 2 || all[end-1].start-all[end-2].end <= widestGap
}

// markCodes finds codes that begin and end where a group of digits, or of letters and
// digits, does.
func (k *known) markCodes(text string, all []glyph, mark func([]glyph)) {
	for start := range all {
		if start > 0 && all[start-1].end == all[start].start && sameKind(all[start-1], all[start]) {
			continue
		}
		for end := start + 1; end <= len(all) && end-start <= mostOfCode; end++ {
			if n := end - start; n >= 2 && !isJoint(text[all[end-2].end:all[end-1].start]) && !k.isSplit(all[start:end]) {
				break
			}
			if end < len(all) && all[end-1].end == all[end].start && sameKind(all[end-1], all[end]) || end-start < fewestOfCode {
				continue
			}
			if k.codes[spelled(all[start:end])] > 0 && (end-start >= longCode || !isPartOfMore(text, all[start], all[end-1])) {
				mark(all[start:end])
			}
		}
	}
}

// isSplit reports that a code of digits may go on over what stands before the last of
// some glyphs, as from one attribute to the next.
func (k *known) isSplit(part []glyph) bool {
	return isNear(part, 0, len(part)) && !slices.ContainsFunc(part, func(g glyph) bool { return !g.isDigit() })
}

func sameKind(a, b glyph) bool { return a.isDigit() == b.isDigit() }

// isPartOfMore reports that what stands between two glyphs belongs to an id, a date, a
// time, an address or a fraction.
func isPartOfMore(text string, first, last glyph) bool {
	before, after := text[:first.start], text[last.end:]
	joins := func(c byte) bool { return strings.IndexByte("-.:/", c) >= 0 }
	isDigit := func(c byte) bool { return c >= '0' && c <= '9' }
	isLetter := func(c byte) bool { return plain(rune(c)) >= 'a' }
	n := len(before)
	return n > 0 && isLetter(before[n-1]) && (n == 1 || before[n-2] != '\\') ||
		n > 1 && joins(before[n-1]) && isDigit(before[n-2]) ||
		len(after) > 0 && isLetter(after[0]) ||
		len(after) > 1 && joins(after[0]) && isDigit(after[1])
}
