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

// house is a bridge that listens, with everything behind it made of cardboard.
type house struct {
	*server.Server
	t       testing.TB
	ctx     context.Context
	port    int
	host    string
	book    *book
	shelf   *shelf
	records *records
	vault   *vault
	clock   *clock
	log     *lockedBuffer
	secrets []string // that no log may hold
	stop    func() error
}

// open makes a house; hurry may shorten how long its bridge waits.
func open(t testing.TB, hurry ...func(*server.Server)) *house {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	h := &house{
		t: t, port: l.Addr().(*net.TCPAddr).Port, host: l.Addr().String(),
		book: newBook(), shelf: &shelf{}, records: &records{}, vault: &vault{Store: secrets.Memory()}, clock: &clock{}, log: &lockedBuffer{},
	}
	h.clock.now.Store(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	h.Server = server.New(server.Options{
		Orders: h.book, Catalog: h.shelf, Secrets: h.vault, Browsers: h.records, Port: h.port, Version: "1.2.3", Now: h.clock.Now,
		AskKey: func(ctx context.Context) error { return h.book.note(ctx, "ask key") },
		Log:    slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, change := range hurry {
		change(h.Server)
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
		assert.Zero(t, h.book.subscribers(), "every subscription ends with its session")
		for _, secret := range h.secrets {
			assert.NotContains(t, h.log.String(), secret)
		}
	})
	return h
}

// code makes a pairing code.
func (h *house) code() string {
	code, _ := h.Pair()
	h.secrets = append(h.secrets, code)
	return code
}

// pair pairs a browser and opens its first session.
func (h *house) pair(origin string, hello protocol.Hello) (*wsclient.Client, protocol.Credentials) {
	c, creds, err := wsclient.Pair(h.t.Context(), h.code(), origin, hello)
	require.NoError(h.t, err)
	h.secrets = append(h.secrets, string(creds.Secret), base64.StdEncoding.EncodeToString(creds.Secret))
	h.t.Cleanup(func() { _ = c.Close() })
	return c, creds
}

func (h *house) connect(creds protocol.Credentials, origin string) (*wsclient.Client, error) {
	c, err := wsclient.Connect(h.t.Context(), h.port, creds, origin, hello)
	if err == nil {
		h.t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// socket opens a websocket and goes no further.
func (h *house) socket(header http.Header, subprotocols ...string) (*websocket.Conn, *http.Response, error) {
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

type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *clock) advance(d time.Duration) { c.now.Add(int64(d)) }

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

// records is a store of clients that can fail.
type records struct {
	mu      sync.Mutex
	rows    map[string]browser.Browser
	reading error
	writing error
}

func (r *records) List() ([]browser.Browser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.rows)), r.reading
}

func (r *records) Put(c browser.Browser) error {
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

func (r *records) Delete(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rows, id)
	return r.writing
}

func (r *records) fail(reading, writing error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading, r.writing = reading, writing
}

func (r *records) get(id string) browser.Browser {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows[id]
}

// vault is a keyring that can be locked.
type vault struct {
	secrets.Store
	locked atomic.Bool
	silent atomic.Bool
	// onDelete, if any, is called before a secret is deleted.
	onDelete func()
	held     atomic.Int32
	reads    atomic.Int32
}

func (v *vault) Get(ctx context.Context, name string) ([]byte, error) {
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

func (v *vault) Set(ctx context.Context, name string, value []byte) error {
	if v.locked.Load() {
		return secrets.ErrLocked
	}
	v.held.Add(1)
	return v.Store.Set(ctx, name, value)
}

func (v *vault) Delete(ctx context.Context, name string) error {
	if v.onDelete != nil {
		v.onDelete()
	}
	v.held.Add(-1)
	return v.Store.Delete(ctx, name)
}

// calls notes who was asked what, and lets a test step in.
type calls struct {
	mu    sync.Mutex
	asked []string
	hook  func(ctx context.Context, call string) error
}

func (c *calls) note(ctx context.Context, call string) error {
	c.mu.Lock()
	c.asked = append(c.asked, call)
	hook := c.hook
	c.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx, call)
}

func (c *calls) onCall(hook func(ctx context.Context, call string) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hook = hook
}

func (c *calls) times(call string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.asked {
		if a == call {
			n++
		}
	}
	return n
}

func (c *calls) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[len(c.asked)-1]
}

// book is an order book that does as the test says.
type book struct {
	calls
	state     sync.Mutex
	now       protocol.Snapshot
	listeners map[chan protocol.Change]struct{}
}

func newBook() *book {
	return &book{
		now:       protocol.Snapshot{Seq: 1, Host: "example.com", Journal: "j1", Orders: []protocol.Order{}, Intents: []protocol.Intent{}},
		listeners: map[chan protocol.Change]struct{}{},
	}
}

func (b *book) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	b.state.Lock()
	defer b.state.Unlock()
	c := make(chan protocol.Change, 64)
	b.listeners[c] = struct{}{}
	return b.now, c, func() {
		b.state.Lock()
		defer b.state.Unlock()
		b.drop(c)
	}
}

