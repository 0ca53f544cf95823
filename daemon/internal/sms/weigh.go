package sms

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/textnorm"
)

// weigh gathers the evidence for and against each candidate. The evidence against comes first:
// what is named as something else stands in the way of no other.
func (m *message) weigh() {
	for i := range m.candidates {
		c := &m.candidates[i]
		c.evidence = evidence{}
		m.weighShape(c)
		c.ignored = c.shape == shapeName || c.shape == shapeSmall
	}
	for i := range m.candidates {
		m.weighOther(&m.candidates[i])
	}
	for i := range m.candidates {
		c := &m.candidates[i]
		c.ignored = c.ignored || c.score <= -30
	}
	m.weighNames()
	for i := range m.candidates {
		c := &m.candidates[i]
		m.weighUse(c)
		m.weighPlace(c)
		m.weighMessage(c)
		m.weighVoid(c)
		m.gate(c)
	}
}

// weighShape weighs how a candidate is written.
func (m *message) weighShape(c *candidate) {
	n := len(c.bare)
	switch {
	case c.shape == shapeMasked:
		c.add(6, "hidden digits")
	case c.shape == shapeName:
		c.add(-15, "a word and a number")
		if slices.ContainsFunc(m.candidates, func(d candidate) bool { return d.shape != shapeName && d.bare != c.bare }) {
			c.add(-10, "beside plain numbers")
		}
	case c.shape == shapeSmall:
		c.add(-8, "small letters")
	case c.shape == shapeLetters, c.shape == shapeWord:
		c.add(-5, "no digits")
	case c.shape == shapeMixed:
		c.add(0, "letters and digits")
	case isYear(c.bare) && c.written == c.bare:
		c.add(-12, "a year")
	case n < 4:
		c.add(-5, "three digits")
	case shortDate().MatchString(c.written):
		c.add(-30, "a date")
	case n == 10 && c.bare[0] == '0':
		c.add(-40, "a telephone number")
	case n > 8:
		c.add(-5, "many digits")
	case n == 6:
		c.add(6, "six digits")
	default:
		c.add(5, "four to eight digits")
	}
}

// shortDate matches a day, a month and two digits of a year.
var shortDate = pattern(`^(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-[0-4]\d$`)

