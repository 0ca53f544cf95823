package orders

import (
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// state holds the journal in memory, and derives limits, ledger and snapshot from it. It
// never calls the provider and has no lock; Service holds its own around every call. A
// change is written to the journal first, then applied here, then published.
type state struct {
	journal     *store.Store
	log         *slog.Logger
	redactOrder func(protocol.Order) // may be nil
	checkEvery  time.Duration
	clock       *clock

	base       protocol.Snapshot // the part of a snapshot besides orders, intents, limits, key and provider
	feed       feed
	health     health
	settings   settings
	recovery   recovery
	rentals    map[string]*rental
	history    []string            // ids of rentals, oldest first
	openOrders map[string]struct{} // ids of the rentals that the watcher checks
	unsettled  map[string]struct{} // ids of the open orders and of those whose refund is due; every snapshot has them
	charges    []charge            // of all numbers bought here, oldest first
	purchases  map[string]*purchase
	unfinished map[string]*purchase     // purchases without an outcome, and those that a browser dismissed
	reserved   map[string]struct{}      // ids of purchases about to be sent; the limits already count them
	waiters    map[string]chan struct{} // by intent id; closed once the outcome is known or the purchase is in doubt

	ledger         Entry  // the last entry
	walletRevision uint64 // grows with every movement of the wallet

	listedOrders []pastOrder                         // the account's orders as the provider last listed them
	deliveries   map[offerKey]protocol.DeliveryStats // nil: not counted yet
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
		s.clock.journalTime = laterOf(s.clock.journalTime, p.chargedAt())
	}
	if n := len(s.charges); n > 0 {
		s.clock.journalTime = laterOf(s.clock.journalTime, s.charges[n-1].at)
	}
	if s.clock.journalTime.IsZero() {
		s.clock.journalTime = s.clock.now()
	}
	return err
}

// putPurchase stores a purchase's new state in memory.
func (s *state) putPurchase(p *purchase) {
	s.purchases[p.Intent.ID] = p
	delete(s.unfinished, p.Intent.ID)
	if !p.Intent.Finished() || p.Dismissed {
		s.unfinished[p.Intent.ID] = p
	}
}

// putRental stores an order's new state in memory.
func (s *state) putRental(r *rental) {
	id := r.Order.ID
	before, known := s.rentals[id]
	if !known {
		s.history = append(s.history, id)
	}
	if r.boughtHere() && (!known || !before.boughtHere()) {
		s.addCharge(charge{r.chargedAt(), id})
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

// save writes an order, a purchase or both to the journal, and then publishes them. If the
// write fails, nothing is published and the state stays as it was. Either may be nil.
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
		order := r.shown()
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
	s.log.Error("writing the journal failed", "cause", cause)
	problem := &protocol.Error{
		Code: protocol.CodeJournal, Message: "the companion can't write its journal", Next: "free up disk space and try again",
	}
	if errors.Is(cause, store.ErrDamaged) {
		problem.Next = "restart the companion: it sets the damaged journal aside and reads the orders from the provider again"
	}
	return problem.WithCause(cause)
}
