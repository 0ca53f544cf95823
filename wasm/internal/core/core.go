// Package core is the extension's backend. Events go in, effects come out: Core.Handle
// takes one Event and returns the Effects that the worker has to perform, in order.
//
// The package never calls the browser and never reads a clock. Each Event carries its
// time, and a timer is an Effect (Wake) that comes back as an Event (Woken). So all of it
// runs in ordinary Go tests, over a simulated browser and daemon.
//
// A browser stops the extension's worker whenever it likes. What must survive that is the
// session state (session.go): the last snapshot, the purchase that was confirmed, the tabs
// that orders are bound to, and where the person was in the popup. It leaves as the Effect
// StoreSession and comes back with the first Event, Started. The pairing, the preferences
// and the field overrides also survive the end of the browser.
//
// Terms: a request is a question to a tab that awaits its answer; a binding ties an order
// to the tab and origin that its number was filled into; a field override is a field that
// the person pointed at; a manual fill is one that the person asked for with a click or a key.
package core

import (
	"encoding/json"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// Core is the state of the backend. It is not safe for concurrent use; Handle never blocks.
type Core struct {
	random  io.Reader
	effects []Effect

	origin    string
	browser   string
	pairing   *Pairing
	overrides map[string]FieldOverride
	state     view.State
	pages     map[int]string // open pages by id, with their names
	started   bool

	// The connection, see link.go.
	socket           int
	phase            phase
	phaseSince       time.Time // when the phase's connection was begun, or became ready
	retryAt          time.Time // when the next one may be begun by itself
	handshake        *channel.Handshake
	conn             *channel.Conn
	pairingCode      *channel.PairingCode
	previousClientID string // the client id that was forgotten last
	failures         int
	calls            map[uint64]func(protocol.Message)
	lastCall         uint64
	lastPing         uint64 // the last ping's call

	// What must outlive the worker, see session.go.
	bindings  map[string]*tabBinding
	confirmed *protocol.BuyRequest

	// What is asked of tabs, see fill.go.
	requests      map[int]request
	pendingClick  *request             // a click that waits for the permission it asked for
	actingPage    int                  // the page whose action is being handled
	deferredFills map[int]deferredFill // by the popup in front of them
	lastRequest   int
	searchSeq     int               // so that the latest wins
	searchedAt    time.Time         // when the person searched last
	listSeq       int               // as searches, of lists that come in parts
	proposals     []protocol.Search // for the open site, until one finds something

	queued       *queuedAction
	quoteAction  *view.Action // for a price, without an answer yet
	lastActionAt time.Time    // when the person did something last

	shownViews    map[int]view.View
	cachedView    view.CachedView
	badge         view.Badge
	menu          []view.MenuItem
	storedSession string
	alive         bool
	synced        bool // what the browser keeps without the worker, menu and wakefulness, is as this Core has it
}

// New makes a Core. Random is the source of the handshakes' keys.
func New(random io.Reader) *Core {
	return &Core{
		random: random, pages: map[int]string{}, calls: map[uint64]func(protocol.Message){},
		overrides: map[string]FieldOverride{}, bindings: map[string]*tabBinding{}, deferredFills: map[int]deferredFill{}, requests: map[int]request{}, shownViews: map[int]view.View{},
		state: view.State{Connection: view.ConnectionUnpaired, Port: protocol.DefaultPort, Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{}},
	}
}

// Handle takes one event and returns what is to be done about it, in order.
func (c *Core) Handle(e Event) []Effect {
	c.state.Now, c.state.Offline = e.Now, e.Offline
	c.expireBindings()
	c.expireClick()
	if e.Kind == Started {
		c.start(e)
	} else if c.started {
		c.handle(e)
	}
	c.revokeUnneededSites()
	c.render()
	effects := c.effects
	c.effects = nil
	return effects
}

func (c *Core) handle(e Event) {
	switch e.Kind {
	case SocketOpened:
		c.socketOpened(e)
	case FrameReceived:
		c.frameReceived(e)
	case SocketClosed:
		c.socketClosed(e)
	case Woken:
		c.timerFired()
	case Heartbeat:
		c.heartbeat()
	case PageOpened:
		c.pages[e.Page] = e.PageName
		c.connect()
	case PageClosed:
		delete(c.pages, e.Page)
		delete(c.shownViews, e.Page)
		c.runDeferredFill(e.Page)
	case Acted:
		if e.Action != nil {
			c.actingPage = e.Page
			c.act(*e.Action)
			c.actingPage = 0
		}
	case SiteNamesRead, Described, Filled:
		c.requestAnswered(e)
	case TabChanged:
		c.tabChanged(e.Tab, e.Origin)
	case TabClosed:
		c.tabClosed(e.Tab)
	case PermissionsChanged:
		c.state.NotificationsAllowed, c.state.AllowedSites = e.NotificationsAllowed, e.AllowedSites
		c.permissionsChanged(e.AddedSites)
	}
}

func (c *Core) start(e Event) {
	c.started = true
	c.origin, c.browser, c.pairing = e.Origin, e.Browser, e.Pairing
	if e.FieldOverrides != nil {
		c.overrides = e.FieldOverrides
	}
	if e.Preferences != nil {
		c.state.Preferences = *e.Preferences
	}
	c.state.NotificationsAllowed, c.state.AllowedSites, c.state.Browser = e.NotificationsAllowed, e.AllowedSites, e.Browser
	c.state.NeedsSitePermission = strings.HasPrefix(e.Origin, "moz-extension:")
	c.state.Version = e.Version
	c.state.Crashes, c.state.Interrupted = e.Crashes, e.Interrupted
	// What an earlier run asked for may be answered yet, and must not be taken for this run's.
	c.socket, c.lastRequest = e.Run*idsPerRun, e.Run*idsPerRun
	c.restoreSession(e.Session)
	if c.pairing != nil {
		c.state.Port, c.state.Name, c.state.Connection = c.pairing.Port, c.pairing.Name, view.ConnectionConnecting
		c.connect()
	}
}

// idsPerRun is how many sockets and requests of one run are told apart from those of others.
const idsPerRun = 1 << 24

func (c *Core) do(e Effect) { c.effects = append(c.effects, e) }

// render brings pages, icon, memory and wakefulness up to date with the state.
func (c *Core) render() {
	c.state.OverrideCount = len(c.overrides)
	// The session comes before the views: what a person has seen is stored by then.
	if session, err := json.Marshal(c.sessionState()); err == nil && string(session) != c.storedSession {
		c.storedSession = string(session)
		c.do(Effect{Do: StoreSession, Session: c.storedSession})
	}
	for id, name := range c.pages {
		v := view.Page(name, c.state)
		if old, known := c.shownViews[id]; !known || !reflect.DeepEqual(old, v) {
			c.shownViews[id] = v
			c.do(Effect{Do: Show, Page: id, View: &v})
		}
	}
	c.cacheView()
	if badge := view.IconBadge(c.state); !reflect.DeepEqual(badge, c.badge) {
		c.badge = badge
		c.do(Effect{Do: ShowIcon, Badge: &badge})
	}
	if menu := view.ContextMenu(c.state); !c.synced || !reflect.DeepEqual(menu, c.menu) {
		c.menu = menu
		c.do(Effect{Do: ShowMenu, Menu: menu})
	}
	if alive := c.pairing != nil && c.wantsConnection(); !c.synced || alive != c.alive {
		c.alive = alive
		c.do(Effect{Do: KeepAlive, On: alive})
	}
	c.synced = true
}

// cacheView keeps what the next popup shows at once.
func (c *Core) cacheView() {
	if c.state.Snapshot == nil || !slices.Contains(slices.Collect(maps.Values(c.pages)), "popup") {
		return
	}
	if g := view.NewCachedView(c.state); !reflect.DeepEqual(g, c.cachedView) {
		c.cachedView = g
		c.do(Effect{Do: CacheView, CachedView: &g})
	}
}

// isWaiting reports that a number waits for its code, a code for its page, or a click for
// the browser's permission.
func (c *Core) isWaiting() bool {
	if c.confirmed != nil || c.pendingClick != nil {
		return true
	}
	for _, b := range c.bindings {
		if !b.Done {
			return true
		}
	}
	if c.state.Snapshot == nil {
		return false
	}
	for _, o := range c.state.Snapshot.Orders {
		if o.State == protocol.OrderWaiting {
			return true
		}
	}
	return len(c.state.Snapshot.Intents) > 0
}
