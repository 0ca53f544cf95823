package fields

import (
	"cmp"
	"strconv"
	"strings"
)

// evidence is a sum of reasons for or against a field.
type evidence struct {
	score   int
	reasons []string
	named   bool // something says that a code goes there
	hinted  bool // something says that a code of some kind does
}

func (e *evidence) add(points int, reason string) {
	e.score += points
	e.reasons = append(e.reasons, strconv.Itoa(points)+" "+reason)
}

func (e *evidence) why() string { return strings.Join(e.reasons, ", ") }

// considered tells of the evidence about some fields of a frame.
func (e *evidence) considered(frame int, fields []Field) Considered {
	f := fields[0]
	return Considered{
		Frame: frame, Ref: f.Ref, Fields: len(fields), Score: e.score, Reasons: e.reasons,
		Called: cmp.Or(f.Label, f.Placeholder, f.Name, f.ID),
	}
}

const (
	minScore      = 40 // for a field that a person sees
	minFaintScore = 60 // for one that is all but invisible
	ruledOut      = -200
)

// weights are the points for what one text says.
type weights struct{ code, doubt, weak, against, other int }

// speaks weighs one text: for a phrase that names a sent code, less for any code,
// against for something else.
func (e *evidence) speaks(where string, text reading, w weights, doubtful bool) {
	isOther := text.says&(cueOtherCode|cueNewPIN) != 0
	if isOther {
		e.add(-w.against, where+" says "+text.phrase(cueOtherCode|cueNewPIN))
	}
	switch {
	case text.says&cueCode != 0:
		e.named = true
		e.add(w.code, where+" says "+text.phrase(cueCode))
	case isOther:
	case text.says&cueLikely != 0 && !doubtful && w.doubt > w.weak:
		e.named = true
		e.add(w.doubt, where+" says "+text.phrase(cueLikely))
	case text.says&cueOtherField != 0 && text.says&cueSent == 0 && w.other > 0:
		e.add(-w.other, where+" says "+text.phrase(cueOtherField))
	case text.says&(cueGeneric|cueLikely) != 0:
		e.hinted = true
		e.add(w.weak, where+" says "+text.phrase(cueGeneric|cueLikely))
	}
}
