// Package server is where browsers reach the daemon: a websocket on 127.0.0.1. It
// decides who may come in (listener.go, admission.go, pending.go), pairs browsers
// (pairing.go, clients.go), proves who they are (handshake.go), and carries their
// requests and the changes they are told of (line.go, session.go, requests.go,
// dispatch.go, reads.go, withhold.go).
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/shared/protocol"
)

// Orders is what the bridge needs of the order book.
type Orders interface {
	// Subscribe gives the state now and every change from there on. The channel is
	// closed by stop, and when the subscriber lags.
	Subscribe() (now protocol.Snapshot, changes <-chan protocol.Change, stop func())
	RefreshWallet(ctx context.Context) (protocol.Wallet, error)
	Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error)
	Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error)
	Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error)
	Cancel(ctx context.Context, client, orderID string) (protocol.Order, error)
	Code(ctx context.Context, client, orderID string) (protocol.ReceivedCode, error)
	List(ctx context.Context) (protocol.OrderPage, error)
}

// Catalog is what the bridge needs of the catalogue.
type Catalog interface {
	Countries(ctx context.Context) (protocol.Countries, error)
	Search(ctx context.Context, search protocol.Search) (protocol.Offers, error)
	Areas(ctx context.Context, place protocol.Place) (protocol.Areas, error)
	LogCategories(ctx context.Context) (protocol.LogCategoryPage, error)
	LogOrders(ctx context.Context) (protocol.LogOrderPage, error)
	BoostServices(ctx context.Context) (protocol.BoostServicePage, error)
	BoostOrders(ctx context.Context) (protocol.BoostOrderPage, error)
	CheckBoost(ctx context.Context, id string) (protocol.BoostOrder, error)
	CancelBoost(ctx context.Context, id string) (protocol.BoostOrder, error)
}

// Options are what a Bridge is made of. Changed, Log and Now may be absent.
type Options struct {
	Orders   Orders
	Catalog  Catalog
	Secrets  secrets.Store
	Browsers BrowserStore
	Port     int // of the listener that Serve gets
	Version  string
	Changed  func()                      // called when Browsers gives another list
	AskKey   func(context.Context) error // opens a window that asks for the API key
	Log      *slog.Logger
	Now      func() time.Time
}

// How long the bridge waits.
const (
	patience   = 5 * time.Second  // for each step before a client has proved itself
	idle       = 90 * time.Second // between two messages of a client
	writeWait  = 10 * time.Second // for a client to take a message
	farewell   = time.Second      // for a client to answer a close
	maxRequest = 16 << 10         // bytes of a request's header
)

// Server serves browsers. It is safe for concurrent use.
type Server struct {
	opts     Options
	host     string
	methods  map[string]method
	reads    reads
	pairing  pairing
	pending  pending
	buffers  sync.Pool // for writing
	uid      int       // whose programs may connect
	visits   sync.WaitGroup
	patience time.Duration
	idle     time.Duration
	wait     time.Duration

	// What strangers do is logged sometimes: they could fill a disk.
	strangers    rate.Sometimes
	unidentified sync.Once

	mu       sync.Mutex // also held while a client's record is read and written back
	sessions map[*session]struct{}
	held     map[string][]byte // secrets of clients, once read: strangers who name one can't keep the keyring busy
}

// New makes a bridge for the listener at 127.0.0.1:opts.Port.
func New(opts Options) *Server {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Changed == nil {
		opts.Changed = func() {}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{
		opts:     opts,
		host:     fmt.Sprintf("127.0.0.1:%d", opts.Port),
		methods:  methods(opts.Orders, opts.Catalog, opts.AskKey),
		pairing:  pairing{attempts: newAttempts()},
		pending:  pending{limit: placesFor(openFiles())},
		uid:      os.Getuid(),
		patience: patience, idle: idle, wait: writeWait,
		strangers: rate.Sometimes{First: 10, Interval: 10 * time.Second},
		sessions:  map[*session]struct{}{}, held: map[string][]byte{},
	}
}

// Serve lets browsers in through l, once in a Bridge's life, until ctx ends and every
// session has ended.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	server := &http.Server{
		Handler:        http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.admit(ctx, w, r) }),
		ReadTimeout:    s.patience,
		MaxHeaderBytes: maxRequest,
		ErrorLog:       slog.NewLogLogger(s.opts.Log.Handler(), slog.LevelDebug),

		DisableGeneralOptionsHandler: true, // it would answer before the guard
	}
	server.SetKeepAlivesEnabled(false)
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(closed)
		s.pending.shut()
		_ = server.Shutdown(context.Background()) // quick: nothing is pending any more
	})
	err := server.Serve(listener{l, s})
	stop()
	<-closed
	s.visits.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("browsers can no longer connect: %w", err)
}
