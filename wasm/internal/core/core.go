// Package core is the extension's backend. Events go in, effects come out: Core.Handle
// takes one Event and returns the Effects that the worker has to perform, in order.
//
// The package never calls the browser and never reads a clock. Each Event carries its
// time, and a timer is an Effect (StartTimer) that comes back as an Event (TimerFired). So the whole
// package runs in ordinary Go tests, with a simulated browser and daemon.
//
// Core passes each event to its parts and handles whatever involves several of them: the popup,
// the purchase, the daemon's snapshot. The parts are connection (the daemon, the pairing and the
// calls), filler (tabs and their permissions), offerSearch, lists, and display (the updates of
// pages, icon, menu and storage). All of them embed shared: the state that the pages show, and the
// effects of the current event. No part refers to Core. No part refers to another one either,
// except that offerSearch and lists call the daemon through connection.
//
// The browser may stop the extension's worker at any time. The session state (session.go)
// survives that: the last snapshot, the confirmed purchase, the tabs that orders are bound to, and
// where the person was in the popup. The Effect StoreSession saves it, and the first Event,
// Started, brings it back. The pairing, the preferences and the field overrides also survive a
// restart of the browser.
//
// Terms: a request is a question to a tab whose answer is pending; a binding ties an order to the
// tab and origin that its number was filled into; a field override is a field that the person
// pointed at; a manual fill is one that the person requested with a click or a key.
package core

import (
	"io"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// Core is the whole backend. It passes events to its parts, and owns the popup's state, the
// purchase, the daemon's snapshot and the session. It is not safe for concurrent use. Handle never
// blocks.
type Core struct {
	*shared
	daemon  *connection
	filler  *filler
	offers  *offerSearch
	lists   *lists
	display *display
	started bool

	confirmed    *protocol.BuyRequest // the confirmed purchase, until its outcome is known
	quoteAction  *view.Action         // the request for a price, until it is answered
	queued       *queuedAction
	actingPage   int       // the page whose action is being handled
	lastActionAt time.Time // when the person last did something
}

// New returns a Core. It reads the handshakes' keys from random.
func New(random io.Reader) *Core {
	s := newShared()
	daemon := newConnection(s, random)
	c := &Core{
		shared: s, daemon: daemon, filler: newFiller(s), offers: &offerSearch{shared: s, daemon: daemon}, lists: &lists{shared: s, daemon: daemon},
		display: newDisplay(s),
	}
	daemon.needed, daemon.onReady, daemon.onChange = c.wantsConnection, c.welcomed, c.applyChange
	return c
}

// Handle processes one event and returns the effects to perform, in order.
func (c *Core) Handle(e Event) []Effect {
	c.state.Now, c.state.Offline = e.Now, e.Offline
	c.filler.expire()
	if e.Kind == Started {
		c.start(e)
	} else if c.started {
		c.handle(e)
	}
	c.filler.revokeUnneededSites()
	c.state.OverrideCount = len(c.filler.overrides)
	c.display.update(c.sessionState(), c.daemon.pairing != nil && c.wantsConnection())
	return c.takeEffects()
}

func (c *Core) handle(e Event) {
	switch e.Kind {
	case SocketOpened:
		c.daemon.socketOpened(e)
	case FrameReceived:
		c.daemon.frameReceived(e)
	case SocketClosed:
		c.daemon.socketClosed(e)
	case TimerFired:
		c.filler.runOverdueFills()
		c.daemon.timerFired()
	case Heartbeat:
		c.daemon.heartbeat()
	case PageOpened:
		c.pages[e.Page] = e.PageName
		c.daemon.connect()
	case PageClosed:
		delete(c.pages, e.Page)
		c.display.forgetPage(e.Page)
		c.filler.runDeferredFill(e.Page)
	case Acted:
		if e.Action != nil {
			c.actingPage = e.Page
			c.act(*e.Action)
			c.actingPage = 0
		}
	case SiteNamesRead:
		c.siteNamesRead(e)
	case Described, Filled:
		c.filler.answered(e)
	case TabChanged:
		c.filler.tabChanged(e.Tab, e.Origin)
	case TabClosed:
		c.filler.tabClosed(e.Tab)
	case PermissionsChanged:
		c.state.NotificationsAllowed, c.state.AllowedSites = e.NotificationsAllowed, e.AllowedSites
		c.filler.permissionsChanged(e.AddedSites)
	}
}

func (c *Core) start(e Event) {
	c.started = true
	c.daemon.origin, c.daemon.pairing = e.Origin, e.Pairing
	if e.FieldOverrides != nil {
		c.filler.overrides = e.FieldOverrides
	}
	if e.Preferences != nil {
		c.state.Preferences = *e.Preferences
	}
	c.state.NotificationsAllowed, c.state.AllowedSites, c.state.Browser = e.NotificationsAllowed, e.AllowedSites, e.Browser
	c.state.NeedsSitePermission = strings.HasPrefix(e.Origin, "moz-extension:")
	c.state.Version = e.Version
	c.state.Crashes, c.state.Interrupted = e.Crashes, e.Interrupted
	// Answers to an earlier run may still arrive and must not match a request of this run.
	c.daemon.socket, c.filler.lastRequest = e.Run*idsPerRun, e.Run*idsPerRun
	c.restoreSession(e.Session)
	if p := c.daemon.pairing; p != nil {
		c.state.Port, c.state.Name, c.state.Connection = p.Port, p.Name, view.ConnectionConnecting
		c.daemon.connect()
	}
}

// idsPerRun is how many socket and request ids each run has to itself.
const idsPerRun = 1 << 24

// wantsConnection reports whether a page is open or something is pending.
func (c *Core) wantsConnection() bool { return len(c.pages) > 0 || c.isWaiting() }

// isWaiting reports whether something is pending: a purchase, a number without its code, a code
// that has not been filled, or a click that needs a site permission.
func (c *Core) isWaiting() bool {
	if c.confirmed != nil || c.filler.isWaiting() {
		return true
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
