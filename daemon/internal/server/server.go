// Package server is the websocket server that browser extensions connect to, on
// 127.0.0.1. It owns admission, pairing, authentication, sessions and the dispatch of
// requests. It never decides what a request does: Orders and Catalog answer it, and both
// are interfaces that package app fills.
//
// A connection passes these steps, in the order of the files:
//
//  1. listener.go accepts it, unless a program of another user opened it (peer_linux.go).
//     Until its client is authenticated it is pending (pending.go): pending connections
//     are limited in number, and the oldest of a full stage is dropped.
//  2. admission.go checks Host and Origin and upgrades to a websocket. Only extensions get
//     this far, never web pages. There is no other HTTP route.
//  3. handshake.go runs the encrypted handshake of shared/channel. The client names itself
//     and proves that it knows its secret or, to pair, the pairing code (pairing.go).
//     browsers.go stores the paired browsers; their secrets are in the keyring.
//  4. session.go sends the state, then its changes, and reads requests until either side
//     ends. message_conn.go turns messages into encrypted frames.
//  5. request_queue.go limits how many requests of a session are in flight. dispatch.go
//     passes them to Orders and Catalog; shared_reads.go lets equal reads share one call,
//     pages.go splits long lists, and redact.go removes what this client may not read.
//
// Terms: a peer is the program at the other end, whoever it is. A client is a paired
// browser as the wire names it, by its client ID. A session is an authenticated
// connection; a client may have several.
//
// A request that spends or returns money runs to its end even if its session closes. All
// other requests are cancelled with their session.
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

// Orders is what the server needs of package orders. Client is always the ID of the
// client that asks.
type Orders interface {
	// Subscribe returns the current state and every change after it. The channel is
	// closed by stop, and also if the subscriber falls behind.
	Subscribe() (now protocol.Snapshot, changes <-chan protocol.Change, stop func())
	RefreshWallet(ctx context.Context) (protocol.Wallet, error)
	Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error)
	Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error)
	Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error)
	Cancel(ctx context.Context, client, orderID string) (protocol.Order, error)
	Code(ctx context.Context, client, orderID string) (protocol.ReceivedCode, error)
	List(ctx context.Context) (protocol.OrderPage, error)
}

// Catalog is what the server needs of package catalog.
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

// Options configure a Server. BrowsersChanged, Log and Now may be nil.
type Options struct {
	Orders          Orders
	Catalog         Catalog
	Secrets         secrets.Store
	Browsers        BrowserStore
	Port            int // of the listener given to Serve
	Version         string
	BrowsersChanged func()                      // called when Browsers would return another list
	AskKey          func(context.Context) error // opens a window in which the person enters the API key
	Log             *slog.Logger
	Now             func() time.Time
}

const (
	handshakeTimeout = 5 * time.Second  // for each step until the client is authenticated
	idleTimeout      = 90 * time.Second // between two messages from a client
	writeTimeout     = 10 * time.Second // for a client to receive a frame
	closeTimeout     = time.Second      // for a client to answer our close frame
	maxHeaderBytes   = 16 << 10         // of an HTTP request
)

// Server serves browsers. It is safe for concurrent use.
type Server struct {
	opts             Options
	host             string // that requests must name: "127.0.0.1:port"
	methods          map[string]method
	reads            sharedReads
	pairing          pairing
	pending          pendingConns
	writeBuffers     sync.Pool
	uid              int // only this user's programs may connect
	handlers         sync.WaitGroup
	handshakeTimeout time.Duration
	idleTimeout      time.Duration
	writeTimeout     time.Duration

	// Any program can cause these log lines, so they are limited: they could fill a disk.
	refusals   rate.Sometimes
	unknownUID sync.Once

	mu       sync.Mutex // guards the maps, and each read-change-write of BrowserStore
	sessions map[*session]struct{}
	// secrets caches the clients' secrets. Without it, a program that only names a client
	// could keep the keyring busy.
	secrets map[string][]byte
}

// New returns a server for the listener at 127.0.0.1:opts.Port.
func New(opts Options) *Server {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.BrowsersChanged == nil {
		opts.BrowsersChanged = func() {}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{
		opts:             opts,
		host:             fmt.Sprintf("127.0.0.1:%d", opts.Port),
		methods:          methods(opts.Orders, opts.Catalog, opts.AskKey),
		pairing:          pairing{attempts: newAttemptLimiter()},
		pending:          pendingConns{limit: pendingLimit(maxOpenFiles())},
		uid:              os.Getuid(),
		handshakeTimeout: handshakeTimeout,
		idleTimeout:      idleTimeout,
		writeTimeout:     writeTimeout,
		refusals:         rate.Sometimes{First: 10, Interval: 10 * time.Second},
		sessions:         map[*session]struct{}{},
		secrets:          map[string][]byte{},
	}
}

// Serve accepts browsers on l. It blocks until ctx ends and every session has ended, and
// returns nil then. It can be called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	httpServer := &http.Server{
		Handler:        http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.admit(ctx, w, r) }),
		ReadTimeout:    s.handshakeTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(s.opts.Log.Handler(), slog.LevelDebug),

		DisableGeneralOptionsHandler: true, // it would answer before Host and Origin are checked
	}
	httpServer.SetKeepAlivesEnabled(false)
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(closed)
		s.pending.closeAll()
		_ = httpServer.Shutdown(context.Background()) // quick: nothing is pending any more
	})
	err := httpServer.Serve(listener{l, s})
	stop()
	<-closed
	s.handlers.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("browsers can no longer connect: %w", err)
}
