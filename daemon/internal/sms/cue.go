package sms

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/textnorm"
)

// meanings returns the cues of a folded text in order, without those that mean nothing within
// a longer phrase, and with what neighbours mean together: a customer and a code are a
// customer's code.
func meanings(folded string, list []cue) []cue {
	slices.SortStableFunc(list, func(a, b cue) int { return a.from - b.from })
	kept := slices.Clone(list)
	for i, c := range list {
		for j, d := range list {
			if i == j || d.from > c.from || c.to > d.to {
				continue
			}
			if d.to-d.from > c.to-c.from && d.kinds&(kindEvent|kindShare) != 0 {
				kept[i].kinds &^= namesOther | kindBooked | kindNot | kindShow
			}
			if d.kinds&(names|kindAsk) == 0 {
				continue
			}
			if d.to-d.from > c.to-c.from {
				kept[i].kinds &^= names | kindAsk | kindNumber | kindAt | kindOld | kindSent | kindShow
			} else if d.letters > c.letters && d.kinds&names != 0 {
				kept[i].kinds &^= names
			} else if d.letters == c.letters && d.kinds&namesOther != 0 {
				kept[i].kinds &^= namesCode
			}
		}
	}
	kept = slices.DeleteFunc(kept, func(c cue) bool { return c.kinds == 0 })
	booked := slices.ContainsFunc(kept, func(c cue) bool { return c.kinds&kindBooked != 0 })
	for i := range kept {
		if kept[i].kinds&(namesCode|kindFor) == kindSaid && (isNamedOther(folded, kept, i) || booked && kept[i].kinds&kindConfirm != 0) {
			kept[i].kinds = kept[i].kinds&^namesCode | kindSubject
		}
	}
	return kept
}

// isNamedOther reports whether a subject stands next to the i-th cue, which names a code.
func isNamedOther(folded string, list []cue, i int) bool {
	c := list[i]
	for _, d := range list {
		switch {
		case d.kinds&(kindSubject|kindOther) == 0:
		case d.to <= c.from && strings.TrimPrefix(strings.TrimSpace(folded[d.to:c.from]), "'s") == "":
			return true
		case d.from >= c.to && d.kinds&kindSubject != 0:
			joint := strings.TrimSpace(folded[c.to:d.from])
			if joint == "" || words().exact[joint]&kindOf != 0 {
				return true
			}
		}
	}
	return false
}

// gap is what stands between a cue and a candidate.
type gap struct {
	letters   int  // of other words; one of Chinese or Japanese counts as three
	clauses   int  // ends of clauses
	sentences int  // ends of sentences
	lines     int  // ends of lines
	blocked   int  // other candidates that the cue may belong to
	linked    bool // whether a colon or a word such as "is" joins them
	colon     bool // whether it is a colon
}

// isDirect reports whether nothing but a link stands in between.
func (g gap) isDirect() bool { return g.letters <= 1 && g.inClause() && g.blocked == 0 }

// inClause reports whether both are in one clause.
func (g gap) inClause() bool { return g.clauses == 0 && g.inSentence() }

// inSentence reports whether both are in one sentence on one line.
func (g gap) inSentence() bool { return g.sentences == 0 && g.lines == 0 }

const brackets = " ()"

// maxLinks is the highest number of links between a cue and a candidate, as in "code no.: is".
const maxLinks = 6

// gapBefore returns the gap between a cue that ends at a byte and a candidate after it.
func (m *message) gapBefore(from int, c *candidate) gap {
	var g gap
	end := c.at
	for range maxLinks {
		text := withoutRemark(m.folded[from:end])
		end = from + len(text)
		if text != "" && text[len(text)-1] == markColon {
			g.linked, g.colon = true, true
			end--
			continue
		}
		if text == "" {
			break
		}
		link, ok := m.linkEnding(from, end)
		if !ok {
			break
		}
		g.linked = g.linked || m.isLink(link)
		end = link.from
	}
	m.measure(&g, from, end)
	return g
}

// withoutRemark drops spaces, brackets and a remark in brackets from the end of a text.
func withoutRemark(text string) string {
	text = strings.TrimRight(text, " (")
	if !strings.HasSuffix(text, ")") {
		return text
	}
	if at := strings.LastIndexByte(text, markOpen); at >= 0 {
		return strings.TrimRight(text[:at], brackets)
	}
	return strings.TrimRight(text, brackets)
}

