package sms

import (
	"slices"
	"strings"
)

// relation is how a cue that names a code relates to a candidate.
type relation struct {
	points int
	text   string
	near   bool // right beside it, or linked
	linked bool // a colon or a word such as "is" joins them
}

// weighNames weighs the words for a code around each candidate. A word belongs to the
// candidate that it is closest to, and says little about others.
func (m *message) weighNames() {
	best := make([]relation, len(m.candidates))
	special := make([]bool, len(m.candidates))
	var named []cue
	var all [][]relation
	first := map[int]int{} // how many words each candidate is closest to
	ends := map[int]int{}  // where the last of them ends
	for _, q := range m.cues {
		if q.kinds&namesCode == 0 || m.isOnlyWarning(q) {
			continue
		}
		row := make([]relation, len(m.candidates))
		for i := range m.candidates {
			row[i] = m.relate(q, &m.candidates[i])
		}
		named, all = append(named, q), append(all, row)
		if top := m.closest(row); top >= 0 && row[top].points > maxShared {
			if q.from >= ends[top] {
				first[top]++
			}
			ends[top] = max(ends[top], q.to)
		}
	}
	for n, q := range named {
		top := m.closest(all[n])
		old := m.isOld(q)
		for i, r := range all[n] {
			if old && m.isBeside(q, &m.candidates[i]) {
				m.candidates[i].add(-60, "an earlier code")
			}
			if top >= 0 && r.points < all[n][top].points && first[top] == 1 {
				r = relation{points: min(r.points, maxShared), text: "the word for a code, which belongs to another"}
			}
			if q.kinds&kindCode == 0 && r.points > maxShared {
				r.points -= 5
			}
			if r.points >= 20 && r.points < 40 && q.kinds&kindCode != 0 && m.isOnly(&m.candidates[i]) && m.candidates[i].shape == shapeDigits && m.isUncontested(&m.candidates[i]) {
				r.points, r.text = r.points+14, r.text+", for the only number"
			}
			if r.points > best[i].points {
				best[i], special[i] = r, q.kinds&kindCode != 0
			}
		}
	}
	for i := range m.candidates {
		c := &m.candidates[i]
		if best[i].points > 0 {
			c.add(best[i].points, best[i].text)
		}
		c.near, c.linked, c.special = best[i].near, best[i].linked, special[i]
	}
	m.coordinate(best)
}

// closest returns the candidate that a word for a code is closest to, of those that nothing
// else names, or -1.
func (m *message) closest(row []relation) int {
	top := -1
	for i, r := range row {
		if m.candidates[i].score > -20 && r.points > 0 && (top < 0 || r.points > row[top].points) {
			top = i
		}
	}
	return top
}

// isOnlyWarning reports whether a word for a code stands in a sentence without numbers that
// warns against passing it on.
func (m *message) isOnlyWarning(q cue) bool {
	from, to := m.part(q.from, q.to, sentenceEnds+string(markCandidate))
	alone := (from == 0 || m.folded[from-1] != markCandidate) && (to == len(m.folded) || m.folded[to] != markCandidate)
	return alone && m.within(from, to, kindShare)
}

// isBeside reports whether a cue stands right before or after a candidate, or is linked to it.
func (m *message) isBeside(q cue, c *candidate) bool {
	g := m.gapBetween(q, c)
	return g.isDirect() || g.linked && g.inClause() && g.blocked == 0 && g.letters <= maxLinked
}

// maxShared is the most that the word for another candidate's code says for a candidate.
const maxShared = 12

// coordinate gives candidates that "and", "or" or a comma joins the same evidence: one that
// fits makes the other fit.
func (m *message) coordinate(best []relation) {
	for i := 1; i < len(m.candidates); i++ {
		a, b := &m.candidates[i-1], &m.candidates[i]
		if a.bare == b.bare || !m.isJoined(a, b) {
			continue
		}
		if p, q := best[i-1].points, best[i].points; p > q {
			b.add(p-q, "joined to the number before")
			b.near = b.near || a.near
		} else if q > p {
			a.add(q-p, "joined to the number after")
			a.near = a.near || b.near
		}
	}
}

// isJoined reports whether nothing but a conjunction or a comma stands between two candidates.
func (m *message) isJoined(a, b *candidate) bool {
	between := strings.Trim(m.folded[a.at+1:b.at], " ")
	if between == "" {
		return a.shape == b.shape && isYear(a.bare) == isYear(b.bare)
	}
	word := strings.Trim(between, ", ")
	return word == "" || words().exact[word]&kindAnd != 0 || word == "/"
}