// weighOther weighs what says that a candidate is something else.
func (m *message) weighOther(c *candidate) {
	switch {
	case m.rightAfter(c, kindUnit|kindTime|kindMoney), m.isPriced(c):
		c.add(ruledOut, "an amount")
		return
	case m.rightBefore(c, kindFor):
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
	start, _ := m.part(c, ".\n,()")
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
		return q.from > c.at && q.kinds&namesCode != 0 && func() bool { g := m.gapAfter(c, q.from); return g.linked && g.inClause() && g.blocked == 0 }()
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
	end := len(strings.TrimRight(m.folded[:q.from], " "))
	return slices.ContainsFunc(m.cues, func(p cue) bool { return p.to == end && p.kinds&namesCode != 0 })
}

// isChanged reports whether a code confirms a change of the thing that q names: the code follows
// its name, as in "code to add a card: 447190".
func (m *message) isChanged(q cue, c *candidate, g gap) bool {
	start := strings.LastIndexAny(m.folded[:q.from], ".\n"+string(markCandidate)) + 1
	return m.within(start, q.to, kindAction) && (len(c.bare) > 4 || g.colon) || m.within(start, q.from, kindCode) && len(c.bare) > 5 && !m.within(start, q.from, kindFor)
}

// otherAfter weighs a cue after a candidate that names something else.
func (m *message) otherAfter(q cue, c *candidate) reason {
	g := m.gapAfter(c, q.from)
	if g.blocked > 0 || !g.inClause() || g.colon || q.kinds&kindValid != 0 || strings.ContainsAny(m.folded[c.at:q.from], "()") || m.isLabel(q) || m.isNamedBefore(c) {
		return reason{}
	}
	_, end := m.part(c, ".\n,()"+string(markCandidate))
	named := slices.ContainsFunc(m.cues, func(p cue) bool {
		return p.from > c.at && p.to <= end && p.kinds&namesCode != 0 && !m.isTaken(p)
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
	from := strings.LastIndexAny(m.folded[:q.from], ".\n"+string(markCandidate)) + 1
	to := len(m.folded)
	if at := strings.IndexAny(m.folded[q.to:], ".\n"+string(markCandidate)); at >= 0 {
		to = q.to + at
	}
	alone := (from == 0 || m.folded[from-1] != markCandidate) && (to == len(m.folded) || m.folded[to] != markCandidate)
	return alone && m.within(from, to, kindShare)
}

// isBeside reports whether a cue stands right before or after a candidate, or is linked to it.
func (m *message) isBeside(q cue, c *candidate) bool {
	var g gap
	if q.to <= c.at {
		g = m.gapBefore(q.to, c)
	} else {
		g = m.gapAfter(c, q.from)
	}
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
	between := strings.TrimSpace(m.folded[a.at+1 : b.at])
	if between == "" {
		return a.shape == b.shape && len(a.bare) == len(b.bare) && isYear(a.bare) == isYear(b.bare)
	}
	word := strings.TrimSpace(strings.Trim(between, ","))
	return word == "" || words().exact[word]&kindAnd != 0 || word == "/"
}

// relate returns how a word for a code relates to a candidate.
func (m *message) relate(q cue, c *candidate) relation {
	var g gap
	before := q.to <= c.at
	from, to := q.to, c.at
	if before {
		g = m.gapBefore(q.to, c)
	} else {
		g = m.gapAfter(c, q.from)
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

// weighUse weighs a request to use the candidate, as in "enter 905318 to continue".
func (m *message) weighUse(c *candidate) {
	if c.shape == shapeName || c.shape >= shapeLetters {
		return
	}
	asked, points := -1, 0
	for i, q := range m.cues {
		if p := m.askedFor(q, c); p > points {
			asked, points = i, p
		}
	}
	switch {
	case asked >= 0:
		c.add(points, "asked for")
		used := m.cues[asked]
		if slices.ContainsFunc(m.cues, func(q cue) bool {
			return q.kinds&(kindAsk|kindGoal) != 0 && (q.from >= used.to || q.to <= used.from) && m.folded[q.from:q.to] != m.folded[used.from:used.to]
		}) {
			c.add(15, "for a sign-in")
		}
	case m.has&kindAsk != 0:
		c.add(5, "something is asked for")
	}
}

// askedFor returns the points of a request to use a candidate. The verb stands right before or
// after it, or at the end of the clause.
func (m *message) askedFor(q cue, c *candidate) int {
	if q.kinds&kindAsk == 0 {
		return 0
	}
	if q.to <= c.at {
		if m.gapBefore(q.to, c).isDirect() {
			return 30
		}
		return 0
	}
	g := m.gapAfter(c, q.from)
	switch {
	case !g.inClause() || g.blocked > 0:
	case g.letters <= 8:
		return 30
	case g.letters <= 25 && !m.within(c.at, q.from, namesOther):
		return 24
	}
	return 0
}

// weighPlace weighs where a candidate stands.
func (m *message) weighPlace(c *candidate) {
	if c.shape >= shapeLetters || c.shape == shapeName || m.rightBefore(c, kindNumber) {
		return
	}
	from, to := m.part(c, ".\n")
	if m.folded[c.at+1:min(len(m.folded), c.at+3)] == " )" && strings.HasSuffix(m.folded[:c.at], "( ") {
		from, to = c.at, c.at+1
	}
	others := countWords(m.folded[from:to])
	against := m.has&(kindOther|kindSubject|kindTail|kindOffer|kindPrize|kindBill) != 0
	switch {
	case m.spoken <= 1 && !against && len(c.bare) >= 5 && c.shape == shapeDigits && m.isOnly(c):
		c.add(40, "hardly anything else")
	case others == 0 && (against || m.isNamedElsewhere(c)):
		c.add(6, "alone on its line")
	case others == 0:
		c.add(25, "alone on its line")
	case others == 1 && !against && !m.isNamedElsewhere(c):
		c.add(12, "nearly alone on its line")
	}
	if strings.Trim(m.folded[:c.at], brackets) == "" {
		rest := strings.TrimLeft(m.folded[c.at+1:], brackets)
		if rest != "" && strings.ContainsAny(rest[:1], ":,\n.") {
			c.add(8, "leads the message")
			if _, end := m.part(c, ".\n,"); rest[0] == markColon && m.within(c.at, end, kindGoal) {
				c.add(18, "and what it is for follows")
			}
		}
	}
}

// isNamedElsewhere reports whether another candidate stands beside the word for a code.
func (m *message) isNamedElsewhere(c *candidate) bool {
	return slices.ContainsFunc(m.candidates, func(d candidate) bool { return d.bare != c.bare && d.near })
}

// isOnly reports whether all candidates are the same code.
func (m *message) isOnly(c *candidate) bool {
	return !slices.ContainsFunc(m.candidates, func(d candidate) bool { return d.bare != c.bare })
}

// weighMessage weighs what the rest of the message is about.
func (m *message) weighMessage(c *candidate) {
	help := 0
	for _, s := range []struct {
		kinds  kinds
		points int
	}{{kindShare, 12}, {kindValid, 10}, {kindEvent, 12}} {
		if m.has&s.kinds != 0 {
			help += s.points
		}
	}
	if help > 0 {
		c.add(min(help, 24), "a message that brings codes")
	}
	special := c.special && c.near
	switch {
	case m.has&kindPrize != 0 && !special:
		c.add(-80, "a prize")
	case m.has&kindOffer != 0 && m.has&kindCode == 0:
		c.add(-100, "an offer")
	case m.has&kindOffer != 0 && !special:
		c.add(-25, "an offer")
	}
	if m.has&kindShow != 0 {
		c.add(-60, "to be shown or told to somebody")
	}
	switch {
	case special:
	case m.has&(kindBill|kindDone) != 0:
		c.add(-55, "a bill or a payment")
	case m.has&kindBooked != 0 && c.shape != shapeDigits:
		c.add(-35, "something booked or ordered")
	}
}

// weighVoid weighs what says that the candidate is no longer valid. With a time to come, the
// same words tell how long it is valid: "expired in 3 minutes".
func (m *message) weighVoid(c *candidate) {
	from, to := m.part(c, ".\n")
	if m.within(from, to, kindTime) && !m.within(from, to, kindAgo) || m.hasClock(from, to) {
		return
	}
	for _, v := range m.cues {
		if v.kinds&kindVoid == 0 || v.from < from || v.to > to {
			continue
		}
		var g gap
		if v.to <= c.at {
			g = m.gapBefore(v.to, c)
		} else {
			g = m.gapAfter(c, v.from)
		}
		if g.blocked == 0 && g.inClause() {
			c.add(-120, "no longer valid")
			return
		}
		if g.blocked == 0 && v.from > c.at {
			c.add(-30, "perhaps no longer valid")
			return
		}
	}
}

// hasClock reports whether a time follows a colon between two bytes: "Time to expired: 06:45".
func (m *message) hasClock(from, to int) bool {
	return strings.Contains(m.folded[from:to], string(markColon)+" "+string(markNumber))
}

// standard matches the name of a standard, a model or a department: "RFC6749".
var standard = pattern(`^[A-Z]+\d+$`)

// gate rules out candidates that are too unlike codes for evidence from afar.
func (m *message) gate(c *candidate) {
	rest := strings.TrimLeft(m.folded[c.at+1:], " )")
	ends := rest == "" || strings.ContainsAny(rest[:1], ".\n,:(")
	begins := strings.Trim(m.folded[strings.LastIndexAny(m.folded[:c.at], ".\n")+1:c.at], brackets) == ""
	fits := true
	switch {
	case c.shape == shapeLetters && m.capitals:
		fits = c.near && ends && m.afterColon(c)
	case c.shape == shapeLetters:
		fits = c.near && (begins || ends)
	case c.shape == shapeWord:
		fits = c.near && ends && m.has&(kindVoid|kindState) == 0
	case c.shape == shapeName:
		fits = c.linked
	case strings.HasPrefix(c.written, "XX"):
		fits = c.near
	case c.shape == shapeMixed && standard().MatchString(c.written):
		fits = c.near
	case c.shape == shapeSmall, len(c.bare) > 8:
		fits = c.near
	case len(c.bare) < 4:
		fits = c.near || m.has&kindAsk != 0 && m.isAlone(c)
	}
	if !fits {
		c.add(ruledOut, "too unlike a code")
	}
}

func (m *message) afterColon(c *candidate) bool {
	before := strings.TrimRight(m.folded[:c.at], brackets)
	return before != "" && before[len(before)-1] == markColon
}

func (m *message) isAlone(c *candidate) bool {
	from, to := m.part(c, ".\n")
	return countWords(m.folded[from:to]) == 0
}

// chosen returns the candidate that fits best. It returns false if none fits, or if another
// would do nearly as well.
func (m *message) chosen() (*candidate, bool) {
	var best *candidate
	for i := range m.candidates {
		if c := &m.candidates[i]; best == nil || c.score > best.score {
			best = c
		}
	}
	if best == nil || best.score < minScore || best.shape == shapeMasked {
		return nil, false
	}
	for i := range m.candidates {
		c := &m.candidates[i]
		if c.bare != best.bare && c.score > minScore-5 && best.score-c.score < clear {
			return nil, false
		}
	}
	return best, true
}
