// Package view decides what the popup and the options page show. It is a pure
// function of State: the pages render what it says and send back its actions.
package view

import (
	"slices"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// Link is how the extension stands with the daemon.
type Link string

// The links. All but LinkReady have a screen of their own.
const (
	LinkUnpaired      Link = "unpaired"       // never paired, or forgotten
	LinkPairing       Link = "pairing"        // a code was pasted, and is being tried
	LinkConnecting    Link = "connecting"     // nothing known yet
	LinkSilent        Link = "silent"         // nobody answers at the port
	LinkStranger      Link = "stranger"       // somebody answers who is not our daemon
	LinkLocked        Link = "locked"         // the daemon can't read its keyring
	LinkOtherVersion  Link = "other_version"  // the daemon speaks another version
	LinkUnknownClient Link = "unknown_client" // revoked, or the daemon forgot us
	LinkReady         Link = "ready"
)

// Section is one of the popup's tabs.
type Section string

// The popup's tabs.
const (
	SectionNumber    Section = "number"
	SectionOrders    Section = "orders"
	SectionCatalogue Section = "catalogue"
)

// Product is one of the provider's lines.
type Product string

// The provider's lines. Only numbers can be bought here.
const (
	ProductNumbers Product = ""
	ProductLogs    Product = "logs"
	ProductBoosts  Product = "boosts"
)

// Tab is the browser tab that the popup was opened over.
type Tab struct {
	ID      int    `json:"id"`
	Origin  string `json:"origin"`  // such as "https://telegram.org"; empty where the page can't be filled
	Host    string `json:"host"`    // for people
	Service string `json:"service"` // the service proposed for the site, or empty
}

// Outcome is what became of one fill.
type Outcome string

// The outcomes of a fill.
const (
	FillNone    Outcome = ""          // not tried
	FillKept    Outcome = "kept"      // the page kept it
	FillPartly  Outcome = "not_kept"  // typed, and the page changed or dropped it
	FillNoField Outcome = "no_field"  // nothing on the page matches well enough
	FillNoPage  Outcome = "no_access" // the browser doesn't let us reach the page
	FillLeft    Outcome = "left"      // the tab shows another site than the person saw
	FillOpaque  Outcome = "opaque"    // the page or frame is sandboxed, and of no site
	FillForeign Outcome = "foreign"   // the code is bound to another site
	FillInFrame Outcome = "in_frame"  // it may be in a frame of another site, which the person has to name
)

// Fill is what was filled for an order, and where its code will go by itself.
type Fill struct {
	Number Outcome  `json:"number,omitempty"`
	Code   Outcome  `json:"code,omitempty"`
	Host   string   `json:"host,omitempty"`   // where
	Frames []string `json:"frames,omitempty"` // with FillInFrame: the frames' origins, likeliest first
	Site   string   `json:"site,omitempty"`   // with FillForeign: the one that the code is bound to
	Bound  bool     `json:"bound,omitempty"`  // the code fills there by itself
}

// Side is one of the two that have to be of the same version; "" is unknown.
type Side string

// The sides.
const (
	SideExtension Side = "extension"
	SideCompanion Side = "companion"
)

// State is all that the screens are made of.
type State struct {
	Now      time.Time
	Link     Link
	Port     int
	Version  string             // the extension's own
	Browser  string             // for people: "Chromium 156"
	Daemon   string             // the daemon's version, once known
	Client   string             // this browser's id with the daemon
	Name     string             // what the person calls this browser
	Behind   Side               // with LinkOtherVersion
	Refused  Link               // what stood in the way of the pairing that failed; LinkUnpaired: the code itself
	Snapshot *protocol.Snapshot // the last known; nil before the first
	Live     bool               // Snapshot is current; otherwise it is remembered
	Tab      Tab
	// Forgetful says that the browser forgets at every load that it may reach a page, so
	// that a click on the number has to ask for its site.
	Forgetful bool
	Offline   bool // the browser says that this computer has no network
	Lessons   int  // on how many sites the person has pointed at a field
	Habits    Habits
	Sites     []string // what the extension may reach without a click, as the browser writes it
	Notify    bool     // the browser lets the extension show notifications
	Why       string   // how the last fill's field was found, or why none was
	Weighed   []string // the places that were weighed for it, the best first
	Crashes   []Crash  // of the backend, the latest last
	// Interrupted says that the backend was started again, and that the person, who may have
	// lost something by it, has done nothing since.
	Interrupted bool

	Section Section
	Product Product
	Sought  string // what is looked for in the orders or the catalogue
	Filter  Filter // of the number orders
	First   int    // the first row in reach of a long list other than the offers

	Query     string
	Offers    *protocol.Offers // for Query, or for Tab.Service or Habits while Query is empty
	Fresher   *protocol.Offers // in another order than Offers, which stay until the person wants these
	Searching bool
	Sort      protocol.Sort
	Quote     *protocol.Quote // being confirmed
	Areas     []string        // of the quote's service; empty: no choice
	AreaCode  string          // chosen, or empty for any
	Quoting   *protocol.Place // whose price is being asked for
	Buying    bool
	OrderID   string // the order of Product shown in detail, or empty
	Second    bool   // a second code is wanted for it
	Fills     map[string]Fill
	Codes     map[string]protocol.ReceivedCode // handed over by the daemon on asking
	Problem   *protocol.Error                  // of the last action

	Orders        *protocol.OrderPage
	LogCategories *protocol.LogCategoryPage
	LogOrders     *protocol.LogOrderPage
	BoostServices *protocol.BoostServicePage
	BoostOrders   *protocol.BoostOrderPage
}

// Habits is what the extension remembers of a person, to be quicker.
type Habits struct {
	Favourites []protocol.Place `json:"favourites,omitempty"` // the latest first
	Recents    []protocol.Place `json:"recents,omitempty"`    // bought, the latest first
	ByHand     bool             `json:"by_hand,omitempty"`    // codes are filled by a click alone
	Quiet      bool             `json:"quiet,omitempty"`      // no notifications of the browser
	Asked      []string         `json:"asked,omitempty"`      // site permissions that a click asked for, to be given back
}

// Favours reports whether a place is a favourite.
func (h Habits) Favours(countryID, serviceID string) bool {
	return slices.Contains(h.Favourites, protocol.Place{CountryID: countryID, ServiceID: serviceID})
}

// Filter says which of the number orders are listed.
type Filter string

// The filters.
const (
	FilterAll     Filter = ""
	FilterWaiting Filter = "waiting"
	FilterCode    Filter = "code"
	FilterOver    Filter = "over" // given back, or run out
)

// Do names what a person asked for.
type Do string

// What can be asked for, and the Action fields it uses.
const (
	DoOpen        Do = "open"         // a page opened: Tab (by the browser); Text: "again" where it was open already
	DoSection     Do = "section"      // Section
	DoProduct     Do = "product"      // Product
	DoSearch      Do = "search"       // Text: in what the section lists
	DoFilter      Do = "filter"       // Text: a Filter
	DoWindow      Do = "window"       // First: the row of a long list that is looked at
	DoFresher     Do = "fresher"      // show what has come since
	DoCompare     Do = "compare"      // Text: a service, in all countries
	DoFavour      Do = "favour"       // CountryID, ServiceID: a favourite, or no longer
	DoAskKey      Do = "ask_key"      // the companion asks for the API key, in a window of its own
	DoSecond      Do = "second"       // a second code is wanted
	DoAutoFill    Do = "auto_fill"    // codes fill by themselves, or no longer
	DoNotify      Do = "notify"       // the browser shows notifications, or no longer
	DoGiveBack    Do = "give_back"    // Text: one of State.Sites, which is no longer to be reached
	DoQuote       Do = "quote"        // CountryID, ServiceID, AreaCode; OrderID: the order that is given back for it
	DoSort        Do = "sort"         // Text: a protocol.Sort
	DoBuy         Do = "buy"          // what State.Quote shows
	DoBack        Do = "back"         // leave the quote or the order
	DoDismiss     Do = "dismiss"      // what went wrong was read
	DoOrder       Do = "order"        // Product, OrderID: show it
	DoFillNumber  Do = "fill_number"  // OrderID: into the tab, and bind the order to it; Frame
	DoFillCode    Do = "fill_code"    // OrderID: into the tab; Frame
	DoFillThis    Do = "fill_this"    // OrderID, Text: FillsNumber or FillsCode; Tab, FrameID: where the focused field is (by the browser)
	DoFill        Do = "fill"         // Tab: what it waits for (by the browser)
	DoCancel      Do = "cancel"       // OrderID
	DoDecide      Do = "decide"       // IntentID; OrderID: what came of it, or empty for nothing
	DoReveal      Do = "reveal"       // OrderID: ask for the code another browser bought
	DoRefresh     Do = "refresh"      // wallet and what is shown
	DoPair        Do = "pair"         // Text: the pairing code
	DoPort        Do = "port"         // Text: where the daemon listens now
	DoName        Do = "name"         // Text: what the person calls this browser
	DoForget      Do = "forget"       // drop the pairing on this side
	DoRestart     Do = "restart"      // start the backend, which the worker has given up after too many crashes (by the worker)
	DoUnlearn     Do = "unlearn"      // forget the fields that the person pointed at
	DoBoostCheck  Do = "boost_check"  // OrderID
	DoBoostCancel Do = "boost_cancel" // OrderID
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
