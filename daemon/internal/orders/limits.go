package orders

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const limitWindow = 24 * time.Hour

// homeCurrency is the provider's currency. Its other brands may use others.
const homeCurrency = "NGN"

// SetLimits sets the spending limits for one order and for 24 hours. A zero amount leaves
// its limit unchanged. It fails for a currency other than the wallet's.
func (s *Service) SetLimits(perOrder, perDay money.Money) error {
	s.mu.Lock()
	currency := s.state.currency()
	s.mu.Unlock()
	for _, m := range []money.Money{perOrder, perDay} {
		if !m.IsZero() && (m.Currency != currency || m.Minor < 0) {
			return &protocol.Error{
				Code: protocol.CodeBadRequest, Message: "a limit must be in " + currency + ", the currency of your balance",
				Next: "enter an amount such as 5000.00",
			}
		}
	}
	return s.changeSettings(func(d *settings) {
		if !perOrder.IsZero() {
			d.PerOrder = perOrder
		}
		if !perDay.IsZero() {
			d.PerDay = perDay
		}
	})
}

// Limits returns the spending limits, and how much was spent in the last 24 hours.
func (s *Service) Limits() protocol.Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.limits(s.state.currency())
}

// defaultLimits returns limits that allow for a few numbers.
func defaultLimits(currency string) (order, day money.Money) {
	if currency == homeCurrency {
		return money.FromMajor(10_000, currency), money.FromMajor(30_000, currency)
	}
	return money.FromMajor(20, currency), money.FromMajor(60, currency)
}

// limit returns the limit in force: the one that was set, otherwise the default. known is
// false if the limit was lost or is in another currency: then no default replaces it.
func (s settings) limit(set, standard money.Money) (limit money.Money, known bool) {
	if set.Currency == standard.Currency {
		return set, true
	}
	return standard, set.IsZero() && !s.Lost
}

func (s *state) currency() string {
	if s.base.Wallet != nil {
		return s.base.Wallet.Balance.Currency
	}
	if s.ledger.N > 0 {
		return s.ledger.After.Currency
	}
	return cmp.Or(s.settings.PerOrder.Currency, s.settings.PerDay.Currency, homeCurrency)
}

// charge records when the limit begins to count an order that was bought here.
type charge struct {
	at    time.Time
	order string
}

// addCharge inserts a charge in order of time. Charges are never removed, because a clock
// may be wrong; limits skips those that are too old for the window.
func (s *state) addCharge(c charge) {
	i, _ := slices.BinarySearchFunc(s.charges, c, func(a, b charge) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // after those of the same time
	})
	s.charges = slices.Insert(s.charges, i, c)
}

// limits returns the limits in a currency, and what is spent or may still be. A refund
// counts once it has arrived, not when it is promised. A purchase that only a browser
// dismissed counts too.
func (s *state) limits(currency string) protocol.Limits {
	order, day := defaultLimits(currency)
	order, orderSet := s.settings.limit(s.settings.PerOrder, order)
	day, daySet := s.settings.limit(s.settings.PerDay, day)
	spent := money.Money{Currency: currency}
	since := s.clock.earliestNow().Add(-limitWindow)
	add := func(price money.Money) {
		if price.Minor <= 0 || price.Currency != currency {
			return
		}
		sum, err := spent.Add(price)
		if err != nil { // an overflow is above any limit
			sum.Minor, sum.Currency = math.MaxInt64, currency
		}
		spent = sum
	}
	for _, c := range slices.Backward(s.charges) {
		if !c.at.After(since) {
			break
		}
		add(s.rentals[c.order].counted())
	}
	for id, p := range s.unfinished {
		_, reserved := s.reserved[id]
		if p.unresolved() || reserved || p.Dismissed && p.chargedAt().After(since) {
			add(p.Intent.Price)
		}
	}
	return protocol.Limits{PerOrder: order, PerDay: day, Spent: spent, Unset: !orderSet || !daySet}
}

// checkLimits returns an error if price exceeds a limit.
func (s *state) checkLimits(price money.Money) error {
	if price.Minor <= 0 {
		return errNoPrice()
	}
	limits := s.limits(price.Currency)
	if limits.Unset {
		return &protocol.Error{
			Code: protocol.CodeLimitsUnset, Message: "the spending limits were lost: nothing was bought",
			Next: "set both with logspanel-companion limits --order " + limits.PerOrder.Decimal() + " --day " + limits.PerDay.Decimal(),
		}
	}
	if over, err := price.Cmp(limits.PerOrder); err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitOrder, Price: &price, Limit: &limits.PerOrder,
			Message: "this number costs more than your limit per order",
			Next:    "choose a cheaper one, or raise the limit in the companion's menu",
		}).WithCause(err)
	}
	over := 1
	total, err := limits.Spent.Add(price)
	if err == nil {
		over, err = total.Cmp(limits.PerDay)
	}
	if err != nil || over > 0 {
		return (&protocol.Error{
			Code: protocol.CodeLimitDay, Price: &price, Limit: &limits.PerDay,
			Message: "this number would exceed your limit for 24 hours",
			Next:    "wait, cancel unused numbers, or raise the limit in the companion's menu",
		}).WithCause(err)
	}
	return nil
}
