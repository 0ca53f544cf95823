package sandbox

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// EntryKind is the kind of a LedgerEntry.
type EntryKind string

// The kinds of ledger entries.
const (
	Charge EntryKind = "charge"
	Refund EntryKind = "refund"
)

// LedgerEntry is one change of the wallet.
type LedgerEntry struct {
	At           time.Time   `json:"at"`
	Kind         EntryKind   `json:"kind"`
	OrderID      string      `json:"order_id"`
	Amount       money.Money `json:"amount"` // never negative
	BalanceAfter money.Money `json:"balance_after"`
}

// Ledger lists every charge and refund, oldest first.
func (p *Provider) Ledger() []LedgerEntry {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.payRefundsLocked()
	return append([]LedgerEntry{}, p.ledger...)
}

// Balance returns what the wallet holds.
func (p *Provider) Balance() money.Money {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.payRefundsLocked()
	return p.walletLocked()
}

func (p *Provider) walletLocked() money.Money { return naira(p.balance) }

func naira(kobo int64) money.Money { return money.Money{Minor: kobo, Currency: currency} }

// moveMoneyLocked changes the balance and records it in the ledger. The amount is never
// negative.
func (p *Provider) moveMoneyLocked(kind EntryKind, orderID string, kobo int64, at time.Time) {
	if kind == Charge {
		p.balance -= kobo
	} else {
		p.balance += kobo
	}
	p.ledger = append(p.ledger, LedgerEntry{
		At: at, Kind: kind, OrderID: orderID, Amount: naira(kobo), BalanceAfter: p.walletLocked(),
	})
}

// payRefundsLocked pays the refunds that are due.
func (p *Provider) payRefundsLocked() {
	now := p.nowLocked()
	for _, o := range p.numbers {
		if o.refundDue(now) {
			o.refunded = true
			p.moveMoneyLocked(Refund, o.id, o.price, o.refundAt)
		}
	}
	for _, o := range p.boosts {
		if o.refundDue(now) {
			o.refunded = true
			p.moveMoneyLocked(Refund, o.id, o.price, o.refundAt)
		}
	}
}
