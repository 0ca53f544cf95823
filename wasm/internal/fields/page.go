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
//     code" in its label. Its kind says what it is about.
//   - A signal is a point for or against one purpose that comes from the field alone: its
//     label, name, type, size and pattern.
//   - The purpose of a field is what its signals say it is for: a code, a telephone number or
//     a calling code. Autofill engines call it the field type.
//   - Evidence is the sum of all reasons for or against a field, and of the texts and
//     fields around it. To weigh a field is to collect its evidence. The highest score wins, if it is high enough
//     and far enough ahead of the next.
//   - A request is what the page asks for at a field, and where the person gets it: from a
//     message, an app, a list of recovery codes or memory. Only the code of a message is
//     filled; for the others a plan says what is wanted.
//   - An announcement is a sentence about a code that is not sent yet: "We will text you a
//     code". Its cues for codes do not count.
//   - Boxes are small fields in a row that take one character of a code each.
package fields

// Page is one frame as the content script describes it.
type Page struct {
	Frame    int      `json:"frame"`              // the browser's frame id; 0 is the top frame
	Document string   `json:"document,omitempty"` // identifies the document; changes when the frame navigates
	Origin   string   `json:"origin"`             // "null" in a sandboxed frame
	Lang     string   `json:"lang"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`              // headings and prose near the fields, one a line, with a limit on the length
	Links    []string `json:"links,omitempty"`   // texts of the visible links, then buttons, outside menus and footers
	QRCode   bool     `json:"qr_code,omitempty"` // whether a picture that is or may be a QR code is visible
	Fields   []Field  `json:"fields"`            // in document order
	Frames   []Frame  `json:"frames,omitempty"`  // visible frames in this one
}

// Plan lists the steps to carry out in one frame, in order. They are valid only for the
// document that was described.
type Plan struct {
	Frame    int    `json:"frame"`
	Document string `json:"document,omitempty"` // as in Page
	Origin   string `json:"origin"`             // of the frame
	Top      string `json:"top"`                // origin of the tab's top frame
	Steps    []Step `json:"steps"`
	Whole    string `json:"whole,omitempty"` // the whole code, to type into the first box if the page did not keep one character a box
	Why      string `json:"why"`             // reasons for the choice or for an empty plan, for the debug view
	Wants    Wanted `json:"wants,omitempty"` // what the page asks for where the best candidate is
	// Overwrites is true if a field already has a value. Such a plan may be carried out only
	// after a person's click.
	Overwrites bool         `json:"overwrites,omitempty"`
	Considered []Considered `json:"considered,omitempty"` // the best candidates, for the debug view
}

// Considered is one candidate with its evidence, for the debug view.
type Considered struct {
	Frame   int      `json:"frame"`
	Ref     int      `json:"ref"`              // of the first field
	Fields  int      `json:"fields"`           // the number of fields
	Called  string   `json:"called,omitempty"` // label, placeholder, name or id
	Score   int      `json:"score"`
	Reasons []string `json:"reasons"`
}

// Empty reports whether no field had enough evidence.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// Report is the content script's result of a plan.
type Report struct {
	Gone   bool   `json:"gone,omitempty"` // whether the frame went away while it was filled
	Kept   bool   `json:"kept"`           // whether the page kept the value of every step
	Detail string `json:"detail,omitempty"`
}
