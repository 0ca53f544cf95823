package core_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

const (
	origin     = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
	siteOrigin = "https://site.test"
	tabID      = 7
	popup      = 1
)

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func naira(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "NGN"} }

// fakeBrowser simulates the browser around a core, and a daemon at the other end of its socket.
// The encrypted channel between them is the real one.
type fakeBrowser struct {
	t                    *testing.T
	core                 *core.Core
	origin               string
	now                  time.Time
	pairing              *core.Pairing
	overrides            map[string]core.FieldOverride
	preferences          *view.Preferences
	notificationsAllowed bool
	cachedView           *view.CachedView
	notifications        []view.Notification
	session              string
	daemon               *fakeDaemon
	socket               int
	effects              []core.Effect // all effects so far
	view                 view.View     // what the popup shows
	badge                view.Badge
	pages                []fields.Page   // what the tab describes; nil: no access
	ignores              core.EffectKind // the effect that the tab does not answer
	accepts              bool            // whether the page accepts fills
	names                []string
	fills                []fields.Plan
	watched              bool
	sites                []string // match patterns the extension may access without a click
	menu                 []view.MenuItem
	popupStays           bool // the popup ignores ClosePopup
	popups               int  // how many popups the worker opened
	queue                []core.Event
	timers               []time.Time // when StartTimer timers fire
	dials                int
}

// fakeDaemon answers as the real daemon does, except for the faults set.
type fakeDaemon struct {
	down          bool
	neverAnswers  bool // accepts the socket, but never answers
	neverAccepts  bool // does not accept the socket
	dropsSessions bool // ends every session at once
	closeCode     int  // if not 0, closes with this code instead of sending Welcome
	closeReason   string
	impostor      bool
	code          channel.PairingCode
	secrets       map[string][]byte
	conn          *channel.Conn
	hello         protocol.Hello // the latest one
	snapshot      protocol.Snapshot
	handlers      map[string]func(json.RawMessage) (any, error)
	calls         map[string]int
	unanswered    string // a method that gets no answer
}

func newFakeBrowser(t *testing.T) *fakeBrowser {
	code, err := channel.NewPairingCode(47615, rand.Reader)
	require.NoError(t, err)
	b := &fakeBrowser{t: t, origin: origin, now: start, accepts: true, daemon: &fakeDaemon{
		code: code, secrets: map[string][]byte{}, handlers: map[string]func(json.RawMessage) (any, error){}, calls: map[string]int{},
		snapshot: protocol.Snapshot{
			Seq: 10, Host: "logspanel.com", Journal: "j1", Orders: []protocol.Order{}, Intents: []protocol.Intent{},
			Wallet: &protocol.Wallet{Balance: naira(12_500), At: start}, Key: protocol.Key{State: protocol.KeyOK},
			Provider: protocol.Provider{Reachable: true},
		},
	}}
	b.daemon.on(protocol.OfferSearch, func(json.RawMessage) (any, error) {
		return protocol.Offers{Offers: []protocol.Offer{{ServiceID: "5", ServiceName: "Telegram", CountryID: "9", CountryName: "Nigeria", Price: naira(550), Available: 3}}, Total: 1}, nil
	})
	b.daemon.on(protocol.AreaList, func(json.RawMessage) (any, error) { return protocol.Areas{}, nil })
	b.daemon.on(protocol.OrderQuote, func(json.RawMessage) (any, error) {
		return protocol.Quote{
			Intent:  protocol.Intent{ID: "i1", Journal: "j1", State: protocol.IntentIntended, ServiceName: "Telegram", CountryName: "Nigeria", Price: naira(550)},
			Balance: naira(12_500), BalanceAfter: naira(11_950),
		}, nil
	})
	b.daemon.on(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return protocol.Intent{ID: "i1", Journal: "j1", State: protocol.IntentBought, OrderID: "o1", Price: naira(550)}, nil
	})
	b.startWorker(core.Event{})
	return b
}

