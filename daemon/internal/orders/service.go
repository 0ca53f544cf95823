// Package orders buys numbers, watches for their codes, gets refunds, and keeps account of
// the money. It owns the journal of purchases and orders; nobody else writes to it.
//
// Service is the whole of it. It talks to the Provider and runs in the background
// (inflight.go sends purchases, watch.go checks orders). state is what its lock guards: the
// journal in memory, spending limits and ledger. A purchase is an intent on its way to
// one order; a rental is an order with what the watcher remembers of it. In transition.go
// a rental decides by itself what an answer of the provider changes.
//
// Nothing is published before it is in the journal, and a purchase is in the journal before
// it is sent. One that is sent without an answer is unresolved: it is sent again under the
// same idempotency key, then looked up in the provider's order list, and only in the end put
// to the person. It is never bought twice.
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
	Settings  *Settings
	Host      string // of the provider's API
	Sandbox   bool
	Log       *slog.Logger
	Now       func() time.Time // the wall clock; nil: time.Now
	// ProviderTime is the provider's time by its last answer, run on by this process's own
	// clock; false: none has named one. Where it is nil, nothing is ever erased.
	ProviderTime func() (now time.Time, answered bool)
	CheckEvery   time.Duration        // from one check of an order to the next, at least, and at most twice that; 0: 5 s
	RedactOrder  func(protocol.Order) // gets each order before it is published, so that the log can leave out its number and code; may be nil
}

// Service is the purchases, orders and money of one journal. It is safe for concurrent use.
// Nothing is sent or watched before Run.
type Service struct {
	opts    Options
	offers  offers
	clock   *clock
	replan  signal // to the watcher: look again which order is due
	erase   signal // to the eraser: look again for texts that are too old
	cancels singleflight.Group
	sends   singleflight.Group

	// mu guards the fields below. Methods ending in Locked require it, as do all of state.
	mu    sync.Mutex
	state *state
	start func(*inFlight) // sends a purchase in the background; nil unless Run runs
}

// signal wakes a loop. Raised before the loop waits, or several times, it wakes it once.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) raise() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// jitter is a duration from d to twice that.
func jitter(d time.Duration) time.Duration { return d + rand.N(d) }

// Open reads the journal.
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

// Run takes up what the journal left unfinished and watches the open orders, until
// ctx ends and no call is under way.
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
		s.recover(ctx)
		s.learn(ctx)
	})
	if s.opts.ProviderTime != nil {
		calls.Go(func() { s.retain(ctx) })
	}
	s.watch(ctx, &calls)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = nil
	for id := range s.state.waiters {
		s.state.releaseWaiters(id)
	}
}
