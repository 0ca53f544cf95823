package orders

import (
	"fmt"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// EntryKind is what moved the wallet.
type EntryKind string

// The kinds of entries.
const (
	EntryOpening EntryKind = "opening" // the balance when the book began, or another key came
	EntryCharge  EntryKind = "charge"
	EntryRefund  EntryKind = "refund"
	EntryOther   EntryKind = "other" // by something else, such as topping up
)

// Entry is one movement of the wallet. What one entry leaves is where the next begins.
type Entry struct {
	N          uint64      `json:"n"` // counts from 1
	At         time.Time   `json:"at"`
	Kind       EntryKind   `json:"kind"`
	OrderID    string      `json:"order_id,omitempty"`
	IntentID   string      `json:"intent_id,omitempty"`
	Amount     money.Money `json:"amount"` // negative where the wallet lost it
	Before     money.Money `json:"before"`
	After      money.Money `json:"after"`
	Generation string      `json:"generation"` // of the API key
}

var entries = store.Table[Entry]{Name: "ledger"}

func (e Entry) key() string { return fmt.Sprintf("%020d", e.N) }

// Ledger is every charge and refund, oldest first, and every movement of the wallet
// that was neither.
func (s *Service) Ledger() (list []Entry, err error) {
	err = s.opts.Journal.View(func(tx *store.Tx) (err error) {
		list, err = entries.All(tx)
		return err
	})
	return list, err
}

// follow makes the entry that moves the wallet on from the last one.
func follow(last, e Entry) Entry {
	e.N, e.Before = last.N+1, last.After
	if e.Generation == "" {
		e.Generation = last.Generation
	}
	after, err := e.Before.Add(e.Amount)
	if err != nil { // another currency, or the first: the wallet says more when it is read
		e.Before = money.Money{Currency: e.Amount.Currency}
		after = e.Amount
	}
	e.After = after
	return e
}

// newEntries makes the entries that an order's new state means: its charge when it is known
// to be bought here, its refund when that is first seen.
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

// reading is a balance that the provider told, and when it was asked for.
type reading struct {
	balance    money.Money
	generation string
	revision   uint64 // what state.walletRevision was then
	intent     string // whose answer told it; empty: the wallet was read
}

// reconcile compares a reading with the ledger, and enters what only the wallet knows
// of. It leaves alone what was read while money was on its way.
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
		s.log.Warn("the ledger can't be written", "cause", err)
		return
	}
	s.ledger = e
}

// moneyInFlight reports that money of a purchase other than intent may have moved without
// the book knowing yet.
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
