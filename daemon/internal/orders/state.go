package orders

import (
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// state is the journal in memory, with what follows from it: limits, ledger, snapshot. It
// asks the provider nothing and knows no lock; Service holds its own around every call.
// A change is written to the journal first, then kept here, then published.
type state struct {
	journal     *store.Store
	log         *slog.Logger
	redactOrder func(protocol.Order) // may be nil
	checkEvery  time.Duration
	clock       *clock

	base       protocol.Snapshot // what a snapshot has beside orders, intents, limits, key and provider
	feed       feed
	health     health
	settings   settings
	recovery   recovery
	rentals    map[string]*rental
	history    []string            // ids of rentals, oldest first
	openOrders map[string]struct{} // ids of the rentals that are watched
	unsettled  map[string]struct{} // ids of those, and of the ones whose refund is due: in every snapshot
	charges    []charge            // of all numbers that were bought here, oldest first
	purchases  map[string]*purchase
	unfinished map[string]*purchase     // those without an outcome, and those that a browser dismissed
	reserved   map[string]struct{}      // ids of purchases about to be sent: the limits count them already
	waiters    map[string]chan struct{} // by intent: closed once the purchase has an outcome or is in doubt

	ledger         Entry  // the last one
	walletRevision uint64 // changes with every movement of the wallet

	listedOrders []pastOrder                         // the account's, as last listed by the provider
	deliveries   map[offerKey]protocol.DeliveryStats // nil: to be counted
}

func newState(opts Options, clock *clock) *state {
	return &state{
		journal: opts.Journal, log: opts.Log, redactOrder: opts.RedactOrder, checkEvery: opts.CheckEvery, clock: clock,
		base: protocol.Snapshot{
			Host: opts.Host, Sandbox: opts.Sandbox, Journal: opts.Journal.ID(), KeepExpired: opts.Settings.now.KeepExpired,
		},
		feed:       newFeed(),
		health:     newHealth(clock.now()),
		settings:   opts.Settings.now,
		rentals:    map[string]*rental{},
		openOrders: map[string]struct{}{},
		unsettled:  map[string]struct{}{},
		purchases:  map[string]*purchase{},
		unfinished: map[string]*purchase{},
		reserved:   map[string]struct{}{},
		waiters:    map[string]chan struct{}{},
	}
}

func (s *state) load(tx *store.Tx) (err error) {
	if s.recovery, _, err = recoveries.Get(tx, recoveryKey); err != nil {
		return err
	}
	s.base.Recovery = s.recovery.Recovery
	stored, err := rentals.All(tx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(stored, func(a, b rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
	for _, r := range stored {
		s.putRental(&r)
	}
	if s.ledger, _, err = entries.Last(tx); err != nil {
		return err
	}
	bought, err := purchases.All(tx)
	for _, p := range bought {
		p.began, p.sent = time.Now(), time.Now()
		s.putPurchase(&p)
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

// putPurchase takes a purchase's new state into memory.
func (s *state) putPurchase(p *purchase) {
	s.purchases[p.Intent.ID] = p
	delete(s.unfinished, p.Intent.ID)
	if !p.Intent.Finished() || p.Dismissed {
		s.unfinished[p.Intent.ID] = p
	}
}

// putRental takes an order's new state into memory.
func (s *state) putRental(r *rental) {
	id := r.Order.ID
	before, known := s.rentals[id]
	if !known {
		s.history = append(s.history, id)
	}
	if r.ours() && (!known || !before.ours()) {
		s.addCharge(charge{r.spentAt(), id})
	}
	s.rentals[id] = r
	if s.redactOrder != nil {
		s.redactOrder(r.Order)
	}
	delete(s.openOrders, id)
	delete(s.unsettled, id)
	if r.Order.Open() {
		s.openOrders[id] = struct{}{}
	} else {
		s.deliveries = nil
	}
	if r.Order.Unsettled() {
		s.unsettled[id] = struct{}{}
	}
}

// save writes an order, or a purchase, or both, and then tells of them. What can't
// be written is not told, and leaves the book as it was.
func (s *state) save(r *rental, p *purchase) error {
	last := s.ledger
	err := s.journal.Update(func(tx *store.Tx) error {
		var failed error
		if r != nil {
			for _, e := range s.newEntries(r) {
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
		return s.writeFailed(err)
	}
	if last.N != s.ledger.N {
		s.ledger = last
		s.walletRevision++
	}
	change := protocol.Change{}
	if r != nil {
		s.putRental(r)
		order := r.Order
		change.Order = &order
	}
	if p != nil {
		s.putPurchase(p)
		intent := p.Intent
		change.Intent = &intent
	}
	limits := s.limits(s.currency())
	change.Limits = &limits
	s.feed.publish(change)
	return nil
}

func (s *state) writeFailed(cause error) error {
	s.log.Error("the journal can't be written", "cause", cause)
	said := &protocol.Error{
		Code: protocol.CodeJournal, Message: "the companion can't write its journal", Next: "free up disk space and try again",
	}
	if errors.Is(cause, store.ErrDamaged) {
		said.Next = "restart the companion: it sets the damaged journal aside and reads the orders from the provider again"
	}
	return said.WithCause(cause)
}