func (b *book) drop(c chan protocol.Change) {
	if _, there := b.listeners[c]; there {
		delete(b.listeners, c)
		close(c)
	}
}

func (b *book) subscribers() int {
	b.state.Lock()
	defer b.state.Unlock()
	return len(b.listeners)
}

// publish tells of a change; whoever lags is dropped.
func (b *book) publish(c protocol.Change) {
	b.state.Lock()
	defer b.state.Unlock()
	b.now.Seq++
	c.Seq = b.now.Seq
	if c.Order != nil {
		b.now.Orders = append([]protocol.Order{*c.Order}, b.now.Orders...)
	}
	for l := range b.listeners {
		select {
		case l <- c:
		default:
			b.drop(l)
		}
	}
}

// dropAll treats every subscriber as one that lags.
func (b *book) dropAll() {
	b.state.Lock()
	defer b.state.Unlock()
	for l := range b.listeners {
		b.drop(l)
	}
}

func (b *book) order(id string) protocol.Order {
	b.state.Lock()
	defer b.state.Unlock()
	i := slices.IndexFunc(b.now.Orders, func(o protocol.Order) bool { return o.ID == id })
	if i < 0 {
		return protocol.Order{ID: id}
	}
	return b.now.Orders[i]
}

func (b *book) RefreshWallet(ctx context.Context) (protocol.Wallet, error) {
	return protocol.Wallet{}, b.note(ctx, "wallet")
}

func (b *book) Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error) {
	return protocol.Quote{Intent: protocol.Intent{Client: client}}, b.note(ctx, "quote "+req.ServiceID)
}

func (b *book) Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error) {
	return protocol.Intent{ID: req.IntentID, Client: client}, b.note(ctx, "buy "+req.IntentID)
}

func (b *book) Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error) {
	return protocol.Intent{ID: req.IntentID, Client: client}, b.note(ctx, "decide "+req.IntentID)
}

func (b *book) Cancel(ctx context.Context, client, id string) (protocol.Order, error) {
	return b.order(id), b.note(ctx, "cancel "+id)
}

func (b *book) Code(ctx context.Context, client, id string) (protocol.ReceivedCode, error) {
	o := b.order(id)
	return protocol.ReceivedCode{OrderID: id, Code: o.Code, Message: o.Message}, b.note(ctx, "code "+id)
}

func (b *book) List(ctx context.Context) (protocol.OrderPage, error) {
	b.state.Lock()
	page := protocol.OrderPage{Orders: slices.Clone(b.now.Orders)}
	b.state.Unlock()
	return page, b.note(ctx, "list")
}

// shelf is a catalogue that does as the test says.
type shelf struct {
	calls
	offers protocol.Offers
}

func (s *shelf) Countries(ctx context.Context) (protocol.Countries, error) {
	return protocol.Countries{}, s.note(ctx, "countries")
}

func (s *shelf) Search(ctx context.Context, search protocol.Search) (protocol.Offers, error) {
	return s.offers, s.note(ctx, "search "+search.Query)
}

func (s *shelf) Areas(ctx context.Context, place protocol.Place) (protocol.Areas, error) {
	return protocol.Areas{}, s.note(ctx, "areas "+place.ServiceID)
}

func (s *shelf) LogCategories(ctx context.Context) (protocol.LogCategoryPage, error) {
	return protocol.LogCategoryPage{}, s.note(ctx, "log categories")
}

func (s *shelf) LogOrders(ctx context.Context) (protocol.LogOrderPage, error) {
	return protocol.LogOrderPage{}, s.note(ctx, "log orders")
}

func (s *shelf) BoostServices(ctx context.Context) (protocol.BoostServicePage, error) {
	return protocol.BoostServicePage{}, s.note(ctx, "boost services")
}

func (s *shelf) BoostOrders(ctx context.Context) (protocol.BoostOrderPage, error) {
	return protocol.BoostOrderPage{}, s.note(ctx, "boost orders")
}

func (s *shelf) CheckBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	return protocol.BoostOrder{ID: id}, s.note(ctx, "boost check "+id)
}

func (s *shelf) CancelBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	return protocol.BoostOrder{ID: id}, s.note(ctx, "boost cancel "+id)
}
