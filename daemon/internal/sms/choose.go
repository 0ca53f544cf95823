package sms

import "strings"

// standard matches the name of a standard, a model or a department: "RFC6749".
var standard = pattern(`^[A-Z]+\d+$`)

// gate rules out candidates that are too unlike codes for evidence from afar.
func (m *message) gate(c *candidate) {
	rest := strings.TrimLeft(m.folded[c.at+1:], " )")
	ends := rest == "" || strings.ContainsAny(rest[:1], ".\n,:(")
	start, _ := m.partOf(c, sentenceEnds)
	begins := strings.Trim(m.folded[start:c.at], brackets) == ""
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
	from, to := m.partOf(c, sentenceEnds)
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
