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
	"github.com/logspanel/companion/wasm/internal/fields"
)

// Connection is the state of the connection to the daemon.
type Connection string

// The connections. All but ConnectionReady have a screen of their own.
const (
	ConnectionUnpaired        Connection = "unpaired"       // never paired, or the pairing was deleted
	ConnectionPairing         Connection = "pairing"        // a pairing code is being tried
	ConnectionConnecting      Connection = "connecting"     // no result yet
	ConnectionSilent          Connection = "silent"         // nothing answers on the port
	ConnectionNotCompanion    Connection = "stranger"       // another program answers on the port
	ConnectionKeyringLocked   Connection = "locked"         // the daemon can't read its keyring
	ConnectionVersionMismatch Connection = "other_version"  // the daemon speaks another protocol version
	ConnectionRevoked         Connection = "unknown_client" // this browser was revoked, or the daemon does not know it
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

// Product is one of the provider's kinds of products.
type Product string

// The products. Only numbers can be bought here.
const (
	ProductNumbers Product = ""
	ProductLogs    Product = "logs"
	ProductBoosts  Product = "boosts"
)

// Tab is the browser tab that the popup was opened over.
type Tab struct {
	ID      int    `json:"id"`
	Origin  string `json:"origin"`          // such as "https://telegram.org"; empty if the page can't be filled
	Host    string `json:"host"`            // for display
	Service string `json:"service"`         // the service proposed for the site, or empty
	Guess   bool   `json:"guess,omitempty"` // Service may be another one than the site's
}

// Outcome is the result of one fill.
type Outcome string

// The outcomes of a fill.
const (
	FillNone      Outcome = ""          // not tried yet
	FillAccepted  Outcome = "kept"      // the page accepted the text
	FillChanged   Outcome = "not_kept"  // the page changed or removed the typed text
	FillNoField   Outcome = "no_field"  // no field matches well enough
	FillNoAccess  Outcome = "no_access" // the browser denies access to the page
	FillTabMoved  Outcome = "left"      // the tab has left the site that the person saw
	FillOpaque    Outcome = "opaque"    // the page or frame is sandboxed and belongs to no site
	FillOtherSite Outcome = "foreign"   // the code is bound to another site
	FillInFrame   Outcome = "in_frame"  // the field may be in a cross-site frame, which the person has to choose
)

// Fill says what was filled for an order, and where its code will be filled automatically.
type Fill struct {
	Number Outcome       `json:"number,omitempty"`
	Code   Outcome       `json:"code,omitempty"`
	Host   string        `json:"host,omitempty"`   // the host that was filled
	Frames []string      `json:"frames,omitempty"` // with FillInFrame: the frames' origins, most likely first
	Site   string        `json:"site,omitempty"`   // with FillOtherSite: the one that the code is bound to
	Bound  bool          `json:"bound,omitempty"`  // the code will be filled there automatically
	Wants  fields.Wanted `json:"wants,omitempty"`  // with FillNoField: what the page asks for instead; empty if unknown
}

// Side is the extension or the daemon, whose versions must match; "" is unknown.
type Side string

// The sides.
const (
	SideExtension Side = "extension"
	SideCompanion Side = "companion"
)

// State is the input of every screen.
type State struct {
	Now            time.Time
	Connection     Connection
	Port           int
	Version        string             // the extension's own
	Browser        string             // for display: "Chromium 156"
	Daemon         string             // the daemon's version, once known
	Client         string             // this browser's id with the daemon
	Name           string             // the name that the person gave this browser
	Outdated       Side               // with ConnectionVersionMismatch
	PairingFailure Connection         // what stood in the way of the pairing that failed; ConnectionUnpaired: the code itself
	Snapshot       *protocol.Snapshot // the last known; nil before the first
	UpToDate       bool               // Snapshot is current; otherwise it is from an earlier connection
	Tab            Tab
	// NeedsSitePermission says that the browser forgets at every load that it may reach a page, so
	// that a click on the number has to ask for its site.
	NeedsSitePermission  bool
	Offline              bool // the browser reports that this computer has no network
	OverrideCount        int  // the number of sites with a field override
	Preferences          Preferences
	AllowedSites         []string      // match patterns of the sites the extension may access without a click
	NotificationsAllowed bool          // the browser allows the extension to show notifications
	FillReason           string        // how the last fill's field was found, or why none was
	FillWants            fields.Wanted // what its page asks for; empty if unknown
	FillCandidates       []string      // the fields considered for it, best first
	Crashes              []Crash       // of the backend, oldest first
	// Interrupted is true after a restart of the backend that may have lost an action, until
	// the person does something.
	Interrupted bool

	Section   Section
	Product   Product
	ListQuery string // the search text in the orders or the catalogue
	Filter    Filter // of the number orders
	First     int    // the first loaded row of the long list

	Query           string
	Offers          *protocol.Offers // for Query, or for Tab.Service or the usual places while Query is empty
	NewerOffers     *protocol.Offers // newer than Offers, which stay until the person asks for these
	Searching       bool
	Sort            protocol.Sort
	Quote           *protocol.Quote // being confirmed
	Areas           []string        // the area codes of the quote's service; empty: no choice
	AreaCode        string          // chosen, or empty for any
	Quoting         *protocol.Place // the place whose price is being requested
	Buying          bool
	OrderID         string // the order of Product shown in detail, or empty
	WantsSecondCode bool   // the person wants a second code for it
	Fills           map[string]Fill
	Codes           map[string]protocol.ReceivedCode // by order id, as the daemon revealed them on request
	Problem         *protocol.Error                  // of the last action

	Orders        *protocol.OrderPage
	LogCategories *protocol.LogCategoryPage
	LogOrders     *protocol.LogOrderPage
	BoostServices *protocol.BoostServicePage
	BoostOrders   *protocol.BoostOrderPage
}

// Preferences holds the choices that the extension stores permanently.
type Preferences struct {
	Favourites       []protocol.Place `json:"favourites,omitempty"` // newest first
	Recents          []protocol.Place `json:"recents,omitempty"`    // bought, newest first
	ManualFill       bool             `json:"by_hand,omitempty"`    // codes are filled only after a click
	NotificationsOff bool             `json:"quiet,omitempty"`      // the browser shows no notifications
	RequestedSites   []string         `json:"asked,omitempty"`      // site permissions that a click requested, which the extension gives back
}

// IsFavourite reports whether a place is a favourite.
func (h Preferences) IsFavourite(countryID, serviceID string) bool {
	return slices.Contains(h.Favourites, protocol.Place{CountryID: countryID, ServiceID: serviceID})
}

// Filter selects the number orders to list.
type Filter string

// The filters.
const (
	FilterAll     Filter = ""
	FilterWaiting Filter = "waiting"
	FilterCode    Filter = "code"
	FilterOver    Filter = "over" // cancelled or expired
)
