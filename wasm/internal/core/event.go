package core

import (
	"time"

	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

// EventKind says what happened.
type EventKind string

// The kinds of events, each with the Event fields it sets.
const (
	Started            EventKind = "started"     // always the first: Version, Origin, Browser, Pairing, FieldOverrides, Preferences, NotificationsAllowed, AllowedSites, Session, Run, Crashes, Interrupted
	SocketOpened       EventKind = "opened"      // Socket
	FrameReceived      EventKind = "received"    // Socket, Frame
	SocketClosed       EventKind = "closed"      // Socket, CloseCode, CloseReason
	TimerFired         EventKind = "woken"       // by the StartTimer effect, or by the alarm each minute while KeepAlive is on
	Heartbeat          EventKind = "heartbeat"   // every 20 seconds while the KeepAlive effect is on
	PageOpened         EventKind = "page_opened" // Page, PageName
	PageClosed         EventKind = "page_closed" // Page
	Acted              EventKind = "acted"       // Page, Action
	SiteNamesRead      EventKind = "named"       // Request, SiteNames: what the page calls its site
	Described          EventKind = "described"   // Request, Pages: none if the browser denies access
	Filled             EventKind = "filled"      // Request, Report
	TabChanged         EventKind = "tab_changed" // Tab, Origin: the tab loaded a page, or a watched tab changed
	TabClosed          EventKind = "tab_closed"  // Tab
	PermissionsChanged EventKind = "allowed"     // the person granted or revoked a permission: NotificationsAllowed, AllowedSites, AddedSites
)

// Event reports to the Core one thing that happened in the browser. Kind says which fields are set.
type Event struct {
	Kind                 EventKind                `json:"kind"`
	Now                  time.Time                `json:"now"`
	Version              string                   `json:"version,omitempty"` // of the extension
	Origin               string                   `json:"origin,omitempty"`  // of the extension or of a tab; empty if the browser does not reveal it
	Browser              string                   `json:"browser,omitempty"` // name and version for display, such as "Chromium 156"
	Pairing              *Pairing                 `json:"stored,omitempty"`
	FieldOverrides       map[string]FieldOverride `json:"lessons,omitempty"`
	Preferences          *view.Preferences        `json:"habits,omitempty"`
	NotificationsAllowed bool                     `json:"notify,omitempty"`  // the extension may show notifications
	AllowedSites         []string                 `json:"sites,omitempty"`   // match patterns the person granted beyond the manifest
	AddedSites           []string                 `json:"added,omitempty"`   // the patterns of AllowedSites that are new
	Offline              bool                     `json:"offline,omitempty"` // the computer has no network
	Session              string                   `json:"session,omitempty"` // what the last StoreSession effect stored
	Run                  int                      `json:"run,omitempty"`     // how many times this worker has already started the backend
	Crashes              []view.Crash             `json:"crashes,omitempty"` // of earlier runs, oldest first
	// Interrupted is true if the last run ended while a page was open or an action was in progress.
	Interrupted bool `json:"interrupted,omitempty"`

	Socket      int           `json:"socket,omitempty"`
	Frame       []byte        `json:"frame,omitempty"`
	CloseCode   int           `json:"code,omitempty"`   // websocket close code
	CloseReason string        `json:"reason,omitempty"` // websocket close reason
	Page        int           `json:"page,omitempty"`
	PageName    string        `json:"name,omitempty"` // "popup", "options" or "welcome"
	Action      *view.Action  `json:"action,omitempty"`
	Tab         int           `json:"tab,omitempty"`
	Request     int           `json:"request,omitempty"`
	SiteNames   []string      `json:"names,omitempty"`
	Pages       []fields.Page `json:"pages,omitempty"`
	Report      fields.Report `json:"report,omitzero"`
}

// Pairing holds the credentials of a paired browser. The extension stores it permanently.
type Pairing struct {
	ClientID string `json:"client_id"`
	Secret   []byte `json:"secret"`
	Port     int    `json:"port"`
	Name     string `json:"name,omitempty"` // the name that the person gave this browser
}

// EffectKind says what the browser must do.
type EffectKind string

// The kinds of effects, each with the Effect fields it sets.
const (
	Connect             EffectKind = "connect"               // Socket, URL, Protocol: open a websocket and close the previous one
	Send                EffectKind = "send"                  // Socket, Frames
	Close               EffectKind = "close"                 // Socket
	StorePairing        EffectKind = "store"                 // Pairing
	ErasePairing        EffectKind = "erase"                 // delete the stored pairing
	StoreFieldOverrides EffectKind = "store_field_overrides" // FieldOverrides: replace all stored overrides
	StorePreferences    EffectKind = "store_preferences"     // Preferences: replace the stored ones
	CacheView           EffectKind = "cache_view"            // CachedView: what the next popup shows at first, until the browser exits; nil clears it
	ShowNotification    EffectKind = "notify"                // Notification
	StoreSession        EffectKind = "store_session"         // Session: keep it until the browser exits
	Show                EffectKind = "show"                  // Page, View
	ShowIcon            EffectKind = "icon"                  // Badge
	ReadSiteNames       EffectKind = "name"                  // Tab, Request, Origin: read what the page of that origin calls its site
	Describe            EffectKind = "describe"              // Tab, Request
	Fill                EffectKind = "fill"                  // Tab, Request, Plan
	ClosePopup          EffectKind = "dismiss"               // Page: close the popup, so that the web page has the keyboard focus
	WatchTab            EffectKind = "watch"                 // Tab, On: start or stop reporting changes of its pages
	KeepAlive           EffectKind = "alive"                 // On: keep the worker awake and send a Heartbeat every 20 seconds
	StartTimer          EffectKind = "wake"                  // DelayMillis: report TimerFired after this delay, if the worker is still alive
	ShowMenu            EffectKind = "menu"                  // Menu: replace the whole context menu of form fields
	OpenPopup           EffectKind = "popup"                 // the key press could not finish the job; the popup explains why
	RevokeSites         EffectKind = "give_back"             // Sites: give up the permission for these match patterns
)

// Answer is the response to one event: the effects to run, in order. After a Crash the
// backend handles no further events.
type Answer struct {
	Effects []Effect    `json:"effects,omitempty"`
	Crash   *view.Crash `json:"crash,omitempty"`
}

// Effect is one instruction to the browser. Do says which fields are set.
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
	Session        string                   `json:"session,omitempty"` // text, because JavaScript would round large numbers
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
