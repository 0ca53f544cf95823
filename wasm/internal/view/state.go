// Package view decides what the popup and the options page show. It is a pure
// function of State: the pages render what it says and send back its actions.
package view

import (
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
	ProductNumbers Product = "numbers"
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
	Daemon   string             // the daemon's version, once known
	Client   string             // this browser's id with the daemon
	Name     string             // what the person calls this browser
	Behind   Side               // with LinkOtherVersion
	Snapshot *protocol.Snapshot // the last known; nil before the first
	Live     bool               // Snapshot is current; otherwise it is remembered
	Tab      Tab
	// Forgetful says that the browser forgets at every load that it may reach a page, so
	// that a click on the number has to ask for its site.
	Forgetful bool
	Lessons   int // on how many sites the person has pointed at a field

	Section Section
	Product Product

	Query     string
	Offers    *protocol.Offers // for Query, or for Tab.Service while Query is empty
	Searching bool
	Sort      protocol.Sort
	Quote     *protocol.Quote // being confirmed
	Areas     []string        // of the quote's service; empty: no choice
	AreaCode  string          // chosen, or empty for any
	Quoting   bool
	Buying    bool
	OrderID   string // the order shown in detail, or empty
	Fills     map[string]Fill
	Codes     map[string]protocol.ReceivedCode // handed over by the daemon on asking
	Problem   *protocol.Error                  // of the last action

	Orders        *protocol.OrderPage
	LogCategories *protocol.LogCategoryPage
	LogOrders     *protocol.LogOrderPage
	BoostServices *protocol.BoostServicePage
	BoostOrders   *protocol.BoostOrderPage
}

// Do names what a person asked for.
type Do string

// What can be asked for, and the Action fields it uses.
const (
	DoOpen        Do = "open"         // a page opened: Tab (by the browser)
	DoSection     Do = "section"      // Section
	DoProduct     Do = "product"      // Product
	DoSearch      Do = "search"       // Text
	DoQuote       Do = "quote"        // CountryID, ServiceID, AreaCode; OrderID: the order that is given back for it
	DoSort        Do = "sort"         // Text: a protocol.Sort
	DoBuy         Do = "buy"          // what State.Quote shows
	DoBack        Do = "back"         // leave the quote or the order
	DoDismiss     Do = "dismiss"      // what went wrong was read
	DoOrder       Do = "order"        // OrderID: show it
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
	Tab       *Tab    `json:"tab,omitempty"`
}

// What DoFillThis fills.
const (
	FillsNumber = "number"
	FillsCode   = "code"
)
