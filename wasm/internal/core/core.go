// Package core is the extension's backend: what happens goes in as events, what is
// to be done comes out as effects. It touches neither browser nor clock, so that all
// of it runs in ordinary tests.
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

// Core holds the extension's view of the daemon, and which tab a number went into.
type Core struct {
	random  io.Reader
	effects []Effect

	origin  string
	browser string
	stored  *Stored
	lessons map[string]Lesson
	state   view.State
	pages   map[int]string // open pages by id, with their names
	started bool

	// The connection, see link.go.
	socket   int
	phase    phase
	since    time.Time // when the phase's connection was begun, or became ready
	next     time.Time // when the next one may be begun by itself
	opening  *channel.Handshake
	conn     *channel.Conn
	pairing  *channel.PairingCode
	before   string // the client id that was forgotten last
	failures int
	calls    map[uint64]func(protocol.Message)
	lastCall uint64
	pinged   uint64 // the last ping's call

	// What must outlive the worker, see session.go.
	bindings map[string]*binding
	buying   *protocol.BuyRequest

	// What is asked of tabs, see fill.go.
	requests    map[int]request
	pending     *request        // a click that waits for the permission it asked for
	actor       int             // the page whose action is being handled
	fills       map[int]covered // by the popup in front of them
	lastRequest int
	searches    int               // so that the latest wins
	sought      time.Time         // when the person searched last
	listings    int               // as searches, of lists that come in parts
	proposals   []protocol.Search // for the open site, until one finds something

	held   *heldAction
	asking *view.Action // for a price, without an answer yet
	visit  time.Time    // when the person did something last

	shown   map[int]view.View
	glance  view.Glance
	badge   view.Badge
	menu    []view.Item
	session string
	alive   bool
	settled bool // what the browser keeps without the worker, menu and wakefulness, is as this Core has it
}

// New makes a Core. Random is the source of the handshakes' keys.
func New(random io.Reader) *Core {
	return &Core{
		random: random, pages: map[int]string{}, calls: map[uint64]func(protocol.Message){},
		lessons: map[string]Lesson{}, bindings: map[string]*binding{}, fills: map[int]covered{}, requests: map[int]request{}, shown: map[int]view.View{},
		state: view.State{Link: view.LinkUnpaired, Port: protocol.DefaultPort, Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{}},
	}
}

// Handle takes one event and returns what is to be done about it, in order.
func (c *Core) Handle(e Event) []Effect {
	c.state.Now, c.state.Offline = e.Now, e.Offline
	c.expire()
	c.expireClick()
	if e.Kind == Started {
		c.start(e)
	} else if c.started {
		c.handle(e)
	}
	c.giveBack()
	c.render()
	effects := c.effects
	c.effects = nil
	return effects
}

func (c *Core) handle(e Event) {
	switch e.Kind {
	case Opened:
		c.opened(e)
	case Received:
		c.received(e)
	case Closed:
		c.closed(e)
	case Woken:
		c.woken()
	case Beat:
		c.beat()
	case PageOpened:
		c.pages[e.Page] = e.Name
		c.connect()
	case PageClosed:
		delete(c.pages, e.Page)
		delete(c.shown, e.Page)
		c.uncover(e.Page)
	case Acted:
		if e.Action != nil {
			c.actor = e.Page
			c.act(*e.Action)
			c.actor = 0
		}
	case Named, Described, Filled:
		c.answered(e)
	case TabChanged:
		c.tabChanged(e.Tab, e.Origin)
	case TabClosed:
		c.tabClosed(e.Tab)
	case Allowed:
		c.state.Notify, c.state.Sites = e.Notify, e.Sites
		c.allowed(e.Added)
	}
}

func (c *Core) start(e Event) {
	c.started = true
	c.origin, c.browser, c.stored = e.Origin, e.Browser, e.Stored
	if e.Lessons != nil {
		c.lessons = e.Lessons
	}
	if e.Habits != nil {
		c.state.Habits = *e.Habits
	}
	c.state.Notify, c.state.Sites, c.state.Browser = e.Notify, e.Sites, e.Browser
	c.state.Forgetful = strings.HasPrefix(e.Origin, "moz-extension:")
	c.state.Version = e.Version
	c.state.Crashes, c.state.Interrupted = e.Crashes, e.Interrupted
	// What an earlier run asked for may be answered yet, and must not be taken for this run's.
	c.socket, c.lastRequest = e.Run*perRun, e.Run*perRun
	c.recall(e.Session)
	if c.stored != nil {
		c.state.Port, c.state.Name, c.state.Link = c.stored.Port, c.stored.Name, view.LinkConnecting
		c.connect()
	}
}

// perRun is how many sockets and requests of one run are told apart from those of others.
const perRun = 1 << 24

func (c *Core) do(e Effect) { c.effects = append(c.effects, e) }

// render brings pages, icon, memory and wakefulness up to date with the state.
func (c *Core) render() {
	c.state.Lessons = len(c.lessons)
	for id, name := range c.pages {
		v := view.Page(name, c.state)
		if old, known := c.shown[id]; !known || !reflect.DeepEqual(old, v) {
			c.shown[id] = v
			c.do(Effect{Do: Show, Page: id, View: &v})
		}
	}
	c.glimpse()
	if badge := view.Icon(c.state); !reflect.DeepEqual(badge, c.badge) {
		c.badge = badge
		c.do(Effect{Do: ShowIcon, Badge: &badge})
	}
	if menu := view.Menu(c.state); !c.settled || !reflect.DeepEqual(menu, c.menu) {
		c.menu = menu
		c.do(Effect{Do: ShowMenu, Menu: menu})
	}
	if session, err := json.Marshal(c.memory()); err == nil && string(session) != c.session {
		c.session = string(session)
		c.do(Effect{Do: Remember, Session: c.session})
	}
	if alive := c.stored != nil && c.needed(); !c.settled || alive != c.alive {
		c.alive = alive
		c.do(Effect{Do: Alive, On: alive})
	}
	c.settled = true
}

// glimpse keeps what the next popup shows at once.
func (c *Core) glimpse() {
	if c.state.Snapshot == nil || !slices.Contains(slices.Collect(maps.Values(c.pages)), "popup") {
		return
	}
	if g := view.Remembered(c.state); !reflect.DeepEqual(g, c.glance) {
		c.glance = g
		c.do(Effect{Do: Glimpse, Glance: &g})
	}
}

// waiting reports that a number waits for its code, a code for its page, or a click for
// the browser's permission.
func (c *Core) waiting() bool {
	if c.buying != nil || c.pending != nil {
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
