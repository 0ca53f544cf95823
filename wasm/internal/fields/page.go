// Package fields decides which form field gets a code or a telephone number, and plans what
// to type into it. It takes and returns plain data: the content script describes the page
// (Page, Field) and carries out the plan (Plan, Step). The package never touches a page,
// keeps no state and makes no request.
//
// PlanCode and PlanNumber look for the best field in all frames of a tab. PlanCodeAt and
// PlanNumberAt fill the one a person chose, a Target. A Signature recognises such a field
// the next time. A plan without steps means that no field is certain enough.
//
// Terms:
//   - A cue is a phrase of words.txt found in a text about a field, such as "verification
//     code" in its label. Its kind says what it speaks for.
//   - A signal is a point for or against one purpose that comes from the field alone: its
//     label, name, type, size and pattern.
//   - The purpose of a field is what its signals say it is for: a code, a telephone number or
//     a calling code. Autofill engines call it the field type.
//   - Evidence is the sum of all reasons for or against a field, with what stands around it.
//     To weigh a field is to collect its evidence. The highest score wins, if it is high enough
//     and far enough ahead of the next.
//   - An announcement tells of a code that is not sent yet: "We will text you a code". Cues
//     within it do not count for a code.
//   - Boxes are small fields in a row that take one character of a code each.
package fields

// Page is one frame as the content script describes it.
type Page struct {
	Frame    int     `json:"frame"`              // the browser's frame id; 0 is the top
	Document string  `json:"document,omitempty"` // names what the frame shows, unlike all that it shows before or after
	Origin   string  `json:"origin"`             // of the frame; "null" of a sandboxed one
	Lang     string  `json:"lang"`
	Title    string  `json:"title"`
	Text     string  `json:"text"`             // headings and prose near the fields, a line each, bounded
	Fields   []Field `json:"fields"`           // in the order of the document
	Frames   []Frame `json:"frames,omitempty"` // in it, that are shown
}

// Plan is what to type into one frame, in order, and only while that shows what was
// described.
type Plan struct {
	Frame    int    `json:"frame"`
	Document string `json:"document,omitempty"` // as in Page
	Origin   string `json:"origin"`             // of the frame
	Top      string `json:"top"`                // the origin of the page that the frame is in
	Steps    []Step `json:"steps"`
	Whole    string `json:"whole,omitempty"` // for the first field, when one character a box was not kept
	Why      string `json:"why"`             // how the fields were found, for the debug view
	// Overwrites says that one of the fields holds what is not the companion's: only a
	// person's click may fill it.
	Overwrites bool         `json:"overwrites,omitempty"`
	Considered []Considered `json:"considered,omitempty"` // the best few, for the debug view
}

// Considered is one place that was weighed.
type Considered struct {
	Frame   int      `json:"frame"`
	Ref     int      `json:"ref"` // of its first field
	Fields  int      `json:"fields"`
	Called  string   `json:"called,omitempty"` // what the page calls it, bounded
	Score   int      `json:"score"`
	Reasons []string `json:"reasons"`
}

// Empty reports that nothing on the page matched well enough.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// Report is what the frame kept of a plan.
type Report struct {
	Gone   bool   `json:"gone,omitempty"` // it went away while it was filled
	Kept   bool   `json:"kept"`           // every step, as read back
	Detail string `json:"detail,omitempty"`
}
