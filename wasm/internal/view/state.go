// Package view decides what the extension's pages show. Page turns a State into a View: a
// tree of Nodes, which the JavaScript of the pages renders as it is. A Node that can be
// pressed carries an Action, which the page sends back unchanged.
//
// Everything here is a pure function of State. The package keeps nothing between calls,
// reads no clock and formats no dates or amounts: a Text names a message of _locales and
// its arguments, and the page writes them in the person's language.
//
// IconBadge, ContextMenu and CodeNotification do the same for the icon, the menu over a
// page's field and a notification. Report is the text that a person can send to whoever
// helps; it contains no numbers, codes, sites or amounts.
package view

import (
	"slices"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// Connection is how the extension stands with the daemon.
type Connection string

// The connections. All but ConnectionReady have a screen of their own.
const (
	ConnectionUnpaired        Connection = "unpaired"       // never paired, or forgotten
	ConnectionPairing         Connection = "pairing"        // a code was pasted, and is being tried
	ConnectionConnecting      Connection = "connecting"     // nothing known yet
	ConnectionSilent          Connection = "silent"         // nobody answers at the port
	ConnectionNotCompanion    Connection = "stranger"       // somebody answers who is not our daemon
	ConnectionKeyringLocked   Connection = "locked"         // the daemon can't read its keyring
	ConnectionVersionMismatch Connection = "other_version"  // the daemon speaks another version
	ConnectionRevoked         Connection = "unknown_client" // revoked, or the daemon forgot us
	ConnectionReady           Connection = "ready"
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
	FillNone      Outcome = ""          // not tried
	FillAccepted  Outcome = "kept"      // the page kept it
	FillChanged   Outcome = "not_kept"  // typed, and the page changed or dropped it
	FillNoField   Outcome = "no_field"  // nothing on the page matches well enough
	FillNoAccess  Outcome = "no_access" // the browser doesn't let us reach the page
	FillTabMoved  Outcome = "left"      // the tab shows another site than the person saw
	FillOpaque    Outcome = "opaque"    // the page or frame is sandboxed, and of no site
	FillOtherSite Outcome = "foreign"   // the code is bound to another site
	FillInFrame   Outcome = "in_frame"  // it may be in a frame of another site, which the person has to name
)

// Fill is what was filled for an order, and where its code will go by itself.
type Fill struct {
	Number Outcome  `json:"number,omitempty"`
	Code   Outcome  `json:"code,omitempty"`
	Host   string   `json:"host,omitempty"`   // where
	Frames []string `json:"frames,omitempty"` // with FillInFrame: the frames' origins, likeliest first
	Site   string   `json:"site,omitempty"`   // with FillOtherSite: the one that the code is bound to
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
	Now            time.Time
	Connection     Connection
	Port           int
	Version        string             // the extension's own
	Browser        string             // for people: "Chromium 156"
	Daemon         string             // the daemon's version, once known
	Client         string             // this browser's id with the daemon
	Name           string             // what the person calls this browser
	Outdated       Side               // with ConnectionVersionMismatch
	PairingFailure Connection         // what stood in the way of the pairing that failed; ConnectionUnpaired: the code itself
	Snapshot       *protocol.Snapshot // the last known; nil before the first
	UpToDate       bool               // Snapshot is current; otherwise it is remembered
	Tab            Tab
	// NeedsSitePermission says that the browser forgets at every load that it may reach a page, so
	// that a click on the number has to ask for its site.
	NeedsSitePermission  bool
	Offline              bool // the browser says that this computer has no network
	OverrideCount        int  // on how many sites the person has pointed at a field
	Preferences          Preferences
	AllowedSites         []string // what the extension may reach without a click, as the browser writes it
	NotificationsAllowed bool     // the browser lets the extension show notifications
	FillReason           string   // how the last fill's field was found, or why none was
	FillCandidates       []string // the places that were weighed for it, the best first
	Crashes              []Crash  // of the backend, the latest last
	// Interrupted says that the backend was started again, and that the person, who may have
	// lost something by it, has done nothing since.
	Interrupted bool

	Section   Section
	Product   Product
	ListQuery string // what is looked for in the orders or the catalogue
	Filter    Filter // of the number orders
	First     int    // the first row in reach of a long list other than the offers

	Query           string
	Offers          *protocol.Offers // for Query, or for Tab.Service or the usual places while Query is empty
	NewerOffers     *protocol.Offers // in another order than Offers, which stay until the person wants these
	Searching       bool
	Sort            protocol.Sort
	Quote           *protocol.Quote // being confirmed
	Areas           []string        // of the quote's service; empty: no choice
	AreaCode        string          // chosen, or empty for any
	Quoting         *protocol.Place // whose price is being asked for
	Buying          bool
	OrderID         string // the order of Product shown in detail, or empty
	WantsSecondCode bool   // a second code is wanted for it
	Fills           map[string]Fill
	Codes           map[string]protocol.ReceivedCode // handed over by the daemon on asking
	Problem         *protocol.Error                  // of the last action

	Orders        *protocol.OrderPage
	LogCategories *protocol.LogCategoryPage
	LogOrders     *protocol.LogOrderPage
	BoostServices *protocol.BoostServicePage
	BoostOrders   *protocol.BoostOrderPage
}

// Preferences is what the extension remembers of a person, to be quicker.
type Preferences struct {
	Favourites       []protocol.Place `json:"favourites,omitempty"` // the latest first
	Recents          []protocol.Place `json:"recents,omitempty"`    // bought, the latest first
	ManualFill       bool             `json:"by_hand,omitempty"`    // codes are filled by a click alone
	NotificationsOff bool             `json:"quiet,omitempty"`      // no notifications of the browser
	RequestedSites   []string         `json:"asked,omitempty"`      // site permissions that a click asked for, to be given back
}

// IsFavourite reports whether a place is a favourite.
func (h Preferences) IsFavourite(countryID, serviceID string) bool {
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
