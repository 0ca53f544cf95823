// Package orders buys numbers, watches for their codes, requests refunds and accounts for
// the money. It owns the journal of purchases and orders; no other package writes to it.
//
// Service is the entry point. It calls the Provider and runs in the background: inflight.go
// sends purchases, watch.go checks orders. Its lock guards state, which holds the journal in
// memory, the spending limits and the ledger. A purchase is an intent to buy one number; it
// leads to one order at most. A rental is an order together with what the watcher remembers
// about it. transition.go holds the state changes of a rental.
//
// A change is written to the journal before it is published, and a purchase before it is
// sent. A purchase that was sent and not answered is unresolved. The service sends it again
// under the same idempotency key, then looks for it in the provider's order list, and asks
// the person only if both fail. It never buys twice.
package orders

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// Options configure a Service.
type Options struct {
	Provider  Provider
	Countries Countries
	Journal   *store.Store
	Settings  *SettingsFile
	Host      string // the host of the provider's API
	Sandbox   bool
	Log       *slog.Logger
	Now       func() time.Time // the wall clock; nil: time.Now
	// ProviderTime returns the provider's time: the one in its last answer, advanced by this
	// process's monotonic clock. answered is false while no answer has carried a time. If
	// ProviderTime is nil, nothing is ever erased.
	ProviderTime func() (now time.Time, answered bool)
	CheckEvery   time.Duration        // the shortest interval between checks of an order, the longest is twice that; 0: 5 s
	RedactOrder  func(protocol.Order) // receives each order before it is published, so that the log can omit its number and code; may be nil
}

// Service manages the purchases, orders and money of one journal. It is safe for concurrent
// use. It sends and watches nothing before Run.
type Service struct {
	opts    Options
	offers  offers
	clock   *clock
	replan  signal // tells the watcher to look again which order is due
	erase   signal // tells the eraser to look again for texts that are too old
	cancels singleflight.Group
	sends   singleflight.Group

	// mu guards the fields below. Methods ending in Locked require it, as do all of state.
	mu    sync.Mutex
	state *state
	start func(*inFlight) // sends a purchase in the background; nil while Run is not running
}

// signal wakes a loop. Several raises, or one before the loop waits, wake it once.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) raise() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// jitter returns a random duration between d and twice d.
func jitter(d time.Duration) time.Duration { return d + rand.N(d) }

// Open reads the journal and returns its Service. It calls no provider.
func Open(opts Options) (*Service, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CheckEvery == 0 {
		opts.CheckEvery = checkEvery
	}
	clock := &clock{wallTime: opts.Now, providerTime: opts.ProviderTime, opened: time.Now()}
	s := &Service{opts: opts, clock: clock, replan: newSignal(), erase: newSignal(), state: newState(opts, clock)}
	s.offers = offers{provider: opts.Provider, countries: opts.Countries, observe: s.observe}
	if err := opts.Journal.View(s.state.load); err != nil {
		return nil, fmt.Errorf("read the orders: %w", err)
	}
	return s, nil
}

// Run resumes the unfinished purchases of the journal and watches the open orders. It
// returns when ctx ends and no call is in progress.
func (s *Service) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	s.mu.Lock()
	s.start = func(f *inFlight) { calls.Go(func() { f.run(ctx) }) }
	for id, p := range s.state.unfinished {
		if p.unresolved() {
			s.state.waiters[id] = make(chan struct{})
			s.start(&inFlight{service: s, id: id, replay: true})
		}
	}
	s.mu.Unlock()
	calls.Go(func() {
		s.refresh(ctx)
		s.runRecovery(ctx)
		s.loadPastOrders(ctx)
	})
	if s.opts.ProviderTime != nil {
		calls.Go(func() { s.runEraser(ctx) })
	}
	s.watch(ctx, &calls)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = nil
	for id := range s.state.waiters {
		s.state.releaseWaiters(id)
	}
}