// relate returns how a word for a code relates to a candidate.
func (m *message) relate(q cue, c *candidate) relation {
	g := m.gapBetween(q, c)
	before := q.to <= c.at
	from, to := q.to, c.at
	if !before {
		from, to = c.at, q.from
	}
	if before && g.linked && g.blocked > 0 && g.inSentence() && !m.isShared(q, c) {
		g.blocked = 0 // "the code for order 44718 is 905612"
	}
	if m.isOld(q) {
		return relation{points: 10, text: "the word for a code, an earlier one"}
	}
	sent := m.within(from, to, kindSent) && !m.within(from, to, kindAction|kindGoal)
	switch {
	case g.sentences == 0 && m.isDenied(from, to):
		return relation{}
	case sent && !g.linked && g.inClause() && g.blocked == 0:
		return relation{points: 12, text: "the word for a code that was sent"}
	case g.blocked > 0 && g.inSentence():
		return relation{points: 14, text: "the word for a code beyond another number"}
	case g.blocked > 0:
		return relation{points: 5, text: "the word for a code far beyond another number"}
	case before && g.isDirect():
		return relation{points: 60, text: "the word for a code right before", near: true, linked: g.linked}
	case before && g.letters <= 1 && g.clauses == 0 && g.sentences == 0 && g.lines == 1 && !m.isAnswered(q):
		return relation{points: 50, text: "the word for a code on the line before", near: true, linked: true}
	case before && g.inSentence() && g.clauses == 1 && g.letters <= 1:
		return relation{points: 44, text: "the word for a code before a comma", near: true}
	case before && g.linked && g.sentences == 0 && g.lines <= 1 && g.clauses == 0 && g.letters <= maxFar:
		return relation{points: 55 - 4*g.lines, text: "the word for a code, linked", near: true, linked: true}
	case before && g.linked && g.inSentence() && g.letters <= maxFar:
		return relation{points: 34, text: "the word for a code, linked to another clause"}
	case !before && (g.isDirect() || g.linked && g.inClause() && g.letters <= maxLinked):
		return relation{points: 57, text: "the word for a code right after", near: true, linked: g.linked}
	case before && g.inSentence() && g.clauses <= 1 && g.letters <= 60 && m.within(from, to, kindAction|kindGoal):
		return relation{points: 46 - 4*g.clauses, text: "the word for a code, and what it is for"}
	case !before && g.inSentence() && g.clauses == 1 && g.letters <= 8 && strings.HasPrefix(m.folded[c.at+1:], " ,"):
		return relation{points: 46, text: "the word for a code right after a comma", near: true}
	case g.inClause() && before && m.has&kindEnglish != 0 && m.within(from, to, kindAt):
		return relation{points: 26, text: "the word for a code, and a place"}
	case g.inClause() && g.letters <= 25:
		return relation{points: 42, text: "the word for a code near"}
	case g.inClause() && g.letters <= 60:
		return relation{points: 34, text: "the word for a code in the clause"}
	case g.inSentence() && g.letters <= 40:
		return relation{points: 26, text: "the word for a code in the sentence"}
	case g.inSentence():
		return relation{points: 20, text: "the word for a code further in the sentence"}
	case g.sentences+g.lines == 1:
		return relation{points: 18, text: "the word for a code in the next sentence"}
	}
	return relation{points: 9, text: "the word for a code in the message"}
}

// isAnswered reports whether a candidate stands on the line of a word for a code.
func (m *message) isAnswered(q cue) bool {
	from := strings.LastIndexByte(m.folded[:q.from], markLine) + 1
	return slices.ContainsFunc(m.candidates, func(d candidate) bool { return d.at >= from && d.at < q.to && !d.ignored })
}

// Letters between the word for a code and a candidate that a link joins.
const (
	maxLinked = 45  // with the candidate first
	maxFar    = 120 // with the word first
)

// isDenied reports whether "not" stands in the first clause between two bytes.
func (m *message) isDenied(from, to int) bool {
	if at := strings.IndexAny(m.folded[from:to], ",("); at >= 0 {
		to = from + at
	}
	return m.within(from, to, kindNot)
}

// isShared reports whether a word for a code is linked to a candidate before c.
func (m *message) isShared(q cue, c *candidate) bool {
	return slices.ContainsFunc(m.candidates, func(d candidate) bool {
		if d.at < q.to || d.at >= c.at || d.ignored {
			return false
		}
		g := m.gapBefore(q.to, &d)
		return g.isDirect() || g.linked
	})
}

// isUncontested reports whether nothing so far speaks against a candidate.
func (m *message) isUncontested(c *candidate) bool {
	return !slices.ContainsFunc(c.reasons, func(r reason) bool { return r.points < 0 })
}

// isOld reports whether a word for a code speaks of an earlier code.
func (m *message) isOld(q cue) bool {
	return slices.ContainsFunc(m.cues, func(o cue) bool {
		return o.kinds&kindOld != 0 && (o.to <= q.from && strings.TrimSpace(m.folded[o.to:q.from]) == "" ||
			o.from >= q.to && strings.TrimSpace(m.folded[q.to:o.from]) == "")
	})
}
