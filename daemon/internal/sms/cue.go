package sms

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The kinds of cue, the likeliest first.
const (
	namesCode   = iota // says that the number is the code: "code"
	asksForCode        // says what to do with the code: "enter"
	namesOther         // says that the number is something else: "order"
)

// kinds maps the sections of words.txt to kinds of cue.
var kinds = []struct {
	kind    int
	section string
}{{namesCode, "code"}, {namesCode, "said"}, {asksForCode, "ask"}, {namesOther, "other"}}

// The links between a cue and its number, the weakest first.
const (
	unlinked  = iota
	linkWord  // a word such as "is"
	linkColon // a colon, dash or equals sign
)

// cue is a phrase that says what a number in the same sentence is.
type cue struct {
	kind     int
	from, to int // bytes in the folded text between two numbers
	between  int // byte of the sentence at which that text begins
	gap      int // characters between the cue and the number
	link     int
	before   bool // whether the cue comes before the number
}

// cues finds all cues in folded text, in order. Of phrases within one another it keeps the
// longest.
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

// Characters around a number, and the distances up to which a cue describes it.
const (
	quotes       = " \"'*_«»“”„‘’「」『』[]【】()<>¦"
	clauses      = ",;:()"
	maxGapAfter  = 45 // characters between a number and a cue after it
	maxGapBefore = 22 // between a cue and a number after it, without a link
	maxGapLinked = 60 // the same, with a link
	maxGapAsk    = 6  // the same, for a cue that asks for the code, without a link
	clauseGap    = 10 // characters that the end of a clause counts for
)

// cueFor returns the cue that says what c is: the nearest one with no other mention of the
// list in between. In a clause that names a code that name wins over nearer cues, as in
// "482913 is your account's code" and "code for the order: 482913".
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

// cueBefore returns the cue for a number that follows text.
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
		best.gap += 2 * clauseGap
	}
	return best, true
}

// cueAfter returns the cue for a number that text follows.
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
		first.gap += clauseGap
	}
	if words()["is"].beginning(said) {
		first.link = linkWord
	}
	return first, true
}

// over reports whether c, a cue after a number, describes it better than the one before it.
func (c cue) over(before cue) bool {
	if before.kind == asksForCode && c.kind == namesCode && c.inReach() {
		return true
	}
	if before.kind == namesOther && before.link == linkColon && c.kind == namesCode && c.link != unlinked {
		return true // "Pay: 482913 is your code"
	}
	return before.link == unlinked && c.gap < before.gap
}

// nearer reports whether c is more closely tied to its number than d is to another.
func (c cue) nearer(d cue) bool {
	if (c.link != unlinked) != (d.link != unlinked) {
		return c.link != unlinked
	}
	return c.gap < d.gap || c.gap == d.gap && c.before && !d.before
}

// inReach reports whether the cue is close enough to its number to describe it.
func (c cue) inReach() bool {
	switch {
	case !c.before:
		return c.gap <= maxGapAfter
	case c.link != unlinked:
		return c.gap <= maxGapLinked
	case c.kind == asksForCode:
		return c.gap <= maxGapAsk
	}
	return c.gap <= maxGapBefore
}

// isDirect reports whether c names a code right next to the number, or with only a link such
// as "is" or a colon in between.
func (c cue) isDirect() bool { return c.kind == namesCode && (c.link != unlinked || c.gap <= 1) }
