package view

// Do names what a person asked for.
type Do string

// What can be asked for, and the Action fields it uses.
const (
	DoOpen            Do = "open"         // a page opened: Tab (by the browser); Text: "again" where it was open already
	DoSection         Do = "section"      // Section
	DoProduct         Do = "product"      // Product
	DoSearch          Do = "search"       // Text: in what the section lists
	DoFilter          Do = "filter"       // Text: a Filter
	DoWindow          Do = "window"       // First: the row of a long list that is looked at
	DoShowNewer       Do = "fresher"      // show what has come since
	DoCompare         Do = "compare"      // Text: a service, in all countries
	DoToggleFavourite Do = "favour"       // CountryID, ServiceID: a favourite, or no longer
	DoAskKey          Do = "ask_key"      // the companion asks for the API key, in a window of its own
	DoSecondCode      Do = "second"       // a second code is wanted
	DoAutoFill        Do = "auto_fill"    // codes fill by themselves, or no longer
	DoNotify          Do = "notify"       // the browser shows notifications, or no longer
	DoRevokeSite      Do = "give_back"    // Text: one of State.Sites, which is no longer to be reached
	DoQuote           Do = "quote"        // CountryID, ServiceID, AreaCode; OrderID: the order that is given back for it
	DoSort            Do = "sort"         // Text: a protocol.Sort
	DoBuy             Do = "buy"          // what State.Quote shows
	DoBack            Do = "back"         // leave the quote or the order
	DoDismiss         Do = "dismiss"      // what went wrong was read
	DoOrder           Do = "order"        // Product, OrderID: show it
	DoFillNumber      Do = "fill_number"  // OrderID: into the tab, and bind the order to it; Frame
	DoFillCode        Do = "fill_code"    // OrderID: into the tab; Frame
	DoFillField       Do = "fill_this"    // OrderID, Text: FillsNumber or FillsCode; Tab, FrameID: where the focused field is (by the browser)
	DoFillTab         Do = "fill"         // Tab: what it waits for (by the browser)
	DoCancel          Do = "cancel"       // OrderID
	DoDecide          Do = "decide"       // IntentID; OrderID: what came of it, or empty for nothing
	DoReveal          Do = "reveal"       // OrderID: ask for the code another browser bought
	DoRefresh         Do = "refresh"      // wallet and what is shown
	DoPair            Do = "pair"         // Text: the pairing code
	DoSetPort         Do = "port"         // Text: where the daemon listens now
	DoSetName         Do = "name"         // Text: what the person calls this browser
	DoForget          Do = "forget"       // drop the pairing on this side
	DoRestart         Do = "restart"      // start the backend, which the worker has given up after too many crashes (by the worker)
	DoClearOverrides  Do = "unlearn"      // forget the fields that the person pointed at
	DoBoostCheck      Do = "boost_check"  // OrderID
	DoBoostCancel     Do = "boost_cancel" // OrderID
)

// Action is what a person asked for. The pages send it back as they got it, with
// Text filled in where it belongs to an input.
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
	Frame     string  `json:"frame,omitempty"`    // the origin of a frame of another site, for this order only
	FrameID   int     `json:"frame_id,omitempty"` // the browser's; 0 is the top
	First     int     `json:"first,omitempty"`
	Tab       *Tab    `json:"tab,omitempty"`
}

// What DoFillThis fills.
const (
	FillsNumber = "number"
	FillsCode   = "code"
)
