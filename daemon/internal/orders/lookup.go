package orders

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// clockSlack is how far the provider's clock may be from ours for a clear match,
	// and clockDoubt how far for any.
	clockSlack = 2 * time.Minute
	clockDoubt = 24 * time.Hour
	askedRetry = 10 * time.Minute // while the person is asked
)

// lookUp finds out from the order list what became of a purchase. Listed orders
// carry no key, so they are matched by place, time and price, and only one clear
// match is one. The list is of the account that generation's key belongs to.
func (f *inFlight) lookUp(ctx context.Context, generation string) (wait time.Duration, settled bool) {
	listed, err := f.service.opts.Provider.NumberOrders(ctx, 0)
	f.service.observe(err)
	if err != nil {
		f.service.mu.Lock()
		defer f.service.mu.Unlock()
		wait = logspanel.RetryAfter(err)
		f.service.state.markUnknown(f.id, wait, err)
		return wait, false
	}
	f.service.mu.Lock()
	f.service.state.setListed(listed.Orders)
	wait, settled = f.service.state.resolve(f.id, listed, generation)
	f.service.mu.Unlock()
	if settled {
		f.service.refresh(ctx)
		f.service.replan.raise()
	}
	return wait, settled
}

// resolve decides a purchase by the order list, if that can. That nothing was bought is
// said only by a list in which no order can be missing that may have come of it.
func (s *state) resolve(id string, listed logspanel.OrderList, generation string) (wait time.Duration, settled bool) {
	p := *s.purchases[id]
	if !p.unresolved() {
		return 0, true
	}
	match, possible := s.match(p, listed)
	quiet := time.Since(p.sent) > settleTime // nothing of it is under way any more
	wait = slowestRetry + rand.N(slowestRetry)
	switch {
	case match != nil:
		return wait, s.recordOrder(&p, *match, true) == nil
	case len(possible) == 0 && generation == p.Generation && quiet && listed.CoversSince(p.between(clockDoubt).from):
		problem := p.Declined
		if problem == nil {
			problem = &protocol.Error{
				Code:    protocol.CodeUnreachable,
				Message: "the provider's order list has no such number: nothing was bought",
				Next:    "try again",
			}
		}
		_, settled = s.refuse(id, problem)
		return wait, settled
	case quiet && !p.canReplay(s.clock.now(), generation):
		wait = askedRetry + rand.N(slowestRetry)
		s.askPerson(p, possible)
	}
	s.markUnknown(id, wait, nil)
	return wait, false
}

// span is a time within which an order may have been made.
type span struct{ from, to time.Time }

func (s span) has(at time.Time) bool { return at.After(s.from) && at.Before(s.to) }

// between is when an order of a purchase was made, with what clocks may differ: by both
// clocks, of which either may have been wrong.
func (p *purchase) between(slack time.Duration) span {
	from, to := *p.Intent.SentAt, p.LastSent
	if !p.ProviderFirst.IsZero() {
		from, to = earlierOf(from, p.ProviderFirst), laterOf(to, p.ProviderLast)
	}
	return span{from.Add(-slack), to.Add(slack)}
}

// closely is the same by the better clock: the provider's own, where it told the time.
func (p *purchase) closely(slack time.Duration) span {
	if p.ProviderClock {
		return span{p.ProviderFirst.Add(-slack), p.ProviderLast.Add(slack)}
	}
	return span{p.Intent.SentAt.Add(-slack), p.LastSent.Add(slack)}
}

// match finds the one order that clearly came of a purchase, and all that might have.
// Where the list may lack another that fits as well, none is clear.
func (s *state) match(p purchase, listed logspanel.OrderList) (clear *logspanel.NumberOrder, possible []logspanel.NumberOrder) {
	wide, narrow := p.between(clockDoubt), p.closely(clockSlack)
	matches := 0
	for _, o := range listed.Orders {
		if known := s.rentals[string(o.ID)]; known != nil && known.ours() || !isOf(o, p.Intent) {
			continue // of another purchase, or of one of before that the journal has lost
		}
		if o.CreatedAt.IsZero() || wide.has(o.CreatedAt) {
			possible = append(possible, o)
		}
		if o.Price == p.Intent.Price && narrow.has(o.CreatedAt) {
			clear = &o
			matches++
		}
	}
	if matches != 1 || !listed.CoversSince(narrow.from) {
		clear = nil
	}
	return clear, possible
}

func isOf(o logspanel.NumberOrder, i protocol.Intent) bool {
	return (o.ServiceID == "" || string(o.ServiceID) == i.ServiceID) &&
		(o.CountryID == "" || string(o.CountryID) == i.CountryID)
}
