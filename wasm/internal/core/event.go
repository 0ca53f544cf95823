package core

import (
	"time"

	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

// EventKind names what happened.
type EventKind string

// What can happen, and the Event fields that tell more.
const (
	Started            EventKind = "started"     // first of all: Version, Origin, Browser, Stored, Lessons, Habits, Session, Notify, Sites, Run, Crashes, Interrupted
	SocketOpened       EventKind = "opened"      // Socket
	FrameReceived      EventKind = "received"    // Socket, Frame
	SocketClosed       EventKind = "closed"      // Socket, Code, Reason
	Woken              EventKind = "woken"       // by Wake, or by the minute's alarm while Alive is on
	Heartbeat          EventKind = "heartbeat"   // while Effect Alive is on
	PageOpened         EventKind = "page_opened" // Page, Name
	PageClosed         EventKind = "page_closed" // Page
	Acted              EventKind = "acted"       // Page, Action
	SiteNamesRead      EventKind = "named"       // Request, Names: what the page calls its site
	Described          EventKind = "described"   // Request, Pages; none: the browser gives no access
	Filled             EventKind = "filled"      // Request, Report
	TabChanged         EventKind = "tab_changed" // Tab, Origin: loaded, or changed while watched
	TabClosed          EventKind = "tab_closed"  // Tab
	PermissionsChanged EventKind = "allowed"     // the person let the extension reach more sites, Added, or notify; or no longer: Notify, Sites
)

// Event is one thing that happened, at Now.
type Event struct {
	Kind                 EventKind                `json:"kind"`
	Now                  time.Time                `json:"now"`
	Version              string                   `json:"version,omitempty"` // of the extension
	Origin               string                   `json:"origin,omitempty"`  // of the extension; of a tab, empty where the browser doesn't tell
	Browser              string                   `json:"browser,omitempty"` // for people: "Chromium 156"
	Pairing              *Pairing                 `json:"stored,omitempty"`
	FieldOverrides       map[string]FieldOverride `json:"lessons,omitempty"`
	Preferences          *view.Preferences        `json:"habits,omitempty"`
	NotificationsAllowed bool                     `json:"notify,omitempty"`  // notifications may be shown
	AllowedSites         []string                 `json:"sites,omitempty"`   // that the extension may reach without a click, beyond its manifest, as patterns
	AddedSites           []string                 `json:"added,omitempty"`   // those of Sites that are new
	Offline              bool                     `json:"offline,omitempty"` // the computer has no network
	Session              string                   `json:"session,omitempty"` // what Effect Remember gave
	Run                  int                      `json:"run,omitempty"`     // how often this worker has started the backend before
	Crashes              []view.Crash             `json:"crashes,omitempty"` // of earlier runs, the latest last
	// Interrupted says that the last run ended while somebody looked, or had asked for something.
	Interrupted bool `json:"interrupted,omitempty"`

	Socket      int           `json:"socket,omitempty"`
	Frame       []byte        `json:"frame,omitempty"`
	CloseCode   int           `json:"code,omitempty"`   // of the closing
	CloseReason string        `json:"reason,omitempty"` // of the closing
	Page        int           `json:"page,omitempty"`
	PageName    string        `json:"name,omitempty"` // "popup", "options" or "welcome"
	Action      *view.Action  `json:"action,omitempty"`
	Tab         int           `json:"tab,omitempty"`
	Request     int           `json:"request,omitempty"`
	SiteNames   []string      `json:"names,omitempty"`
	Pages       []fields.Page `json:"pages,omitempty"`
	Report      fields.Report `json:"report,omitzero"`
}

// Pairing is what the extension keeps across restarts of the browser.
type Pairing struct {
	ClientID string `json:"client_id"`
	Secret   []byte `json:"secret"`
	Port     int    `json:"port"`
	Name     string `json:"name,omitempty"` // what the person calls this browser
}

// EffectKind names what is to be done.
type EffectKind string

// What can be asked for, and the Effect fields that tell more.
const (
	Connect             EffectKind = "connect"               // Socket, URL, Protocol; the socket before is closed
	Send                EffectKind = "send"                  // Socket, Frames
	Close               EffectKind = "close"                 // Socket
	StorePairing        EffectKind = "store"                 // Stored
	ErasePairing        EffectKind = "erase"                 // what was stored
	StoreFieldOverrides EffectKind = "store_field_overrides" // Lessons: all of them, to be stored
	StorePreferences    EffectKind = "store_preferences"     // Habits, to be stored
	CacheView           EffectKind = "cache_view"            // Glance: what the next popup shows at once, for as long as the browser runs; none: nothing
	ShowNotification    EffectKind = "notify"                // Notice
	StoreSession        EffectKind = "store_session"         // Session, for as long as the browser runs
	Show                EffectKind = "show"                  // Page, View
	ShowIcon            EffectKind = "icon"                  // Badge
	ReadSiteNames       EffectKind = "name"                  // Tab, Request, Origin: what does the page of that origin call its site?
	Describe            EffectKind = "describe"              // Tab, Request
	Fill                EffectKind = "fill"                  // Tab, Request, Plan
	ClosePopup          EffectKind = "dismiss"               // Page: it closes, so that the page behind it has the keyboard
	WatchTab            EffectKind = "watch"                 // Tab, On: tell when its pages change
	KeepAlive           EffectKind = "alive"                 // On: stay awake, and beat every 20 seconds
	Wake                EffectKind = "wake"                  // After milliseconds, if the worker lives so long
	ShowMenu            EffectKind = "menu"                  // Menu: what a page's fields can be filled with, all of it
	OpenPopup           EffectKind = "popup"                 // there is more to say than a key press can do
	RevokeSites         EffectKind = "give_back"             // Sites: no longer to be reached without a click
)

// Answer is what came of one event. After a Crash there are no more.
type Answer struct {
	Effects []Effect    `json:"effects,omitempty"`
	Crash   *view.Crash `json:"crash,omitempty"`
}

// Effect is one thing to be done, in order.
type Effect struct {
	Do             EffectKind               `json:"do"`
	Socket         int                      `json:"socket,omitempty"`
	URL            string                   `json:"url,omitempty"`
	Protocol       string                   `json:"protocol,omitempty"`
	Frames         [][]byte                 `json:"frames,omitempty"`
	Pairing        *Pairing                 `json:"stored,omitempty"`
	FieldOverrides map[string]FieldOverride `json:"lessons,omitempty"`
	Preferences    *view.Preferences        `json:"habits,omitempty"`
	CachedView     *view.CachedView         `json:"glance,omitempty"`
	Notification   *view.Notification       `json:"notice,omitempty"`
	Session        string                   `json:"session,omitempty"` // as text, since JavaScript would round large numbers
	Page           int                      `json:"page,omitempty"`
	View           *view.View               `json:"view,omitempty"`
	Badge          *view.Badge              `json:"badge,omitempty"`
	Menu           []view.MenuItem          `json:"menu,omitempty"`
	Tab            int                      `json:"tab,omitempty"`
	Request        int                      `json:"request,omitempty"`
	Plan           *fields.Plan             `json:"plan,omitempty"`
	Origin         string                   `json:"origin,omitempty"`
	Sites          []string                 `json:"sites,omitempty"`
	On             bool                     `json:"on,omitempty"`
	DelayMillis    int                      `json:"after,omitempty"`
}
