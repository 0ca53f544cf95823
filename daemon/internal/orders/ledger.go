package orders

import (
	"fmt"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// EntryKind says what changed the balance.
type EntryKind string

// The kinds of entries.
const (
	EntryOpening EntryKind = "opening" // the balance at the start of the ledger, or after a change of the API key
	EntryCharge  EntryKind = "charge"
	EntryRefund  EntryKind = "refund"
	EntryOther   EntryKind = "other" // anything else, such as a top-up
)

// Entry is one movement of the wallet. Its After is the Before of the next one.
type Entry struct {
	N          uint64      `json:"n"` // counts from 1
	At         time.Time   `json:"at"`
	Kind       EntryKind   `json:"kind"`
	OrderID    string      `json:"order_id,omitempty"`
	IntentID   string      `json:"intent_id,omitempty"`
	Amount     money.Money `json:"amount"` // negative for a charge
	Before     money.Money `json:"before"`
	After      money.Money `json:"after"`
	Generation string      `json:"generation"` // of the API key
}

var entries = store.Table[Entry]{Name: "ledger"}

func (e Entry) key() string { return fmt.Sprintf("%020d", e.N) }

// Ledger returns every movement of the wallet, oldest first: charges, refunds and others.
// It reads the journal's file.
func (s *Service) Ledger() (list []Entry, err error) {
	err = s.opts.Journal.View(func(tx *store.Tx) (err error) {
		list, err = entries.All(tx)
		return err
	})
	return list, err
}

// follow returns e with number, balances and generation that continue from last.
func follow(last, e Entry) Entry {
	e.N, e.Before = last.N+1, last.After
	if e.Generation == "" {
		e.Generation = last.Generation
	}
	after, err := e.Before.Add(e.Amount)
	if err != nil { // another currency, or the first entry: reading the wallet corrects it
		e.Before = money.Money{Currency: e.Amount.Currency}
		after = e.Amount
	}
	e.After = after
	return e
}

// newEntries returns the entries for an order's new state, and marks r accordingly: a charge
// once the order is known to be bought here, a refund when it is first seen.
func (s *state) newEntries(r *rental) []Entry {
	var moved []Entry
	about := Entry{At: s.clock.now(), OrderID: r.Order.ID, IntentID: r.Order.IntentID, Generation: r.Generation}
	if r.Order.IntentID != "" && !r.Charged {
		r.Charged = true
		charge := about
		charge.Kind, charge.Amount = EntryCharge, r.Order.Price.Neg()
		moved = append(moved, charge)
	}
	before := s.rentals[r.Order.ID]
	seen := r.Charged || before != nil && before.Order.State != protocol.OrderRefunded
	if r.Order.State == protocol.OrderRefunded && !r.Repaid && seen {
		r.Repaid = true
		refund := about
		refund.Kind, refund.Amount = EntryRefund, r.Order.Price
		moved = append(moved, refund)
	}
	return moved
}

// reading is a balance that the provider reported, and the state when it was asked.
type reading struct {
	balance    money.Money
	generation string
	revision   uint64 // the value of state.walletRevision before the request
	intent     string // the purchase whose answer had the balance; empty: the wallet was read
}

// reconcile compares a reading with the ledger, and adds an entry for the difference. It
// ignores a reading that was taken while money was moving.
func (s *state) reconcile(r reading) {
	last := s.ledger
	if r.revision != s.walletRevision || s.moneyInFlight(r.intent) || last.N > 0 && last.After == r.balance && last.Generation == r.generation {
		return
	}
	e := Entry{N: last.N + 1, At: s.clock.now(), Kind: EntryOther, Before: last.After, After: r.balance, Generation: r.generation}
	var err error
	if e.Amount, err = r.balance.Sub(last.After); err != nil || last.N == 0 { // or another currency
		e.Before, e.Amount = money.Money{Currency: r.balance.Currency}, r.balance
	}
	if last.N == 0 || last.Generation != r.generation {
		e.Kind = EntryOpening
	}
	err = s.journal.Update(func(tx *store.Tx) error { return entries.Put(tx, e.key(), e) })
	if err != nil {
		s.log.Warn("writing the ledger failed", "cause", err)
		return
	}
	s.ledger = e
}

// moneyInFlight reports whether the provider may have charged or refunded money that the
// ledger doesn't have yet. It leaves out the purchase intent.
func (s *state) moneyInFlight(intent string) bool {
	for id, p := range s.unfinished {
		if id != intent && p.unresolved() {
			return true
		}
	}
	for id := range s.openOrders {
		o := s.rentals[id].Order
		if o.State == protocol.OrderCancelling && o.Problem == nil || o.State == protocol.OrderWaiting && s.clock.now().After(o.Deadline) {
			return true
		}
	}
	return false
}
