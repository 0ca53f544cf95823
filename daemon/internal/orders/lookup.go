package orders

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// clockSlack is how far the provider's clock may differ from ours for a certain match.
	clockSlack = 2 * time.Minute
	// clockDoubt is how far it may differ for a possible match.
	clockDoubt = 24 * time.Hour
	askedRetry = 10 * time.Minute // between lookups while the person is asked
)

// lookUp searches the order list for the order of a purchase. Listed orders carry no
// idempotency key, so it matches them by country, service, time and price, and accepts only
// a single certain match. generation names the API key whose account is listed.
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

// resolve settles a purchase from the order list, if it can. It concludes that nothing was
// bought only from a list that can't lack an order of the purchase.
func (s *state) resolve(id string, listed logspanel.OrderList, generation string) (wait time.Duration, settled bool) {
	p := *s.purchases[id]
	if !p.unresolved() {
		return 0, true
	}
	match, possible := s.match(p, listed)
	idle := time.Since(p.sent) > settleTime // no request is in progress any more
	wait = slowestRetry + rand.N(slowestRetry)
	switch {
	case match != nil:
		return wait, s.recordOrder(&p, *match, true) == nil
	case len(possible) == 0 && generation == p.Generation && idle && listed.CoversSince(p.possibleTimes(clockDoubt).from):
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
	case idle && !p.canReplay(s.clock.now(), generation):
		wait = askedRetry + rand.N(slowestRetry)
		s.askPerson(p, possible)
	}
	s.markUnknown(id, wait, nil)
	return wait, false
}

// span is a time range in which an order may have been made; both ends are exclusive.
type span struct{ from, to time.Time }

func (s span) has(at time.Time) bool { return at.After(s.from) && at.Before(s.to) }

// possibleTimes returns the range in which an order of the purchase may have been made, widened
// by slack. It covers both clocks, because either may be wrong.
func (p *purchase) possibleTimes(slack time.Duration) span {
	from, to := *p.Intent.SentAt, p.LastSent
	if !p.ProviderFirst.IsZero() {
		from, to = earlierOf(from, p.ProviderFirst), laterOf(to, p.ProviderLast)
	}
	return span{from.Add(-slack), to.Add(slack)}
}

// likelyTimes is like possibleTimes, but uses only the better clock: the provider's own if its time
// is known.
func (p *purchase) likelyTimes(slack time.Duration) span {
	if p.ProviderClock {
		return span{p.ProviderFirst.Add(-slack), p.ProviderLast.Add(slack)}
	}
	return span{p.Intent.SentAt.Add(-slack), p.LastSent.Add(slack)}
}

// match returns the one order that certainly belongs to a purchase, or nil, and all that
// possibly do. No match is certain if the list may lack another that fits as well.
func (s *state) match(p purchase, listed logspanel.OrderList) (certain *logspanel.NumberOrder, possible []logspanel.NumberOrder) {
	wide, narrow := p.possibleTimes(clockDoubt), p.likelyTimes(clockSlack)
	matches := 0
	for _, o := range listed.Orders {
		if known := s.rentals[string(o.ID)]; known != nil && known.boughtHere() || !matchesPlace(o, p.Intent) {
			continue // belongs to another purchase, or to an earlier one that the journal has lost
		}
		if o.CreatedAt.IsZero() || wide.has(o.CreatedAt) {
			possible = append(possible, o)
		}
		if o.Price == p.Intent.Price && narrow.has(o.CreatedAt) {
			certain = &o
			matches++
		}
	}
	if matches != 1 || !listed.CoversSince(narrow.from) {
		certain = nil
	}
	return certain, possible
}

func matchesPlace(o logspanel.NumberOrder, i protocol.Intent) bool {
	return (o.ServiceID == "" || string(o.ServiceID) == i.ServiceID) &&
		(o.CountryID == "" || string(o.CountryID) == i.CountryID)
}
