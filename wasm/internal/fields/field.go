package fields

// The kinds of Field.
const (
	Input    = "input"
	Select   = "select"
	Editable = "editable" // contenteditable
)

// The values of Field.Visibility.
const (
	Shown  = "shown"
	Faint  = "faint"  // transparent, tiny, or out of sight behind something drawn for it, but within reach of a person
	Hidden = "hidden" // not rendered, clipped away or off the page
)

// Field is one form field, or one editable element. Texts are as on the page, with a limit on
// their length. Positions and sizes are CSS pixels, from the page's top left corner.
type Field struct {
	Ref          int      `json:"ref"`            // the content script's handle of the element
	Form         int      `json:"form,omitempty"` // counts the page's forms from 1; 0 is none
	Kind         string   `json:"kind"`
	Type         string   `json:"type,omitempty"` // of an input
	Name         string   `json:"name,omitempty"`
	ID           string   `json:"id,omitempty"`
	Hints        string   `json:"hints,omitempty"` // class and data-* attributes for scripts and tests
	Autocomplete string   `json:"autocomplete,omitempty"`
	InputMode    string   `json:"input_mode,omitempty"`
	Pattern      string   `json:"pattern,omitempty"`
	MaxLength    int      `json:"max_length,omitempty"` // 0 is unlimited
	MinLength    int      `json:"min_length,omitempty"` // 0 is none
	Size         int      `json:"size,omitempty"`       // of an input, in characters; 0 is not given
	Slots        int      `json:"slots,omitempty"`      // boxes for a character each that the page draws for a faint field
	Placeholder  string   `json:"placeholder,omitempty"`
	Label        string   `json:"label,omitempty"`       // from label, aria-label, aria-labelledby or title, or a text drawn over it
	Description  string   `json:"description,omitempty"` // aria-describedby and aria-description
	Group        string   `json:"group,omitempty"`       // of its fieldset or labelled group
	Heading      string   `json:"heading,omitempty"`     // the nearest heading above
	Before       []string `json:"before,omitempty"`      // texts since the field before, the nearest last
	After        []string `json:"after,omitempty"`       // texts up to the next field, the nearest first
	Beside       string   `json:"beside,omitempty"`      // the first of After, if it follows the field on the same line
	Aligned      string   `json:"aligned,omitempty"`     // of a field without a label: the text before it on its line, or just above it, if that is not the last of Before
	Cells        []string `json:"cells,omitempty"`       // texts of the cells that head its column and its row in a table
	Panel        *Panel   `json:"panel,omitempty"`       // the dialog or the panel of a tab that it is in
	Buttons      []string `json:"buttons,omitempty"`     // labels of the buttons since the field before
	Image        string   `json:"image,omitempty"`       // names of the images between the fields before and after, such as a captcha's
	Picker       *Picker  `json:"picker,omitempty"`      // the last button before it
	Value        string   `json:"value,omitempty"`       // "•" for any value of a password field
	Visibility   string   `json:"visibility"`
	AriaHidden   bool     `json:"aria_hidden,omitempty"`
	Unfocusable  bool     `json:"unfocusable,omitempty"` // tabindex -1, or pointer-events none
	ReadOnly     bool     `json:"read_only,omitempty"`
	Disabled     bool     `json:"disabled,omitempty"`
	Focused      bool     `json:"focused,omitempty"`
	X            int      `json:"x,omitempty"`
	Y            int      `json:"y,omitempty"`
	W            int      `json:"w,omitempty"`
	H            int      `json:"h,omitempty"`
	Options      []Option `json:"options,omitempty"` // of a select
}

// Picker is a button or combobox next to a field, such as one that chooses a country.
type Picker struct {
	Ref    int    `json:"ref"`
	Text   string `json:"text,omitempty"`   // visible text
	Hints  string `json:"hints,omitempty"`  // its label, title, id and class
	Region string `json:"region,omitempty"` // the ISO 3166 code of the country whose flag, name or code it shows
}

// Panel is a dialog, or what a tab shows.
type Panel struct {
	Role string `json:"role"`           // "dialog" or "tabpanel"
	Name string `json:"name,omitempty"` // its label, or its tab's text
}

// Option is one choice of a select.
type Option struct {
	Value    string `json:"value"`
	Text     string `json:"text"`
	Region   string `json:"region,omitempty"` // the ISO 3166 code, if the text is the region's name in the page's language
	Selected bool   `json:"selected,omitempty"`
}

// Step types one value into a field, or chooses it in a select or a picker.
type Step struct {
	Ref    int      `json:"ref"`
	Value  string   `json:"value"`            // to type; of a select, an option's value; of a picker, the calling code
	Option int      `json:"option"`           // the index of a select's option; -1 to type
	Pick   []string `json:"pick,omitempty"`   // a picker's option by its names, the surest first; the calling code is one unless countries share it
	Else   []string `json:"else,omitempty"`   // other formats, if the field does not accept or keep the value
	Alone  string   `json:"alone,omitempty"`  // to type instead of Value if the pick before it failed
	Unless bool     `json:"unless,omitempty"` // skip this step and the rest if the page kept all values so far
	Accept []string `json:"accept,omitempty"` // values that may be read back, compared by letters and digits
}

// usable reports whether the field can be typed into.
func (f *Field) usable() bool {
	return f.Visibility != Hidden && !f.Disabled && !f.ReadOnly
}

// tab returns the name of the tab or dialog that the field is in, or "".
func (f *Field) tab() string {
	if f.Panel == nil {
		return ""
	}
	return f.Panel.Name
}
