package fields

import (
	"cmp"
	"strconv"
	"strings"
)

// evidence is the sum of all reasons for or against a field.
type evidence struct {
	score   int
	reasons []string
	named   bool // whether a text names a one-time code
	hinted  bool // whether a text names a code of some kind
}

// add adds points, which may be negative, with the reason for the debug view.
func (e *evidence) add(points int, reason string) {
	e.score += points
	e.reasons = append(e.reasons, strconv.Itoa(points)+" "+reason)
}

// why returns all reasons with their points.
func (e *evidence) why() string { return strings.Join(e.reasons, ", ") }

// considered returns the evidence for the debug view. fields are a candidate's, in one frame.
func (e *evidence) considered(frame int, fields []Field) Considered {
	f := fields[0]
	return Considered{
		Frame: frame, Ref: f.Ref, Fields: len(fields), Score: e.score, Reasons: e.reasons,
		Called: cmp.Or(f.Label, f.Placeholder, f.Name, f.ID),
	}
}

const (
	minScore      = 40    // for a visible field
	minFaintScore = 60    // for a faint one
	ruledOut      = -1000 // outweighs any other evidence
)

// weights are the points for one text: for a one-time code, a likely one (doubt), any code
// (weak), and against it for a code of another kind (against) or another field (other).
type weights struct{ code, doubt, weak, against, other int }

// addText weighs one text: for a one-time code, less for any code, against something else. If
// the surroundings are doubtful, a likely code counts as any code.
func (e *evidence) addText(where string, text reading, w weights, doubtful bool) {
	isOther := text.kinds&otherCodes != 0
	if isOther {
		e.add(-w.against, where+" says "+text.phrase(otherCodes))
	}
	switch {
	case text.kinds&cueCode != 0:
		e.named = true
		e.add(w.code, where+" says "+text.phrase(cueCode))
	case isOther:
	case text.kinds&cueLikely != 0 && !doubtful && w.doubt > w.weak:
		e.named = true
		e.add(w.doubt, where+" says "+text.phrase(cueLikely))
	case text.kinds&cueOtherField != 0 && text.kinds&cueSent == 0 && w.other > 0:
		e.add(-w.other, where+" says "+text.phrase(cueOtherField))
	case text.kinds&(cueGeneric|cueLikely) != 0:
		e.hinted = true
		e.add(w.weak, where+" says "+text.phrase(cueGeneric|cueLikely))
	}
}
