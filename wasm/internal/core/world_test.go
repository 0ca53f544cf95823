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
	origin = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
	siteAt = "https://site.test"
	theTab = 7
	popup  = 1
)

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func naira(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "NGN"} }

// world is the browser around a core, and a daemon at the other end of its socket,
// over the real channel.
type world struct {
	t        *testing.T
	core     *core.Core
	origin   string
	now      time.Time
	stored   *core.Stored
	lessons  map[string]core.Lesson
	habits   *view.Habits
	notify   bool
	glance   *view.Glance
	notices  []view.Notice
	session  string
	daemon   *daemon
	socket   int
	effects  []core.Effect // all that were performed
	view     view.View     // what the popup shows
	badge    view.Badge
	pages    []fields.Page   // what the tab describes; none: no access
	gone     core.EffectKind // what the tab gives no answer to
	kept     bool            // what the tab says of fills
	names    []string
	fills    []fields.Plan
	watched  bool
	sites    []string // what the extension may reach without a click
	menu     []view.Item
	stubborn bool // the popup does not close
	popups   int  // opened by the worker
	queue    []core.Event
	timers   []time.Time // when Wake goes off
	dials    int
}

// daemon answers as the real one does.
type daemon struct {
	down     bool
	mute     bool // takes the socket, and never answers
	deaf     bool // does not even take the socket
	fickle   bool // ends every session at once
	refuse   int  // a close code instead of a welcome
	reason   string
	stranger bool
	code     channel.PairingCode
	secrets  map[string][]byte
	conn     *channel.Conn
	hello    protocol.Hello // the last
	snapshot protocol.Snapshot
	answers  map[string]func(json.RawMessage) (any, error)
	asked    map[string]int
	silent   string // a method that gets no answer
}

func newWorld(t *testing.T) *world {
	code, err := channel.NewPairingCode(47615, rand.Reader)
	require.NoError(t, err)
	w := &world{t: t, origin: origin, now: start, kept: true, daemon: &daemon{
		code: code, secrets: map[string][]byte{}, answers: map[string]func(json.RawMessage) (any, error){}, asked: map[string]int{},
		snapshot: protocol.Snapshot{
			Seq: 10, Host: "logspanel.com", Journal: "j1", Orders: []protocol.Order{}, Intents: []protocol.Intent{},
			Wallet: &protocol.Wallet{Balance: naira(12_500), At: start}, Key: protocol.Key{State: protocol.KeyOK},
			Provider: protocol.Provider{Reachable: true},
		},
	}}
	w.daemon.answer(protocol.OfferSearch, func(json.RawMessage) (any, error) {
		return protocol.Offers{Offers: []protocol.Offer{{ServiceID: "5", ServiceName: "Telegram", CountryID: "9", CountryName: "Nigeria", Price: naira(550), Available: 3}}, Total: 1}, nil
	})
	w.daemon.answer(protocol.AreaList, func(json.RawMessage) (any, error) { return protocol.Areas{}, nil })
	w.daemon.answer(protocol.OrderQuote, func(json.RawMessage) (any, error) {
		return protocol.Quote{
			Intent:  protocol.Intent{ID: "i1", Journal: "j1", State: protocol.IntentIntended, ServiceName: "Telegram", CountryName: "Nigeria", Price: naira(550)},
			Balance: naira(12_500), BalanceAfter: naira(11_950),
		}, nil
	})
	w.daemon.answer(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return protocol.Intent{ID: "i1", Journal: "j1", State: protocol.IntentBought, OrderID: "o1", Price: naira(550)}, nil
	})
	w.worker(core.Event{})
	return w
}

// worker starts the backend anew, as a browser does after it has stopped the worker; told is
// what is special about this start.
func (w *world) worker(told core.Event) {
	w.core = core.New(rand.Reader)
	w.socket, w.daemon.conn = 0, nil
	told.Kind, told.Version, told.Origin, told.Browser = core.Started, "0.1.0", w.origin, "Chromium 156"
	told.Stored, told.Lessons, told.Habits, told.Notify, told.Session = w.stored, w.lessons, w.habits, w.notify, w.session
	told.Sites = w.sites
	w.tell(told)
}

// tell gives the core an event, does what it asks for, and all that follows.
func (w *world) tell(e core.Event) {
	w.queue = append(w.queue, e)
	for len(w.queue) > 0 {
		e := w.queue[0]
		w.queue = w.queue[1:]
		e.Now = w.now
		raw, err := json.Marshal(e)
		require.NoError(w.t, err)
		var sent core.Event
		require.NoError(w.t, json.Unmarshal(raw, &sent))
		for _, effect := range w.core.Handle(sent) {
			w.perform(effect)
		}
	}
}

