package sms

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/textnorm"
)

// weighOther weighs what says that a candidate is something else.
func (m *message) weighOther(c *candidate) {
	switch {
	case m.rightAfter(c, kindUnit|kindTime|kindMoney), m.isPriced(c):
		c.add(ruledOut, "an amount")
		return
	case m.rightBefore(c.at, kindFor):
		c.add(-20, "what the code is for")
	case m.isPlaced(c):
		c.add(-15, "a place, a time or a person")
	}
	if strings.HasPrefix(strings.TrimLeft(m.folded[c.at+1:], " "), "#") {
		c.add(-30, "to be dialled")
	}
	if strings.HasSuffix(strings.TrimRight(m.folded[:c.at], brackets), "#") {
		c.add(-18, "a number sign")
	}
	c.named = m.isNamedBefore(c)
	start, _ := m.partOf(c, sentenceEnds+",()")
	worst := reason{}
	for _, q := range m.cues {
		if q.kinds&namesOther == 0 {
			continue
		}
		var r reason
		if q.to <= c.at {
			r = m.otherBefore(q, c, start)
		} else {
			r = m.otherAfter(q, c)
		}
		if r.points < worst.points {
			worst = r
		}
	}
	if worst.points < 0 {
		c.add(worst.points, worst.text)
	}
}

// isPlaced reports whether a word such as "at" stands right before a candidate.
func (m *message) isPlaced(c *candidate) bool {
	end := len(strings.TrimRight(m.folded[:c.at], " "))
	return slices.ContainsFunc(m.cues, func(q cue) bool { return q.to == end && q.kinds&kindAt != 0 && q.kinds&kindAnd == 0 && !m.isLink(q) }) && !m.followedByName(c)
}

// isPriced reports whether a currency stands before a candidate and belongs to it.
func (m *message) isPriced(c *candidate) bool {
	end := len(strings.TrimRight(m.folded[:c.at], " "))
	return slices.ContainsFunc(m.cues, func(q cue) bool {
		if q.to != end || q.kinds&kindMoney == 0 {
			return false
		}
		before := strings.TrimRight(m.folded[:q.from], " ")
		return before == "" || before[len(before)-1] != markNumber && before[len(before)-1] != markCandidate && !textnorm.IsDigit(rune(before[len(before)-1]))
	})
}

// followedByName reports whether a link and the word for a code follow a candidate.
func (m *message) followedByName(c *candidate) bool {
	return slices.ContainsFunc(m.cues, func(q cue) bool {
		if q.from < c.at || q.kinds&namesCode == 0 {
			return false
		}
		g := m.gapAfter(c, q.from)
		return g.linked && g.inClause() && g.blocked == 0
	})
}

// otherBefore weighs a cue before a candidate that names something else.
func (m *message) otherBefore(q cue, c *candidate, clause int) reason {
	g := m.gapBefore(q.to, c)
	if g.blocked > 0 || !g.inSentence() {
		return reason{}
	}
	if q.kinds&kindNumber != 0 && m.isNumberOfCode(q) {
		return reason{}
	}
	named := m.within(clause, c.at, namesCode)
	linked := g.linked && m.within(clause, q.from, namesCode)
	harmless := q.kinds&namesOther == kindThing && (linked || m.isChanged(q, c, g))
	switch {
	case q.kinds&kindTail != 0 && g.isDirect():
		return reason{-80, "the end of a number"}
	case harmless:
		return reason{-5, "a telephone, card or account that is confirmed"}
	case g.isDirect() && q.kinds&namesOther == kindThing:
		return reason{-45, "a telephone, card or account"}
	case g.isDirect() && linked:
		return reason{-25, "something else with a number that the code is for"}
	case g.isDirect():
		return reason{-50, "something else with a number"}
	case g.linked && g.inClause() && !named && !m.isNamedAfter(c):
		return reason{-50, "something else with a number, linked"}
	case g.inClause() && g.letters <= 12 && !named:
		return reason{-18, "something else near"}
	}
	return reason{}
}

// isNumberOfCode reports whether a word for a number follows the word for a code, as in
// "OTP number".
func (m *message) isNumberOfCode(q cue) bool {
	return m.rightBefore(q.from, namesCode)
}

// isChanged reports whether a code confirms a change of the thing that q names: the code follows
// its name, as in "code to add a card: 447190".
func (m *message) isChanged(q cue, c *candidate, g gap) bool {
	start, _ := m.part(q.from, q.to, sentenceEnds+string(markCandidate))
	return m.within(start, q.to, kindAction) && (len(c.bare) > 4 || g.colon) || m.within(start, q.from, kindCode) && len(c.bare) > 5 && !m.within(start, q.from, kindFor)
}

// otherAfter weighs a cue after a candidate that names something else.
func (m *message) otherAfter(q cue, c *candidate) reason {
	g := m.gapAfter(c, q.from)
	if g.blocked > 0 || !g.inClause() || g.colon || q.kinds&kindValid != 0 || strings.ContainsAny(m.folded[c.at:q.from], "()") || c.named || m.isLabel(q) {
		return reason{}
	}
	_, end := m.partOf(c, sentenceEnds+",()"+string(markCandidate))
	named := slices.ContainsFunc(m.cues, func(p cue) bool {
		return p.from > c.at && p.to <= end && p.kinds&namesCode != 0 && !m.taken[p.from]
	})
	switch {
	case named:
		return reason{}
	case g.isDirect() && q.kinds&namesOther == kindThing, g.linked && q.kinds&namesOther == kindThing:
		return reason{-30, "a telephone, card or account"}
	case g.isDirect() || g.linked && g.letters <= 25:
		return reason{-45, "something else with a number"}
	}
	return reason{}
}

// isNamedBefore reports whether the word for a code, or a request to use it, stands right before
// a candidate.
func (m *message) isNamedBefore(c *candidate) bool {
	return slices.ContainsFunc(m.cues, func(q cue) bool {
		return q.to <= c.at && q.kinds&(namesCode|kindAsk) != 0 && m.gapBefore(q.to, c).isDirect()
	})
}

// isNamedAfter reports whether the word for a code stands right after a candidate.
func (m *message) isNamedAfter(c *candidate) bool {
	return slices.ContainsFunc(m.cues, func(q cue) bool {
		if q.from < c.at || q.kinds&namesCode == 0 {
			return false
		}
		g := m.gapAfter(c, q.from)
		return g.isDirect() || g.linked && g.inClause() && g.letters <= maxLinked && g.blocked == 0
	})
}

// isLabel reports whether a number of its own follows a cue.
func (m *message) isLabel(q cue) bool {
	rest := strings.TrimLeft(m.folded[q.to:], " ")
	for _, n := range m.cues {
		if n.kinds&kindNumber != 0 && n.from == len(m.folded)-len(rest) {
			rest = strings.TrimLeft(m.folded[n.to:], " ")
		}
	}
	return rest != "" && strings.ContainsRune(string([]rune{markColon, markCandidate, markNumber}), rune(rest[0]))
}

// isTaken reports whether a candidate follows the word for a code at once.
func (m *message) isTaken(q cue) bool {
	return slices.ContainsFunc(m.candidates, func(d candidate) bool { return d.at >= q.to && m.gapBefore(q.to, &d).isDirect() })
}
