package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	chromium = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
	firefox  = "moz-extension://1f3c1f5e-7f0b-4c0e-9f5e-0d1c2b3a4f5e"
)

var hello = protocol.Hello{Version: "1.0.0", Browser: "Chromium 156", Name: "at home"}

// harness runs a server with fake backends.
type harness struct {
	*server.Server
	t       testing.TB
	ctx     context.Context
	port    int
	host    string
	orders  *fakeOrders
	catalog *fakeCatalog
	store   *fakeStore
	keyring *fakeKeyring
	clock   *fakeClock
	log     *lockedBuffer
	secrets []string // must never be in the log
	stop    func() error
}

// newHarness starts a server; adjust may change its limits before that. It stops with the test.
func newHarness(t testing.TB, adjust ...func(*server.Server)) *harness {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	h := &harness{
		t: t, port: l.Addr().(*net.TCPAddr).Port, host: l.Addr().String(),
		orders: newFakeOrders(), catalog: &fakeCatalog{}, store: &fakeStore{}, keyring: &fakeKeyring{Store: secrets.Memory()}, clock: &fakeClock{}, log: &lockedBuffer{},
	}
	h.clock.now.Store(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	h.Server = server.New(server.Options{
		Orders: h.orders, Catalog: h.catalog, Secrets: h.keyring, Browsers: h.store, Port: h.port, Version: "1.2.3", Now: h.clock.Now,
		AskKey: func(ctx context.Context) error { return h.orders.record(ctx, "ask key") },
		Log:    slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, set := range adjust {
		set(h.Server)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.ctx = ctx
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx, l) }()
	h.stop = sync.OnceValue(func() error {
		cancel()
		return <-served
	})
	t.Cleanup(func() {
		assert.NoError(t, h.stop())
		assert.Zero(t, h.orders.subscribers(), "every subscription ends with its session")
		for _, secret := range h.secrets {
			assert.NotContains(t, h.log.String(), secret)
		}
	})
	return h
}

// pairingCode makes a pairing code.
func (h *harness) pairingCode() string {
	code, _ := h.Pair()
	h.secrets = append(h.secrets, code)
	return code
}

// pair pairs a browser and opens its first session.
func (h *harness) pair(origin string, hello protocol.Hello) (*wsclient.Client, protocol.Credentials) {
	c, creds, err := wsclient.Pair(h.t.Context(), h.pairingCode(), origin, hello)
	require.NoError(h.t, err)
	h.secrets = append(h.secrets, string(creds.Secret), base64.StdEncoding.EncodeToString(creds.Secret))
	h.t.Cleanup(func() { _ = c.Close() })
	return c, creds
}

func (h *harness) connect(creds protocol.Credentials, origin string) (*wsclient.Client, error) {
	c, err := wsclient.Connect(h.t.Context(), h.port, creds, origin, hello)
	if err == nil {
		h.t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// dialWebsocket opens a websocket without a handshake.
func (h *harness) dialWebsocket(header http.Header, subprotocols ...string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{Subprotocols: subprotocols}
	ws, response, err := dialer.DialContext(h.t.Context(), "ws://"+h.host+"/", header)
	if err == nil {
		h.t.Cleanup(func() { _ = ws.Close() })
	}
	return ws, response, err
}

func from(origin string) http.Header { return http.Header{"Origin": {origin}} }

// ended waits for a session's end and returns its close code.
func ended(c *wsclient.Client) int {
	<-c.Done()
	return wsclient.CloseCode(c.Err())
}

// closed reads until the websocket is closed and returns the close code.
func closed(t testing.TB, ws *websocket.Conn) int {
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			var end *websocket.CloseError
			require.ErrorAs(t, err, &end)
			return end.Code
		}
	}
}

type fakeClock struct{ now atomic.Int64 }

func (c *fakeClock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *fakeClock) advance(d time.Duration) { c.now.Add(int64(d)) }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var errDisk = errors.New("the disk is full")

// fakeStore is a store of browsers that can fail.
type fakeStore struct {
	mu      sync.Mutex
	rows    map[string]browser.Browser
	reading error
	writing error
}

func (r *fakeStore) List() ([]browser.Browser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.rows)), r.reading
}

func (r *fakeStore) Put(c browser.Browser) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.writing != nil {
		return r.writing
	}
	if r.rows == nil {
		r.rows = map[string]browser.Browser{}
	}
	r.rows[c.ID] = c
	return nil
}

func (r *fakeStore) Delete(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rows, id)
	return r.writing
}

func (r *fakeStore) fail(reading, writing error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading, r.writing = reading, writing
}

func (r *fakeStore) get(id string) browser.Browser {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows[id]
}

// fakeKeyring is a keyring that can be locked.
type fakeKeyring struct {
	secrets.Store
	locked atomic.Bool
	silent atomic.Bool
	// onDelete, if any, is called before a secret is deleted.
	onDelete func()
	held     atomic.Int32
	reads    atomic.Int32
}

func (v *fakeKeyring) Get(ctx context.Context, name string) ([]byte, error) {
	v.reads.Add(1)
	if v.locked.Load() {
		return nil, secrets.ErrLocked
	}
	if v.silent.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return v.Store.Get(ctx, name)
}

func (v *fakeKeyring) Set(ctx context.Context, name string, value []byte) error {
	if v.locked.Load() {
		return secrets.ErrLocked
	}
	v.held.Add(1)
	return v.Store.Set(ctx, name, value)
}

func (v *fakeKeyring) Delete(ctx context.Context, name string) error {
	if v.onDelete != nil {
		v.onDelete()
	}
	v.held.Add(-1)
	return v.Store.Delete(ctx, name)
}

// callLog records calls, and lets a test run code within them.
type callLog struct {
	mu    sync.Mutex
	calls []string
	hook  func(ctx context.Context, call string) error
}