func (w *world) later(e core.Event) { w.queue = append(w.queue, e) }

func (w *world) perform(e core.Effect) {
	w.effects = append(w.effects, e)
	switch e.Do {
	case core.Connect:
		w.socket, w.daemon.conn = e.Socket, nil
		w.dials++
		assert.Equal(w.t, protocol.Subprotocol, e.Protocol)
		if w.daemon.down {
			w.later(core.Event{Kind: core.Closed, Socket: e.Socket, Code: 1006})
			return
		}
		if !w.daemon.deaf {
			w.later(core.Event{Kind: core.Opened, Socket: e.Socket})
		}
	case core.Wake:
		w.timers = append(w.timers, w.now.Add(time.Duration(e.After)*time.Millisecond))
	case core.Send:
		for _, f := range e.Frames {
			w.arrived(e.Socket, f)
		}
	case core.Close:
		if w.socket == e.Socket {
			w.daemon.conn = nil
		}
	case core.Store:
		w.stored = e.Stored
	case core.Erase:
		w.stored = nil
	case core.Remember:
		w.session = e.Session
	case core.Show:
		if e.Page == popup {
			w.view = *e.View
		}
	case core.ShowIcon:
		w.badge = *e.Badge
	case core.Name:
		w.later(core.Event{Kind: core.Named, Request: e.Request, Names: w.names})
	case core.Describe:
		if w.gone == core.Describe {
			return
		}
		w.later(core.Event{Kind: core.Described, Request: e.Request, Pages: w.pages})
	case core.Fill:
		w.fills = append(w.fills, *e.Plan)
		if w.gone == core.Fill {
			return
		}
		w.later(core.Event{Kind: core.Filled, Request: e.Request, Report: fields.Report{Kept: w.kept}})
	case core.Accustom:
		w.habits = e.Habits
	case core.Glimpse:
		w.glance = e.Glance
	case core.Notify:
		w.notices = append(w.notices, *e.Notice)
	case core.Learn:
		w.lessons = e.Lessons
	case core.Dismiss:
		if !w.stubborn {
			w.later(core.Event{Kind: core.PageClosed, Page: e.Page})
		}
	case core.ShowMenu:
		w.menu = e.Menu
	case core.OpenPopup:
		w.popups++
	case core.GiveBack:
		w.sites = slices.DeleteFunc(w.sites, func(s string) bool { return slices.Contains(e.Sites, s) })
		w.later(core.Event{Kind: core.Allowed, Notify: w.notify, Sites: w.sites})
	case core.Watch:
		w.watched = e.On
	}
}

// arrived is a frame at the daemon.
func (w *world) arrived(socket int, frame []byte) {
	d := w.daemon
	if d.conn == nil {
		id, err := channel.ReadClientID(frame)
		require.NoError(w.t, err)
		secret := d.secrets[id]
		if id == channel.PairingClientID {
			secret = d.code.Key()
		}
		switch {
		case d.refuse != 0:
			w.later(core.Event{Kind: core.Closed, Socket: socket, Code: d.refuse, Reason: d.reason})
			return
		case d.mute:
			return
		case d.stranger:
			w.later(core.Event{Kind: core.Received, Socket: socket, Frame: []byte("who are you?")})
			return
		case secret == nil:
			w.later(core.Event{Kind: core.Closed, Socket: socket, Code: protocol.CloseUnknownClient})
			return
		}
		b := channel.Binding{Version: protocol.Version, ClientID: id, Origin: w.origin, Host: "127.0.0.1:" + strconv.Itoa(int(d.code.Port))}
		conn, answer, err := channel.Respond(secret, b, frame, rand.Reader)
		if err != nil {
			w.later(core.Event{Kind: core.Closed, Socket: socket, Code: protocol.CloseNoPairing})
			return
		}
		d.conn = conn
		w.later(core.Event{Kind: core.Received, Socket: socket, Frame: answer})
		return
	}
	message, complete, err := d.conn.Open(frame)
	require.NoError(w.t, err)
	if !complete {
		return
	}
	m, err := protocol.Decode(message)
	require.NoError(w.t, err)
	d.asked[m.Method]++
	if m.Method == d.silent {
		return
	}
	result, err := d.handle(m)
	answer, err := protocol.Response(m.ID, result, err)
	require.NoError(w.t, err)
	w.say(answer)
	if d.fickle {
		w.later(core.Event{Kind: core.Closed, Socket: socket, Code: protocol.CloseSlow})
	}
}

func (d *daemon) answer(method string, do func(json.RawMessage) (any, error)) { d.answers[method] = do }

func (d *daemon) handle(m protocol.Message) (any, error) {
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
	if do := d.answers[m.Method]; do != nil {
		return do(m.Params)
	}
	return protocol.Empty{}, nil
}

