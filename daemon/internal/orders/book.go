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

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/shared/protocol"
)

// Options are what a Book is made of.
type Options struct {
	Provider  Provider
	Countries Countries
	Journal   *journal.Journal
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

// Book holds the orders and intents of one journal. It is safe for concurrent use;
// Run makes it work.
type Book struct {
	opts    Options
	wake    chan struct{} // the watcher looks at its plan again
	erase   chan struct{} // retain looks again for what is old
	cancels singleflight.Group
	sends   singleflight.Group
	opened  time.Time // by the process's own clock
	latest  time.Time // that the journal knew of then; the wall clock's where it was empty

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
	undone    map[string]*purchase      // those without an outcome, or dismissed
	reserved  map[string]struct{}       // ids of intents about to be sent, for which the limit keeps room
	ledger    Entry                     // the last
	moves     uint64                    // counts what moved the wallet
	elsewhere []outcome                 // of the account's orders, as last listed
	tallies   map[place]protocol.Record // nil: to be made anew
	pursuits  map[string]chan struct{}  // by intent: closed once there is an outcome or a doubt
	usable    chan struct{}             // closed while calls with the present key may succeed
	listeners map[chan protocol.Change]struct{}
	pursue    func(id string, again bool) // starts a pursuit; set while Run runs
}

// Open reads the journal's orders and intents.
func Open(opts Options) (*Book, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CheckEvery == 0 {
		opts.CheckEvery = checkEvery
	}
	b := &Book{
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
		opened:    time.Now(),
	}
	close(b.usable)
	b.state = protocol.Snapshot{
		Seq: 1, Host: opts.Host, Sandbox: opts.Sandbox, Journal: opts.Journal.ID(),
		Key:      protocol.Key{State: protocol.KeyUnchecked},
		Provider: protocol.Provider{Reachable: true, Since: b.now()},
	}
	if err := opts.Journal.View(b.load); err != nil {
		return nil, fmt.Errorf("read the orders: %w", err)
	}
	b.state.KeepLate = b.settings.KeepLate
	return b, nil
}

func (b *Book) load(tx *journal.Tx) (err error) {
	if b.recovery, _, err = recoveries.Get(tx, recoveryKey); err != nil {
		return err
	}
	b.state.Recovery = b.recovery.Recovery
	stored, err := rentals.All(tx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(stored, func(a, b rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
	for _, r := range stored {
		b.keep(&r)
	}
	if b.ledger, _, err = entries.Last(tx); err != nil {
		return err
	}
	bought, err := purchases.All(tx)
	for _, p := range bought {
		p.began, p.sent = time.Now(), time.Now()
		b.hold(&p)
		b.latest = later(b.latest, p.spentAt())
	}
	if n := len(b.charges); n > 0 {
		b.latest = later(b.latest, b.charges[n-1].at)
	}
	if b.latest.IsZero() {
		b.latest = b.now()
	}
	return err
}

// hold takes a purchase's new state into memory.
func (b *Book) hold(p *purchase) {
	b.purchases[p.Intent.ID] = p
	delete(b.undone, p.Intent.ID)
	if !p.Intent.Finished() || p.Dismissed {
		b.undone[p.Intent.ID] = p
	}
}

// keep takes an order's new state into memory.
func (b *Book) keep(r *rental) {
	id := r.Order.ID
	before, known := b.rentals[id]
	if !known {
		b.history = append(b.history, id)
	}
	if r.ours() && (!known || !before.ours()) {
		b.charge(charge{r.spentAt(), id})
	}
	b.rentals[id] = r
	if b.opts.Seen != nil {
		b.opts.Seen(r.Order)
	}
	delete(b.open, id)
	delete(b.pending, id)
	if r.Order.Open() {
		b.open[id] = struct{}{}
	} else {
		b.tallies = nil
	}
	if r.Order.Pending() {
		b.pending[id] = struct{}{}
	}
}

// now is the wall clock, which may jump and which runs on while the computer sleeps.
func (b *Book) now() time.Time { return b.opts.Now().UTC().Round(0) }

// Run takes up what the journal left unfinished and watches the open orders, until
// ctx ends and no call is under way.
func (b *Book) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	b.mu.Lock()
	b.pursue = func(id string, again bool) { calls.Go(func() { b.settle(ctx, id, again) }) }
	for id, p := range b.undone {
		if p.unresolved() {
			b.pursuits[id] = make(chan struct{})
			b.pursue(id, true)
		}
	}
	b.mu.Unlock()
	calls.Go(func() {
		b.refresh(ctx)
		b.recover(ctx)
		b.learn(ctx)
	})
	if b.opts.ProviderTime != nil {
		calls.Go(func() { b.retain(ctx) })
	}
	b.watch(ctx, &calls)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pursue = nil
	for id := range b.pursuits {
		b.release(id)
	}
}

// save writes an order, or a purchase, or both, and then tells of them. What can't
// be written is not told, and leaves the book as it was.
func (b *Book) save(r *rental, p *purchase) error {
	last := b.ledger
	err := b.opts.Journal.Update(func(tx *journal.Tx) error {
		var failed error
		if r != nil {
			for _, e := range b.book(r) {
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
		return b.unwritten(err)
	}
	if last.N != b.ledger.N {
		b.ledger = last
		b.moves++
	}
	change := protocol.Change{}
	if r != nil {
		b.keep(r)
		order := r.Order
		change.Order = &order
	}
	if p != nil {
		b.hold(p)
		intent := p.Intent
		change.Intent = &intent
	}
	limits := b.limits(b.currency())
	change.Limits = &limits
	b.publish(change)
	return nil
}

func (b *Book) unwritten(cause error) error {
	b.opts.Log.Error("the journal can't be written", "cause", cause)
	said := &protocol.Error{
		Code: protocol.CodeJournal, Message: "the companion can't write its journal", Next: "check that the disk has space, then try again",
	}
	if errors.Is(cause, journal.ErrDamaged) {
		said.Next = "stop the companion and start it again: it then sets the damaged journal aside and reads the orders anew"
	}
	return said.Because(cause)
}
