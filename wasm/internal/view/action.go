package view

// Do says what a person asked for.
type Do string

// The actions, each with the Action fields it uses. Pages send most of them; "by the browser"
// and "by the worker" mark what the extension itself adds or sends.
const (
	DoOpen            Do = "open"         // a page opened: Tab (by the browser); Text: "again" if it was open already
	DoSection         Do = "section"      // Section
	DoProduct         Do = "product"      // Product
	DoSearch          Do = "search"       // Text: filters the list of the section
	DoFilter          Do = "filter"       // Text: a Filter
	DoWindow          Do = "window"       // First: the row of a long list to scroll to
	DoShowNewer       Do = "fresher"      // replace the list with the newer offers
	DoCompare         Do = "compare"      // Text: a service to compare across all countries
	DoToggleFavourite Do = "favour"       // CountryID, ServiceID
	DoAskKey          Do = "ask_key"      // the companion opens a dialog for the API key
	DoSecondCode      Do = "second"       // explains how to get a second code for the order
	DoAutoFill        Do = "auto_fill"    // toggles whether codes are filled automatically
	DoNotify          Do = "notify"       // toggles whether the browser shows notifications
	DoRevokeSite      Do = "give_back"    // Text: one of the allowed sites of State
	DoQuote           Do = "quote"        // CountryID, ServiceID, AreaCode; OrderID: the order it would replace
	DoSort            Do = "sort"         // Text: a protocol.Sort
	DoBuy             Do = "buy"          // buys what State.Quote shows
	DoBack            Do = "back"         // leaves the quote or the order
	DoDismiss         Do = "dismiss"      // hides the error message
	DoOrder           Do = "order"        // Product, OrderID: shows the order
	DoFillNumber      Do = "fill_number"  // OrderID, Frame: fills the number into the tab and binds the order to it
	DoFillCode        Do = "fill_code"    // OrderID, Frame: fills the code into the tab
	DoFillField       Do = "fill_this"    // OrderID, Text: FillsNumber or FillsCode; Tab, FrameID: where the focused field is (by the browser)
	DoFillTab         Do = "fill"         // Tab: fills the number or code that it waits for (by the browser)
	DoCancel          Do = "cancel"       // OrderID
	DoDecide          Do = "decide"       // IntentID; OrderID: the order that the purchase produced, empty if none
	DoReveal          Do = "reveal"       // OrderID: shows the code of an order that another browser bought
	DoRefresh         Do = "refresh"      // reloads the wallet and the current list
	DoPair            Do = "pair"         // Text: the pairing code
	DoSetPort         Do = "port"         // Text: the port of the daemon
	DoSetName         Do = "name"         // Text: the name of this browser
	DoForget          Do = "forget"       // deletes the pairing in this browser
	DoRestart         Do = "restart"      // restarts the backend after too many crashes (by the worker)
	DoClearOverrides  Do = "unlearn"      // deletes the field overrides
	DoBoostCheck      Do = "boost_check"  // OrderID
	DoBoostCancel     Do = "boost_cancel" // OrderID
)

// Action is what a person asked for. A view attaches one to each control. The page returns it
// unchanged, except that an input sets Text to its value.
type Action struct {
	Do        Do      `json:"do"`
	Text      string  `json:"text,omitempty"`
	Section   Section `json:"section,omitempty"`
	Product   Product `json:"product,omitempty"`
	CountryID string  `json:"country_id,omitempty"`
	ServiceID string  `json:"service_id,omitempty"`
	AreaCode  string  `json:"area_code,omitempty"`
	OrderID   string  `json:"order_id,omitempty"`
	IntentID  string  `json:"intent_id,omitempty"`
	Frame     string  `json:"frame,omitempty"`    // the origin of a cross-site frame that this order may be filled into
	FrameID   int     `json:"frame_id,omitempty"` // as the browser numbers frames; 0 is the top frame
	First     int     `json:"first,omitempty"`
	Tab       *Tab    `json:"tab,omitempty"`
}

// Values of Action.Text for DoFillField.
const (
	FillsNumber = "number"
	FillsCode   = "code"
)