// startWorker starts a new backend, as a browser does after it stopped the worker. The Started
// event takes what is stored from b, and the rest from started.
func (b *fakeBrowser) startWorker(started core.Event) {
	b.core = core.New(rand.Reader)
	b.socket, b.daemon.conn = 0, nil
	started.Kind, started.Version, started.Origin, started.Browser = core.Started, "0.1.0", b.origin, "Chromium 156"
	started.Pairing, started.FieldOverrides, started.Preferences, started.NotificationsAllowed, started.Session = b.pairing, b.overrides, b.preferences, b.notificationsAllowed, b.session
	started.AllowedSites = b.sites
	b.send(started)
}

// send gives the core an event and performs the effects, and those of the events that follow.
func (b *fakeBrowser) send(e core.Event) {
	b.queue = append(b.queue, e)
	for len(b.queue) > 0 {
		e := b.queue[0]
		b.queue = b.queue[1:]
		e.Now = b.now
		raw, err := json.Marshal(e)
		require.NoError(b.t, err)
		var sent core.Event
		require.NoError(b.t, json.Unmarshal(raw, &sent))
		for _, effect := range b.core.Handle(sent) {
			b.perform(effect)
		}
	}
}

func (b *fakeBrowser) enqueue(e core.Event) { b.queue = append(b.queue, e) }

func (b *fakeBrowser) perform(e core.Effect) {
	b.effects = append(b.effects, e)
	switch e.Do {
	case core.Connect:
		b.socket, b.daemon.conn = e.Socket, nil
		b.dials++
		assert.Equal(b.t, protocol.Subprotocol, e.Protocol)
		if b.daemon.down {
			b.enqueue(core.Event{Kind: core.SocketClosed, Socket: e.Socket, CloseCode: 1006})
			return
		}
		if !b.daemon.neverAccepts {
			b.enqueue(core.Event{Kind: core.SocketOpened, Socket: e.Socket})
		}
	case core.StartTimer:
		b.timers = append(b.timers, b.now.Add(time.Duration(e.DelayMillis)*time.Millisecond))
	case core.Send:
		for _, f := range e.Frames {
			b.deliverToDaemon(e.Socket, f)
		}
	case core.Close:
		if b.socket == e.Socket {
			b.daemon.conn = nil
		}
	case core.StorePairing:
		b.pairing = e.Pairing
	case core.ErasePairing:
		b.pairing = nil
	case core.StoreSession:
		b.session = e.Session
	case core.Show:
		if e.Page == popup {
			b.view = *e.View
		}
	case core.ShowIcon:
		b.badge = *e.Badge
	case core.ReadSiteNames:
		b.enqueue(core.Event{Kind: core.SiteNamesRead, Request: e.Request, SiteNames: b.names})
	case core.Describe:
		if b.ignores == core.Describe {
			return
		}
		b.enqueue(core.Event{Kind: core.Described, Request: e.Request, Pages: b.pages})
	case core.Fill:
		b.fills = append(b.fills, *e.Plan)
		if b.ignores == core.Fill {
			return
		}
		b.enqueue(core.Event{Kind: core.Filled, Request: e.Request, Report: fields.Report{Kept: b.accepts}})
	case core.StorePreferences:
		b.preferences = e.Preferences
	case core.CacheView:
		b.cachedView = e.CachedView
	case core.ShowNotification:
		b.notifications = append(b.notifications, *e.Notification)
	case core.StoreFieldOverrides:
		b.overrides = e.FieldOverrides
	case core.ClosePopup:
		if !b.popupStays {
			b.enqueue(core.Event{Kind: core.PageClosed, Page: e.Page})
		}
	case core.ShowMenu:
		b.menu = e.Menu
	case core.OpenPopup:
		b.popups++
	case core.RevokeSites:
		b.sites = slices.DeleteFunc(b.sites, func(s string) bool { return slices.Contains(e.Sites, s) })
		b.enqueue(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: b.notificationsAllowed, AllowedSites: b.sites})
	case core.WatchTab:
		b.watched = e.On
	}
}