func (w *world) say(m protocol.Message) {
	raw, err := json.Marshal(m)
	require.NoError(w.t, err)
	frames, err := w.daemon.conn.Seal(raw)
	require.NoError(w.t, err)
	for _, f := range frames {
		w.later(core.Event{Kind: core.Received, Socket: w.socket, Frame: f})
	}
}

// change makes the daemon tell of a change.
func (w *world) change(c protocol.Change) {
	w.daemon.snapshot.Seq++
	c.Seq = w.daemon.snapshot.Seq
	seq := w.daemon.snapshot.Seq
	w.daemon.snapshot.Seq--
	w.daemon.snapshot.Apply(c)
	w.daemon.snapshot.Seq = seq
	if w.daemon.conn == nil {
		return
	}
	m, err := protocol.Notification(protocol.StateChanged, c)
	require.NoError(w.t, err)
	w.say(m)
	w.run()
}

// pass lets time go by, with the timers that go off in it, and a beat every 20 seconds.
func (w *world) pass(d time.Duration) {
	end, beat := w.now.Add(d), w.now.Add(20*time.Second)
	for {
		slices.SortFunc(w.timers, time.Time.Compare)
		if len(w.timers) > 0 && w.timers[0].Before(beat) && w.timers[0].Before(end) {
			w.now, w.timers = w.timers[0], w.timers[1:]
			w.tell(core.Event{Kind: core.Woken})
		} else if beat.Before(end) {
			w.now, beat = beat, beat.Add(20*time.Second)
			w.tell(core.Event{Kind: core.Beat})
		} else {
			w.now = end
			return
		}
	}
}

func (w *world) run() {
	first := w.queue[0]
	w.queue = w.queue[1:]
	w.tell(first)
}

// drop breaks the connection.
func (w *world) drop(code int) {
	socket := w.socket
	w.daemon.conn = nil
	w.tell(core.Event{Kind: core.Closed, Socket: socket, Code: code})
}

func (w *world) act(a view.Action) { w.tell(core.Event{Kind: core.Acted, Page: popup, Action: &a}) }

// open opens the popup over the site.
func (w *world) open() { w.over(siteAt) }

// over opens the popup over a site.
func (w *world) over(origin string) {
	w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "popup"})
	w.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: theTab, Origin: origin, Host: strings.TrimPrefix(origin, "https://")}})
}

// allow is the person's yes to what the browser asks.
func (w *world) allow(pattern string) {
	w.sites = append(w.sites, pattern)
	w.tell(core.Event{Kind: core.Allowed, Notify: w.notify, Sites: w.sites, Added: []string{pattern}})
}

func (w *world) close() { w.tell(core.Event{Kind: core.PageClosed, Page: popup}) }

// paired opens the popup and pairs.
func paired(t *testing.T) *world {
	w := newWorld(t)
	w.names = []string{"Telegram"}
	w.open()
	w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
	require.True(t, w.shows("balance"), "%v", w.view)
	return w
}

// shown is everything that the popup shows, as JSON.
func (w *world) shown() string {
	raw, err := json.Marshal(w.view)
	require.NoError(w.t, err)
	return string(raw)
}

// reopened is a paired browser that was started again, over a daemon that is spoilt.
func reopened(t *testing.T, spoil func(*daemon)) *world {
	w := paired(t)
	w.close()
	w.session = ""
	spoil(w.daemon)
	w.worker(core.Event{})
	w.open()
	return w
}

// shows reports whether the popup has a node with a key.
func (w *world) shows(key string) bool { return w.node(key) != nil }

func (w *world) node(key string) *view.Node { return find(w.view.Nodes, key) }

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

// press does what a node of the popup asks for.
func (w *world) press(key string) {
	w.t.Helper()
	n := w.node(key)
	require.NotNil(w.t, n, "the popup has no %s", key)
	require.False(w.t, n.Disabled, "%s can't be pressed", key)
	w.act(*n.Action)
}

// did counts the effects of a kind.
func (w *world) did(kind core.EffectKind) (n int) {
	for _, e := range w.effects {
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
	return []fields.Page{{Origin: siteAt, Fields: []fields.Field{{
		Ref: 1, Kind: fields.Input, Type: "tel", Label: "Phone number", Autocomplete: "tel", Visibility: fields.Shown, W: 200, H: 30,
	}}}}
}

func codePage() []fields.Page {
	return []fields.Page{{Origin: siteAt, Fields: []fields.Field{{
		Ref: 2, Kind: fields.Input, Type: "text", Label: "Verification code", Autocomplete: "one-time-code", Visibility: fields.Shown, W: 200, H: 30,
	}}}}
}
