// Package orders is the truth about numbers bought and money spent: purchases as a
// journaled state machine (quote.go, buy.go, settle.go; lookup.go and decide.go where
// there was no answer), the watch for codes (watch.go), cancelling and refunds
// (cancel.go), the spending limits (limit.go), the account of every charge and refund
// (ledger.go), and what became of earlier orders (tally.go).
//
// All of it is one Book (book.go), which tells of its changes (tell.go).
// Nothing is told to anyone before it is in the journal.
package orders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// Options are what a Book is made of.
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
	Seen         func(protocol.Order) // is told each order before anybody else is, so that no log has its number or code; it may be nil
}

// Service holds the orders and intents of one journal. It is safe for concurrent use;
// Run makes it work.
type Service struct {
	opts    Options
	wake    chan struct{} // the watcher looks at its plan again
	erase   chan struct{} // retain looks again for what is old
	cancels singleflight.Group
	sends   singleflight.Group
	clock   *clock

	// mu is of all that follows. A method that touches that takes mu itself, or, where it
	// has no context, is called under it.
	mu        sync.Mutex
	state     protocol.Snapshot // all but Orders, Intents and Limits
	settings  settings
	recovery  recovery
	rentals   map[string]*rental
	history   []string            // ids of rentals, oldest first
	open      map[string]struct{} // ids of the open ones
	pending   map[string]struct{} // ids of those, and of the ones whose money is not back: what everybody is told of
	charges   []charge            // of all that were bought here, oldest first
	purchases map[string]*purchase
	undone    map[string]*purchase             // those without an outcome, or dismissed
	reserved  map[string]struct{}              // ids of intents about to be sent, for which the limit keeps room
	ledger    Entry                            // the last
	moves     uint64                           // counts what moved the wallet
	elsewhere []outcome                        // of the account's orders, as last listed
	tallies   map[place]protocol.DeliveryStats // nil: to be made anew
	pursuits  map[string]chan struct{}         // by intent: closed once there is an outcome or a doubt
	usable    chan struct{}                    // closed while calls with the present key may succeed
	listeners map[chan protocol.Change]struct{}
	pursue    func(id string, again bool) // starts a pursuit; set while Run runs
}

// Open reads the journal's orders and intents.
func Open(opts Options) (*Service, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CheckEvery == 0 {
		opts.CheckEvery = checkEvery
	}
	b := &Service{
		opts:      opts,
		settings:  opts.Settings.now,
		wake:      make(chan struct{}, 1),
		erase:     make(chan struct{}, 1),
		rentals:   map[string]*rental{},
		open:      map[string]struct{}{},
		pending:   map[string]struct{}{},
		purchases: map[string]*purchase{},
		undone:    map[string]*purchase{},
		reserved:  map[string]struct{}{},
		pursuits:  map[string]chan struct{}{},
		usable:    make(chan struct{}),
		listeners: map[chan protocol.Change]struct{}{},
		clock:     &clock{wallTime: opts.Now, providerTime: opts.ProviderTime, opened: time.Now()},
	}
	close(b.usable)
	b.state = protocol.Snapshot{
		Seq: 1, Host: opts.Host, Sandbox: opts.Sandbox, Journal: opts.Journal.ID(),
		Key:      protocol.Key{State: protocol.KeyUnchecked},
		Provider: protocol.Provider{Reachable: true, Since: b.clock.now()},
	}
	if err := opts.Journal.View(b.load); err != nil {
		return nil, fmt.Errorf("read the orders: %w", err)
	}
	b.state.KeepExpired = b.settings.KeepExpired
	return b, nil
}

func (s *Service) load(tx *store.Tx) (err error) {
	if s.recovery, _, err = recoveries.Get(tx, recoveryKey); err != nil {
		return err
	}
	s.state.Recovery = s.recovery.Recovery
	stored, err := rentals.All(tx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(stored, func(a, b rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
	for _, r := range stored {
		s.keep(&r)
	}
	if s.ledger, _, err = entries.Last(tx); err != nil {
		return err
	}
	bought, err := purchases.All(tx)
	for _, p := range bought {
		p.began, p.sent = time.Now(), time.Now()
		s.hold(&p)
		s.clock.journalTime = laterOf(s.clock.journalTime, p.spentAt())
	}
	if n := len(s.charges); n > 0 {
		s.clock.journalTime = laterOf(s.clock.journalTime, s.charges[n-1].at)
	}
	if s.clock.journalTime.IsZero() {
		s.clock.journalTime = s.clock.now()
	}
	return err
}

// hold takes a purchase's new state into memory.
func (s *Service) hold(p *purchase) {
	s.purchases[p.Intent.ID] = p
	delete(s.undone, p.Intent.ID)
	if !p.Intent.Finished() || p.Dismissed {
		s.undone[p.Intent.ID] = p
	}
}

// keep takes an order's new state into memory.
func (s *Service) keep(r *rental) {
	id := r.Order.ID
	before, known := s.rentals[id]
	if !known {
		s.history = append(s.history, id)
	}
	if r.ours() && (!known || !before.ours()) {
		s.charge(charge{r.spentAt(), id})
	}
	s.rentals[id] = r
	if s.opts.Seen != nil {
		s.opts.Seen(r.Order)
	}
	delete(s.open, id)
	delete(s.pending, id)
	if r.Order.Open() {
		s.open[id] = struct{}{}
	} else {
		s.tallies = nil
	}
	if r.Order.Unsettled() {
		s.pending[id] = struct{}{}
	}
}

// Run takes up what the journal left unfinished and watches the open orders, until
// ctx ends and no call is under way.
func (s *Service) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	s.mu.Lock()
	s.pursue = func(id string, again bool) { calls.Go(func() { s.settle(ctx, id, again) }) }
	for id, p := range s.undone {
		if p.unresolved() {
			s.pursuits[id] = make(chan struct{})
			s.pursue(id, true)
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
	s.pursue = nil
	for id := range s.pursuits {
		s.release(id)
	}
}

// save writes an order, or a purchase, or both, and then tells of them. What can't
// be written is not told, and leaves the book as it was.
func (s *Service) save(r *rental, p *purchase) error {
	last := s.ledger
	err := s.opts.Journal.Update(func(tx *store.Tx) error {
		var failed error
		if r != nil {
			for _, e := range s.book(r) {
				last = follow(last, e)
				failed = errors.Join(failed, entries.Put(tx, last.key(), last))
			}
			failed = errors.Join(failed, rentals.Put(tx, r.Order.ID, *r))
		}
		if p != nil {
			failed = errors.Join(failed, purchases.Put(tx, p.Intent.ID, *p))
		}
		return failed
	})
	if err != nil {
		return s.unwritten(err)
	}
	if last.N != s.ledger.N {
		s.ledger = last
		s.moves++
	}
	change := protocol.Change{}
	if r != nil {
		s.keep(r)
		order := r.Order
		change.Order = &order
	}
	if p != nil {
		s.hold(p)
		intent := p.Intent
		change.Intent = &intent
	}
	limits := s.limits(s.currency())
	change.Limits = &limits
	s.publish(change)
	return nil
}

func (s *Service) unwritten(cause error) error {
	s.opts.Log.Error("the journal can't be written", "cause", cause)
	said := &protocol.Error{
		Code: protocol.CodeJournal, Message: "the companion can't write its journal", Next: "free up disk space and try again",
	}
	if errors.Is(cause, store.ErrDamaged) {
		said.Next = "restart the companion: it sets the damaged journal aside and reads the orders from the provider again"
	}
	return said.WithCause(cause)
}
