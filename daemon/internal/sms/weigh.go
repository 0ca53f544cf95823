package sms

import (
	"slices"
	"strings"
)

// weigh gathers the evidence for and against each candidate. The evidence against comes first:
// what is named as something else stands in the way of no other.
func (m *message) weigh() {
	for i := range m.candidates {
		c := &m.candidates[i]
		m.weighShape(c)
		c.ignored = c.shape == shapeName || c.shape == shapeSmall
	}
	m.taken = map[int]bool{}
	for _, q := range m.cues {
		if q.kinds&namesCode != 0 && m.isTaken(q) {
			m.taken[q.from] = true
		}
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
	case longDate().MatchString(c.written):
		c.add(-12, "perhaps a date")
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

// longDate matches a year, a month and a day, or a day, a month and a year.
var longDate = pattern(`^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d\d)$`)

// shortDate matches a day, a month and two digits of a year.
var shortDate = pattern(`^(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-[0-4]\d$`)

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
	if c.shape >= shapeLetters || c.shape == shapeName || m.rightBefore(c.at, kindNumber) {
		return
	}
	from, to := m.partOf(c, sentenceEnds)
	if m.folded[c.at+1:min(len(m.folded), c.at+3)] == " )" && strings.HasSuffix(m.folded[:c.at], "( ") {
		from, to = c.at, c.at+1
	}
	others := countWords(m.folded[from:to])
	against := m.has&(kindOther|kindSubject|kindTail|kindOffer|kindPrize|kindBill) != 0
	switch {
	case m.wordCount <= 1 && !against && m.has&kindSent == 0 && len(c.bare) >= 5 && c.shape == shapeDigits && m.isOnly(c):
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
			if _, end := m.partOf(c, sentenceEnds+","); rest[0] == markColon && m.within(c.at, end, kindGoal) {
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
	from, to := m.partOf(c, sentenceEnds)
	if m.within(from, to, kindTime) && !m.within(from, to, kindAgo) || m.hasClock(from, to) {
		return
	}
	for _, v := range m.cues {
		if v.kinds&kindVoid == 0 || v.from < from || v.to > to {
			continue
		}
		g := m.gapBetween(v, c)
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