// deliverToDaemon handles a frame that arrives at the daemon.
func (b *fakeBrowser) deliverToDaemon(socket int, frame []byte) {
	d := b.daemon
	if d.conn == nil {
		id, err := channel.ReadClientID(frame)
		require.NoError(b.t, err)
		secret := d.secrets[id]
		if id == channel.PairingClientID {
			secret = d.code.Key()
		}
		switch {
		case d.closeCode != 0:
			b.enqueue(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: d.closeCode, CloseReason: d.closeReason})
			return
		case d.neverAnswers:
			return
		case d.impostor:
			b.enqueue(core.Event{Kind: core.FrameReceived, Socket: socket, Frame: []byte("who are you?")})
			return
		case secret == nil:
			b.enqueue(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: protocol.CloseUnknownClient})
			return
		}
		binding := channel.Binding{Version: protocol.Version, ClientID: id, Origin: b.origin, Host: "127.0.0.1:" + strconv.Itoa(int(d.code.Port))}
		conn, answer, err := channel.Respond(secret, binding, frame, rand.Reader)
		if err != nil {
			b.enqueue(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: protocol.CloseNoPairing})
			return
		}
		d.conn = conn
		b.enqueue(core.Event{Kind: core.FrameReceived, Socket: socket, Frame: answer})
		return
	}
	message, complete, err := d.conn.Open(frame)
	require.NoError(b.t, err)
	if !complete {
		return
	}
	m, err := protocol.Decode(message)
	require.NoError(b.t, err)
	d.calls[m.Method]++
	if m.Method == d.unanswered {
		return
	}
	result, err := d.handle(m)
	answer, err := protocol.Response(m.ID, result, err)
	require.NoError(b.t, err)
	b.daemonSends(answer)
	if d.dropsSessions {
		b.enqueue(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: protocol.CloseSlow})
	}
}

func (d *fakeDaemon) on(method string, do func(json.RawMessage) (any, error)) {
	d.handlers[method] = do
}

func (d *fakeDaemon) handle(m protocol.Message) (any, error) {
	switch m.Method {
	case protocol.SessionHello:
		d.hello = protocol.Hello{}
		if err := protocol.Bind(m.Params, &d.hello); err != nil {
			return nil, err
		}
		welcome := protocol.Welcome{Version: "0.1.0", ClientID: "c1", Snapshot: d.snapshot}
		if d.secrets["c1"] == nil {
			d.secrets["c1"] = bytes.Repeat([]byte{7}, channel.SecretSize)
			welcome.Paired = &protocol.Credentials{ClientID: "c1", Secret: d.secrets["c1"]}
		}
		return welcome, nil
	case protocol.StateGet:
		return d.snapshot, nil
	}
	if do := d.handlers[m.Method]; do != nil {
		return do(m.Params)
	}
	return protocol.Empty{}, nil
}

func (b *fakeBrowser) daemonSends(m protocol.Message) {
	raw, err := json.Marshal(m)
	require.NoError(b.t, err)
	frames, err := b.daemon.conn.Seal(raw)
	require.NoError(b.t, err)
	for _, f := range frames {
		b.enqueue(core.Event{Kind: core.FrameReceived, Socket: b.socket, Frame: f})
	}
}

// pushChange makes the daemon send a change.
func (b *fakeBrowser) pushChange(c protocol.Change) {
	b.daemon.snapshot.Seq++
	c.Seq = b.daemon.snapshot.Seq
	seq := b.daemon.snapshot.Seq
	b.daemon.snapshot.Seq--
	b.daemon.snapshot.Apply(c)
	b.daemon.snapshot.Seq = seq
	if b.daemon.conn == nil {
		return
	}
	m, err := protocol.Notification(protocol.StateChanged, c)
	require.NoError(b.t, err)
	b.daemonSends(m)
	b.drainQueue()
}

// advance moves the clock forward, fires the timers due and sends a heartbeat every 20 seconds.
func (b *fakeBrowser) advance(d time.Duration) {
	end, beat := b.now.Add(d), b.now.Add(20*time.Second)
	for {
		slices.SortFunc(b.timers, time.Time.Compare)
		if len(b.timers) > 0 && b.timers[0].Before(beat) && b.timers[0].Before(end) {
			b.now, b.timers = b.timers[0], b.timers[1:]
			b.send(core.Event{Kind: core.TimerFired})
		} else if beat.Before(end) {
			b.now, beat = beat, beat.Add(20*time.Second)
			b.send(core.Event{Kind: core.Heartbeat})
		} else {
			b.now = end
			return
		}
	}
}

