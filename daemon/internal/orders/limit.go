package orders

import (
	"time"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const limitWindow = 24 * time.Hour

// homeCurrency is the provider's; other brands of it may have others.
const homeCurrency = "NGN"

// SetLimits changes the limits for one order and for 24 hours; a zero one stays as it is.
func (b *Book) SetLimits(perOrder, perDay money.Money) error {
	b.mu.Lock()
	currency := b.currency()
	b.mu.Unlock()
	for _, m := range []money.Money{perOrder, perDay} {
		if !m.IsZero() && (m.Currency != currency || m.Minor < 0) {
			return &protocol.Error{
				Code: protocol.CodeBadRequest, Message: "a limit is an amount in " + currency + ", which the wallet holds",
				Next: "give one such as 5000.00",
			}
		}
	}
	return b.change(func(s *settings) {
		if !perOrder.IsZero() {
			s.PerOrder = perOrder
		}
		if !perDay.IsZero() {
			s.PerDay = perDay
		}
	})
}

// Limits are the limits, and what of them is spent.
func (b *Book) Limits() protocol.Limits {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limits(b.currency())
}

// defaultLimits are a few numbers' worth at a time, and some more in a day.
func defaultLimits(currency string) (order, day money.Money) {
	if currency == homeCurrency {
		return money.Whole(10_000, currency), money.Whole(30_000, currency)
	}
	return money.Whole(20, currency), money.Whole(60, currency)
}

func (b *Book) currency() string {
	if b.state.Wallet != nil {
		return b.state.Wallet.Balance.Currency
	}
	if b.ledger.N > 0 {
		return b.ledger.After.Currency
	}
	return homeCurrency
}

// limits are the limits in a currency, and what of them is spent or may yet be. What
// only the person's word says was not bought counts too: their word reaches the daemon
// through a browser.
func (b *Book) limits(currency string) protocol.Limits {
	order, day := defaultLimits(currency)
	if b.settings.PerOrder.Currency == currency {
		order = b.settings.PerOrder
	}
	if b.settings.PerDay.Currency == currency {
		day = b.settings.PerDay
	}
	spent := money.Money{Currency: currency}
	since := b.now().Add(-limitWindow)
	add := func(price money.Money) {
		if sum, err := spent.Add(price); err == nil {
			spent = sum
		}
	}
	for id := range b.day {
		o := b.rentals[id].Order
		if !o.CreatedAt.After(since) {
			delete(b.day, id)
		} else if o.State != protocol.OrderRefunded {
			add(o.Price)
		}
	}
	for _, p := range b.undone {
		if p.unresolved() || p.Dismissed && p.Intent.SentAt.After(since) {
			add(p.Intent.Price)
		}
	}
	return protocol.Limits{PerOrder: order, PerDay: day, Spent: spent}
}

// within refuses a price that passes a limit. Back is what a refund of the order that
// is replaced will give room for.
func (b *Book) within(price, back money.Money) error {
	limits := b.limits(price.Currency)
	if over, err := price.Cmp(limits.PerOrder); err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitOrder, Price: &price, Limit: &limits.PerOrder,
			Message: "this number costs more than one order may",
			Next:    "choose a cheaper one, or raise the limit with logspanel-companion limits",
		}).Because(err)
	}
	total, err := limits.Spent.Add(price)
	if err == nil && !back.IsZero() {
		total, err = total.Sub(back)
	}
	if err != nil {
		return err
	}
	if over, err := total.Cmp(limits.PerDay); err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitDay, Price: &price, Limit: &limits.PerDay,
			Message: "with this number, more would be spent in 24 hours than the limit allows",
			Next:    "wait until earlier purchases are a day old, get refunds for unused numbers, or raise the limit with logspanel-companion limits",
		}).Because(err)
	}
	return nil
}
