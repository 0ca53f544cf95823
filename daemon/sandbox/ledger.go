package sandbox

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// EntryKind is what moved money.
type EntryKind string

// The kinds of entries.
const (
	Charge EntryKind = "charge"
	Refund EntryKind = "refund"
)

// Entry is one movement of the wallet.
type Entry struct {
	At           time.Time   `json:"at"`
	Kind         EntryKind   `json:"kind"`
	OrderID      string      `json:"order_id"`
	Amount       money.Money `json:"amount"` // never negative
	BalanceAfter money.Money `json:"balance_after"`
}

// Ledger lists every charge and refund, oldest first.
func (p *Provider) Ledger() []Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	return append([]Entry{}, p.ledger...)
}

// Balance is what the wallet holds.
func (p *Provider) Balance() money.Money {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	return p.wallet()
}

func (p *Provider) wallet() money.Money { return naira(p.balance) }

func naira(kobo int64) money.Money { return money.Money{Minor: kobo, Currency: currency} }

func (p *Provider) move(kind EntryKind, orderID string, kobo int64, at time.Time) {
	if kind == Charge {
		p.balance -= kobo
	} else {
		p.balance += kobo
	}
	p.ledger = append(p.ledger, Entry{
		At: at, Kind: kind, OrderID: orderID, Amount: naira(kobo), BalanceAfter: p.wallet(),
	})
}

// settle pays the refunds that are due.
func (p *Provider) settle() {
	now := p.now()
	for _, o := range p.numbers {
		if o.refundDue(now) {
			o.refunded = true
			p.move(Refund, o.id, o.price, o.refundAt)
		}
	}
	for _, o := range p.boosts {
		if o.refundDue(now) {
			o.refunded = true
			p.move(Refund, o.id, o.price, o.refundAt)
		}
	}
}
