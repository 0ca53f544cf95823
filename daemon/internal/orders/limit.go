package orders

import (
	"time"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const limitWindow = 24 * time.Hour

// homeCurrency is the provider's; other brands of it may have others.
const homeCurrency = "NGN"

// defaultLimits are a few numbers' worth at a time, and some more in a day.
func defaultLimits(currency string) (order, day money.Money) {
	whole := int64(1)
	for range money.Digits(currency) {
		whole *= 10
	}
	if currency == homeCurrency {
		return money.Money{Minor: 10_000 * whole, Currency: currency}, money.Money{Minor: 30_000 * whole, Currency: currency}
	}
	return money.Money{Minor: 20 * whole, Currency: currency}, money.Money{Minor: 60 * whole, Currency: currency}
}

func (b *Book) currency() string {
	if b.now.Wallet != nil {
		return b.now.Wallet.Balance.Currency
	}
	return homeCurrency
}

// limits are the limits in a currency, and what of them is spent or may yet be.
func (b *Book) limits(currency string) protocol.Limits {
	order, day := defaultLimits(currency)
	spent := money.Money{Currency: currency}
	since := time.Now().Add(-limitWindow)
	add := func(price money.Money) {
		if sum, err := spent.Add(price); err == nil {
			spent = sum
		}
	}
	for _, r := range b.rentals {
		o := r.Order
		if o.Intent != "" && o.CreatedAt.After(since) && o.State != protocol.OrderRefunded {
			add(o.Price)
		}
	}
	for _, p := range b.purchases {
		if p.unresolved() {
			add(p.Intent.Price)
		}
	}
	return protocol.Limits{PerOrder: order, PerDay: day, Spent: spent}
}

// within refuses a price that passes a limit.
func (b *Book) within(price money.Money) error {
	limits := b.limits(price.Currency)
	if over, err := price.Cmp(limits.PerOrder); err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitOrder, Price: &price, Limit: &limits.PerOrder,
			Message: "this number costs more than one order may",
			Next:    "choose a cheaper one",
		}).Because(err)
	}
	total, err := limits.Spent.Add(price)
	if err != nil {
		return err
	}
	if over, err := total.Cmp(limits.PerDay); err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitDay, Price: &price, Limit: &limits.PerDay,
			Message: "with this number, more would be spent in 24 hours than the limit allows",
			Next:    "wait until earlier purchases are a day old, or get refunds for unused numbers",
		}).Because(err)
	}
	return nil
}
