// Package fields reads descriptions of form fields and plans what to type where.
// It sees plain data and answers with plain data; the content script does both ends.
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
