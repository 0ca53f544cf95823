package sms

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The kinds of cue, the likeliest first.
const (
	namesCode   = iota // says that a number is the code
	asksForCode        // says what to do with it
	namesOther         // says that a number is another one
)

// kinds are what the phrases of a section are cues for.
var kinds = []struct {
	kind    int
	section string
}{{namesCode, "code"}, {namesCode, "said"}, {asksForCode, "ask"}, {namesOther, "other"}}

// What stands between a cue and its number.
const (
	unlinked = iota
	linkWord // a word such as "is"
	linkColon
)

// cue is a phrase of a message that says what a number near by is.
type cue struct {
	kind     int
	from, to int // in the folded text between two numbers
	between  int // where that text begins in its sentence
	gap      int // characters up to the number
	link     int
	before   bool // it stands before the number
}

// cues finds the phrases of folded text, of those in one another the longest.
func cues(text string) []cue {
	var found []cue
	for _, k := range kinds {
		for _, p := range words()[k.section] {
			for from := 0; from < len(text); {
				at := p.find(text[from:])
				if at < 0 {
					break
				}
				c := cue{kind: k.kind, from: from + at, to: from + at + len(p.text)}
				for p.tail && c.from > 0 && text[c.from-1] != ' ' {
					c.from--
				}
				for p.open && c.to < len(text) && text[c.to] != ' ' {
					c.to++
				}
				found = append(found, c)
				from = c.to
			}
		}
	}
	found = slices.DeleteFunc(slices.Clone(found), func(c cue) bool {
		return slices.ContainsFunc(found, func(d cue) bool {
			more := d.to - d.from - (c.to - c.from)
			return d.from <= c.from && c.to <= d.to && (more > 0 || more == 0 && d.kind == namesOther && c.kind != namesOther)
		})
	})
	slices.SortFunc(found, func(a, b cue) int { return a.from - b.from })
	return found
}

const (
	quotes   = " \"'*_«»“”„‘’「」『』[]【】()<>¦"
	clauses  = ",;:()"
	farAfter = 45 // characters between a number and what is said after it
	farUp    = 22 // and between what is said before it, where nothing links them
	farUpTo  = 60 // where something does
	farDo    = 6  // and where it says what to do with it
	aside    = 10 // what a comma counts for
)

// cueFor finds the cue that says what a mention is, with no other mention of the
// list between: the nearest one. Within a clause that names a code, that is what counts:
// "482913 is your account's code", "code for the order: 482913".
func (m *messageText) cueFor(c mention, list []mention) (cue, bool) {
	text := m.sentences[c.sentence]
	start, end := 0, len(text)
	for _, d := range list {
		if d.sentence == c.sentence && d.to <= c.from {
			start = max(start, d.to)
		}
		if d.sentence == c.sentence && d.from >= c.to {
			end = min(end, d.from)
		}
	}
	left, onLeft := cueBefore(text[start:c.from])
	right, onRight := cueAfter(text[c.to:end])
	left.between, right.between = start, c.to
	if !onLeft || onRight && right.over(left) {
		return right, onRight
	}
	return left, true
}

func cueBefore(text string) (cue, bool) {
	link := unlinked
	trimmed := strings.TrimRight(text, quotes)
	if cut := strings.TrimRight(trimmed, ":=-"+quotes); cut != trimmed {
		trimmed, link = cut, linkColon
	}
	said := fold(trimmed)
	end := len(said)
	if p, ok := words()["is"].ending(said); ok {
		end, link = end-len(p), max(link, linkWord)
	}
	clause := 0
	if at := strings.LastIndexAny(trimmed, clauses); at >= 0 {
		clause = len(fold(trimmed[:at]))
	}
	all := slices.DeleteFunc(cues(said), func(c cue) bool { return c.from >= end })
	if len(all) == 0 {
		return cue{}, false
	}
	best := all[len(all)-1]
	for _, c := range all {
		if c.from >= clause && c.kind == namesCode && (link != unlinked || best.kind == asksForCode) {
			best = c
		}
	}
	best.before, best.link = true, link
	best.gap = utf8.RuneCountInString(said[min(best.to, end):end])
	if best.to <= clause && link == unlinked {
		best.gap += 2 * aside
	}
	return best, true
}

func cueAfter(text string) (cue, bool) {
	said := fold(text)
	all := cues(said)
	if len(all) == 0 {
		return cue{}, false
	}
	clause := len(said)
	if at := strings.IndexAny(text, clauses); at >= 0 {
		clause = len(fold(text[:at]))
	}
	first := all[0]
	if i := slices.IndexFunc(all, func(c cue) bool { return c.kind == namesCode && c.to <= clause }); i >= 0 {
		first = all[i]
	}
	first.gap = utf8.RuneCountInString(said[:first.from])
	if first.from > clause {
		first.gap += aside
	}
	if words()["is"].beginning(said) {
		first.link = linkWord
	}
	return first, true
}

// over reports whether a cue after a number rather than one before it speaks of that.
func (c cue) over(before cue) bool {
	if before.kind == asksForCode && c.kind == namesCode && c.near() {
		return true
	}
	if before.kind == namesOther && before.link == linkColon && c.kind == namesCode && c.link != unlinked {
		return true // "Pay: 482913 is your code"
	}
	return before.link == unlinked && c.gap < before.gap
}

// nearer reports whether c rather than d speaks of its number.
func (c cue) nearer(d cue) bool {
	if (c.link != unlinked) != (d.link != unlinked) {
		return c.link != unlinked
	}
	return c.gap < d.gap || c.gap == d.gap && c.before && !d.before
}

// near reports whether a cue is close enough to speak of a number in the same sentence.
func (c cue) near() bool {
	switch {
	case !c.before:
		return c.gap <= farAfter
	case c.link != unlinked:
		return c.gap <= farUpTo
	case c.kind == asksForCode:
		return c.gap <= farDo
	}
	return c.gap <= farUp
}

// sure reports whether nothing but a word such as "is" stands between.
func (c cue) sure() bool { return c.kind == namesCode && (c.link != unlinked || c.gap <= 1) }