func (b *fakeBrowser) drainQueue() {
	first := b.queue[0]
	b.queue = b.queue[1:]
	b.send(first)
}

// dropConnection breaks the connection.
func (b *fakeBrowser) dropConnection(code int) {
	socket := b.socket
	b.daemon.conn = nil
	b.send(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: code})
}

func (b *fakeBrowser) act(a view.Action) {
	b.send(core.Event{Kind: core.Acted, Page: popup, Action: &a})
}

// openPopup opens the popup over the site.
func (b *fakeBrowser) openPopup() { b.openPopupOver(siteOrigin) }

// openPopupOver opens the popup over a site.
func (b *fakeBrowser) openPopupOver(origin string) {
	b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "popup"})
	b.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: tabID, Origin: origin, Host: strings.TrimPrefix(origin, "https://")}})
}

// grant simulates that the person grants site permissions.
func (b *fakeBrowser) grant(pattern string) {
	b.sites = append(b.sites, pattern)
	b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: b.notificationsAllowed, AllowedSites: b.sites, AddedSites: []string{pattern}})
}

func (b *fakeBrowser) closePopup() { b.send(core.Event{Kind: core.PageClosed, Page: popup}) }

// paired returns a browser that opened the popup and paired.
func paired(t *testing.T) *fakeBrowser {
	b := newFakeBrowser(t)
	b.names = []string{"Telegram"}
	b.openPopup()
	b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
	require.True(t, b.shows("balance"), "%v", b.view)
	return b
}

// shownJSON returns everything that the popup shows, as JSON.
func (b *fakeBrowser) shownJSON() string {
	raw, err := json.Marshal(b.view)
	require.NoError(b.t, err)
	return string(raw)
}

// reopened returns a paired browser that was restarted while its daemon has a fault.
func reopened(t *testing.T, breakDaemon func(*fakeDaemon)) *fakeBrowser {
	b := paired(t)
	b.closePopup()
	b.session = ""
	breakDaemon(b.daemon)
	b.startWorker(core.Event{})
	b.openPopup()
	return b
}

// shows reports whether the popup has a node with a key.
func (b *fakeBrowser) shows(key string) bool { return b.node(key) != nil }

func (b *fakeBrowser) node(key string) *view.Node { return find(b.view.Nodes, key) }

func find(nodes []view.Node, key string) *view.Node {
	for i := range nodes {
		if nodes[i].Key == key {
			return &nodes[i]
		}
		if n := find(nodes[i].Children, key); n != nil {
			return n
		}
	}
	return nil
}

// press sends the action of a node of the popup.
func (b *fakeBrowser) press(key string) {
	b.t.Helper()
	n := b.node(key)
	require.NotNil(b.t, n, "the popup has no %s", key)
	require.False(b.t, n.Disabled, "%s can't be pressed", key)
	b.act(*n.Action)
}

// count counts the effects of a kind.
func (b *fakeBrowser) count(kind core.EffectKind) (n int) {
	for _, e := range b.effects {
		if e.Do == kind {
			n++
		}
	}
	return n
}

func waitingOrder() protocol.Order {
	return protocol.Order{
		ID: "o1", State: protocol.OrderWaiting, Number: "+2348031234567", CallingCode: "234", ServiceName: "Telegram",
		CountryName: "Nigeria", CountryShort: "ng", Price: naira(550), Client: "c1", CreatedAt: start, Deadline: start.Add(20 * time.Minute),
	}
}

func phonePage() []fields.Page {
	return []fields.Page{{Origin: siteOrigin, Fields: []fields.Field{{
		Ref: 1, Kind: fields.Input, Type: "tel", Label: "Phone number", Autocomplete: "tel", Visibility: fields.Shown, W: 200, H: 30,
	}}}}
}

func codePage() []fields.Page {
	return []fields.Page{{Origin: siteOrigin, Fields: []fields.Field{{
		Ref: 2, Kind: fields.Input, Type: "text", Label: "Verification code", Autocomplete: "one-time-code", Visibility: fields.Shown, W: 200, H: 30,
	}}}}
}