// gapAfter returns the gap between a candidate and a cue that begins at a byte after it.
func (m *message) gapAfter(c *candidate, to int) gap {
	var g gap
	start := c.at + 1
	for range maxLinks {
		text := strings.TrimLeft(m.folded[start:to], brackets)
		start = to - len(text)
		if text != "" && text[0] == markColon {
			g.linked, g.colon = true, true
			start++
			continue
		}
		i := slices.IndexFunc(m.cues, func(q cue) bool { return q.from == start && q.to <= to && m.isLink(q) })
		if text == "" || i < 0 {
			break
		}
		g.linked = true
		start = m.cues[i].to
	}
	m.measure(&g, start, to)
	return g
}

// gapBetween returns the gap between a candidate and a cue before or after it.
func (m *message) gapBetween(q cue, c *candidate) gap {
	if q.to <= c.at {
		return m.gapBefore(q.to, c)
	}
	return m.gapAfter(c, q.from)
}

// isLink reports whether a cue links a name to its number. Some links of other languages are
// English prepositions.
func (m *message) isLink(q cue) bool {
	if q.kinds&kindIs == 0 || q.kinds&kindAt == 0 || m.has&kindEnglish == 0 {
		return q.kinds&kindIs != 0
	}
	from, to := m.part(q.from, q.to, sentenceEnds)
	return !m.within(from, to, kindEnglish)
}

// linkEnding returns the longest link or abbreviation that ends at a byte.
func (m *message) linkEnding(from, end int) (cue, bool) {
	i := slices.IndexFunc(m.cues, func(q cue) bool { return q.to == end && q.from >= from && (q.kinds&kindNumber != 0 || m.isLink(q)) })
	if i < 0 {
		return cue{}, false
	}
	return m.cues[i], true
}

// measure counts what stands between two bytes of the folded text.
func (m *message) measure(g *gap, from, to int) {
	aside := -1 // where a remark in brackets begins
	for i, r := range m.folded[from:to] {
		switch r {
		case ' ', markCandidate, markColon:
		case markNumber:
			g.letters += 3
		case markClause:
			g.clauses++
		case markOpen:
			if length := strings.IndexByte(m.folded[from+i:to], markClose); length < 0 {
				g.clauses++
			} else {
				aside = from + i + length
			}
		case markClose:
			if from+i != aside {
				g.clauses++
			}
		case markSentence:
			g.sentences++
		case markLine:
			g.lines++
		default:
			if from+i < aside {
				continue
			}
			g.letters++
			if !textnorm.IsSpacedScript(r) && r >= 0x2E80 {
				g.letters++
			}
		}
	}
	for _, c := range m.candidates {
		if c.at >= from && c.at < to && !c.ignored {
			g.blocked++
		}
	}
}

// rightBefore reports whether a cue of some kinds ends right before a byte.
func (m *message) rightBefore(at int, of kinds) bool {
	end := len(strings.TrimRight(m.folded[:at], " "))
	return slices.ContainsFunc(m.cues, func(q cue) bool { return q.to == end && q.kinds&of != 0 })
}

// rightAfter reports whether a cue of some kinds begins right after a candidate.
func (m *message) rightAfter(c *candidate, of kinds) bool {
	rest := m.folded[c.at+1:]
	start := len(m.folded) - len(strings.TrimLeft(rest, " "))
	return slices.ContainsFunc(m.cues, func(q cue) bool { return q.from == start && q.kinds&of != 0 })
}

// within reports whether a cue of some kinds begins between two bytes.
func (m *message) within(from, to int, of kinds) bool {
	return slices.ContainsFunc(m.cues, func(q cue) bool { return q.from >= from && q.to <= to && q.kinds&of != 0 })
}

// sentenceEnds are the marks that end a sentence or a line.
const sentenceEnds = string(markSentence) + string(markLine)

// part returns the bytes around those from one to another, up to the nearest of some marks.
func (m *message) part(from, to int, marks string) (start, end int) {
	start = strings.LastIndexAny(m.folded[:from], marks) + 1
	end = len(m.folded)
	if at := strings.IndexAny(m.folded[to:], marks); at >= 0 {
		end = to + at
	}
	return start, end
}

// partOf returns the bytes around a candidate up to the nearest of some marks.
func (m *message) partOf(c *candidate, marks string) (start, end int) {
	return m.part(c.at, c.at+1, marks)
}
