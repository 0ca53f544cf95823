package sms

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// reason is points for or against a candidate.
type reason struct {
	points int
	text   string // for the debug view; it repeats nothing of the message
}

// evidence is all reasons for or against a candidate.
type evidence struct {
	score   int
	reasons []reason
	near    bool // whether the word for a code is right beside it, or linked to it
	linked  bool // whether a colon or a word such as "is" joins them
	special bool // whether that word names one-time codes alone
}

// add adds points, which may be negative.
func (e *evidence) add(points int, text string) {
	e.score += points
	e.reasons = append(e.reasons, reason{points, text})
}

// why returns the sum, and all reasons with their points.
func (e *evidence) why() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(e.score) + ": ")
	for i, r := range e.reasons {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(r.points) + " " + r.text)
	}
	return b.String()
}

// maxTold is the highest number of candidates whose evidence is told.
const maxTold = 4

// why returns the evidence of the best candidates, best first.
func (m *message) why() string {
	best := slices.SortedStableFunc(slices.Values(m.candidates), func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	var told []string
	for _, c := range best[:min(len(best), maxTold)] {
		told = append(told, c.why())
	}
	return strings.Join(told, "; ")
}

const (
	minScore = 40   // for the code
	clear    = 20   // by which the code leads all others that would do
	ruledOut = -200 // outweighs any other evidence
)
