package fields

// The kinds of field.
const (
	Input    = "input"
	Select   = "select"
	Editable = "editable" // an element that is edited in place
)

// The grades of visibility.
const (
	Shown  = "shown"
	Faint  = "faint"  // transparent or a pixel small, but where a person could reach it
	Hidden = "hidden" // not rendered, clipped away or off the page
)

// Field is one form field, or one editable element. Texts are bounded, and as the page
// writes them; sizes and places are CSS pixels of the page.
type Field struct {
	Ref          int      `json:"ref"`            // the content script's handle
	Form         int      `json:"form,omitempty"` // counts the page's forms from 1; 0 is none
	Kind         string   `json:"kind"`
	Type         string   `json:"type,omitempty"` // of an input
	Name         string   `json:"name,omitempty"`
	ID           string   `json:"id,omitempty"`
	Hints        string   `json:"hints,omitempty"` // class and data-* names that tests and scripts use
	Autocomplete string   `json:"autocomplete,omitempty"`
	InputMode    string   `json:"input_mode,omitempty"`
	Pattern      string   `json:"pattern,omitempty"`
	MaxLength    int      `json:"max_length,omitempty"` // 0 is none
	Placeholder  string   `json:"placeholder,omitempty"`
	Label        string   `json:"label,omitempty"`       // of its own: label, aria-label, aria-labelledby, title
	Description  string   `json:"description,omitempty"` // aria-describedby
	Group        string   `json:"group,omitempty"`       // of its fieldset or labelled group
	Heading      string   `json:"heading,omitempty"`     // the nearest above
	Before       []string `json:"before,omitempty"`      // texts since the field before, the nearest last
	After        []string `json:"after,omitempty"`       // texts up to the next field, the nearest first
	Buttons      []string `json:"buttons,omitempty"`     // what the buttons since the field before say
	Image        string   `json:"image,omitempty"`       // names of the pictures between the field before and the next, such as a captcha's
	Picker       *Picker  `json:"picker,omitempty"`      // the last button before it
	Value        string   `json:"value,omitempty"`       // never of a password field: "•" there
	Visibility   string   `json:"visibility"`
	AriaHidden   bool     `json:"aria_hidden,omitempty"`
	Unfocusable  bool     `json:"unfocusable,omitempty"` // tabindex -1, or no pointer reaches it
	ReadOnly     bool     `json:"read_only,omitempty"`
	Disabled     bool     `json:"disabled,omitempty"`
	Focused      bool     `json:"focused,omitempty"`
	X            int      `json:"x,omitempty"`
	Y            int      `json:"y,omitempty"`
	W            int      `json:"w,omitempty"`
	H            int      `json:"h,omitempty"`
	Options      []Option `json:"options,omitempty"` // of a select
}

// Picker is a button or combobox beside a field, such as one that chooses a country.
type Picker struct {
	Ref   int    `json:"ref"`
	Text  string `json:"text,omitempty"`  // that it shows
	Hints string `json:"hints,omitempty"` // its label, title, id and class
}

// Option is one choice of a select.
type Option struct {
	Value    string `json:"value"`
	Text     string `json:"text"`
	Region   string `json:"region,omitempty"` // the ISO code, where the text is the region's name in the page's language
	Selected bool   `json:"selected,omitempty"`
}

// Step types one value into one field, or chooses it in a select or a picker.
type Step struct {
	Ref    int      `json:"ref"`
	Value  string   `json:"value"`            // to type; of a select, the option's value
	Option int      `json:"option"`           // of a select, the option's index; -1 types
	Pick   []string `json:"pick,omitempty"`   // of a picker: what its option may be called, the surest first
	Else   []string `json:"else,omitempty"`   // other ways to write it, for a field that does not take or keep the value
	Alone  string   `json:"alone,omitempty"`  // to type instead of the value where the choice before it could not be made
	Unless bool     `json:"unless,omitempty"` // it is left out, and what follows, where the page kept all before it
	Accept []string `json:"accept,omitempty"` // what may be read back, letters and digits alone
}

func (f *Field) usable() bool {
	return f.Visibility != Hidden && !f.Disabled && !f.ReadOnly
}