func (c *callLog) record(ctx context.Context, call string) error {
	c.mu.Lock()
	c.calls = append(c.calls, call)
	hook := c.hook
	c.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx, call)
}

func (c *callLog) onCall(hook func(ctx context.Context, call string) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hook = hook
}

func (c *callLog) times(call string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.calls {
		if a == call {
			n++
		}
	}
	return n
}

func (c *callLog) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[len(c.calls)-1]
}

// fakeOrders serves the orders that the test publishes.
type fakeOrders struct {
	callLog
	state     sync.Mutex
	now       protocol.Snapshot
	listeners map[chan protocol.Change]struct{}
}

func newFakeOrders() *fakeOrders {
	return &fakeOrders{
		now:       protocol.Snapshot{Seq: 1, Host: "example.com", Journal: "j1", Orders: []protocol.Order{}, Intents: []protocol.Intent{}},
		listeners: map[chan protocol.Change]struct{}{},
	}
}

func (o *fakeOrders) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	o.state.Lock()
	defer o.state.Unlock()
	c := make(chan protocol.Change, 64)
	o.listeners[c] = struct{}{}
	return o.now, c, func() {
		o.state.Lock()
		defer o.state.Unlock()
		o.drop(c)
	}
}

func (o *fakeOrders) drop(c chan protocol.Change) {
	if _, there := o.listeners[c]; there {
		delete(o.listeners, c)
		close(c)
	}
}

func (o *fakeOrders) subscribers() int {
	o.state.Lock()
	defer o.state.Unlock()
	return len(o.listeners)
}

// publish sends a change to all subscribers, and drops those that lag.
func (o *fakeOrders) publish(c protocol.Change) {
	o.state.Lock()
	defer o.state.Unlock()
	o.now.Seq++
	c.Seq = o.now.Seq
	if c.Order != nil {
		o.now.Orders = append([]protocol.Order{*c.Order}, o.now.Orders...)
	}
	for l := range o.listeners {
		select {
		case l <- c:
		default:
			o.drop(l)
		}
	}
}

// dropAll drops every subscriber, as if it lagged.
func (o *fakeOrders) dropAll() {
	o.state.Lock()
	defer o.state.Unlock()
	for l := range o.listeners {
		o.drop(l)
	}
}

func (o *fakeOrders) order(id string) protocol.Order {
	o.state.Lock()
	defer o.state.Unlock()
	i := slices.IndexFunc(o.now.Orders, func(o protocol.Order) bool { return o.ID == id })
	if i < 0 {
		return protocol.Order{ID: id}
	}
	return o.now.Orders[i]
}

func (o *fakeOrders) RefreshWallet(ctx context.Context) (protocol.Wallet, error) {
	return protocol.Wallet{}, o.record(ctx, "wallet")
}

func (o *fakeOrders) Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error) {
	return protocol.Quote{Intent: protocol.Intent{Client: client}}, o.record(ctx, "quote "+req.ServiceID)
}

func (o *fakeOrders) Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error) {
	return protocol.Intent{ID: req.IntentID, Client: client}, o.record(ctx, "buy "+req.IntentID)
}

func (o *fakeOrders) Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error) {
	return protocol.Intent{ID: req.IntentID, Client: client}, o.record(ctx, "decide "+req.IntentID)
}

func (o *fakeOrders) Cancel(ctx context.Context, client, id string) (protocol.Order, error) {
	return o.order(id), o.record(ctx, "cancel "+id)
}

func (o *fakeOrders) Code(ctx context.Context, client, id string) (protocol.ReceivedCode, error) {
	order := o.order(id)
	return protocol.ReceivedCode{OrderID: id, Code: order.Code, Message: order.Message}, o.record(ctx, "code "+id)
}

func (o *fakeOrders) List(ctx context.Context) (protocol.OrderPage, error) {
	o.state.Lock()
	page := protocol.OrderPage{Orders: slices.Clone(o.now.Orders)}
	o.state.Unlock()
	return page, o.record(ctx, "list")
}

// fakeCatalog returns the results that the test sets.
type fakeCatalog struct {
	callLog
	offers protocol.Offers
}

func (s *fakeCatalog) Countries(ctx context.Context) (protocol.Countries, error) {
	return protocol.Countries{}, s.record(ctx, "countries")
}

func (s *fakeCatalog) Search(ctx context.Context, search protocol.Search) (protocol.Offers, error) {
	return s.offers, s.record(ctx, "search "+search.Query)
}

func (s *fakeCatalog) Areas(ctx context.Context, place protocol.Place) (protocol.Areas, error) {
	return protocol.Areas{}, s.record(ctx, "areas "+place.ServiceID)
}

func (s *fakeCatalog) LogCategories(ctx context.Context) (protocol.LogCategoryPage, error) {
	return protocol.LogCategoryPage{}, s.record(ctx, "log categories")
}

func (s *fakeCatalog) LogOrders(ctx context.Context) (protocol.LogOrderPage, error) {
	return protocol.LogOrderPage{}, s.record(ctx, "log orders")
}

func (s *fakeCatalog) BoostServices(ctx context.Context) (protocol.BoostServicePage, error) {
	return protocol.BoostServicePage{}, s.record(ctx, "boost services")
}

func (s *fakeCatalog) BoostOrders(ctx context.Context) (protocol.BoostOrderPage, error) {
	return protocol.BoostOrderPage{}, s.record(ctx, "boost orders")
}

func (s *fakeCatalog) CheckBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	return protocol.BoostOrder{ID: id}, s.record(ctx, "boost check "+id)
}

func (s *fakeCatalog) CancelBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	return protocol.BoostOrder{ID: id}, s.record(ctx, "boost cancel "+id)
}
