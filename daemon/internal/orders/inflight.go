package orders

import (
	"context"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// replayWindow is how long a request may be sent again under its idempotency key. The
	// provider does not publish how long it remembers a key.
	replayWindow = 10 * time.Minute
	// settleTime is how long the provider may still be working on a request.
	settleTime   = 2 * time.Minute
	clockStep    = time.Second      // a step back of the wall clock that is tolerated
	defaultLife  = 20 * time.Minute // of a number for which the provider names no time left
	firstReplay  = 2 * time.Second
	slowestRetry = time.Minute
)

// inFlight sends a journaled purchase until its outcome is known.
type inFlight struct {
	service *Service
	id      string // of the intent
	replay  bool   // it may have been sent before, perhaps by an earlier run of the program
}

// run sends the purchase until its outcome is known or ctx ends.
func (f *inFlight) run(ctx context.Context) {
	pauses := newBackOff()
	for !f.replay || f.service.awaitKey(ctx) {
		wait, settled := f.attempt(ctx)
		if settled || ctx.Err() != nil {
			return
		}
		f.replay = true
		select {
		case <-time.After(max(wait, pauses.NextBackOff())):
		case <-ctx.Done():
			return
		}
	}
}

// newBackOff returns the growing pauses between failed attempts.
func newBackOff() *backoff.ExponentialBackOff {
	p := &backoff.ExponentialBackOff{
		InitialInterval: firstReplay, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: slowestRetry,
	}
	p.Reset()
	return p
}

// attempt sends the purchase once, or looks it up in the order list if sending is not safe.
func (f *inFlight) attempt(ctx context.Context) (wait time.Duration, settled bool) {
	f.service.mu.Lock()
	p := *f.service.state.purchases[f.id]
	f.service.mu.Unlock()
	if !p.unresolved() {
		return 0, true
	}
	generation, err := f.service.opts.Provider.Generation(ctx)
	if err != nil {
		f.service.observe(err)
		return f.fail(err)
	}
	if !p.canReplay(f.service.clock.now(), generation) {
		return f.lookUp(ctx, generation)
	}
	if f.replay {
		// The first request may never have left this computer. This one would then buy at
		// today's price.
		if err := f.service.offers.checkPrice(ctx, p.Intent); err != nil {
			if slices.Contains(notAsQuoted, protocol.AsError(err).Code) {
				return f.decline(ctx, generation, err)
			}
			return f.fail(err)
		}
	}
	revision, err := f.noteReplay()
	if err != nil {
		return slowestRetry, false
	}
	bought, err := f.service.opts.Provider.BuyNumber(ctx, p.Generation, logspanel.Purchase{
		CountryID: logspanel.ID(p.Intent.CountryID), ServiceID: logspanel.ID(p.Intent.ServiceID),
		AreaCodes: p.Intent.AreaCodes, IdempotencyKey: p.Key,
	})
	f.service.observe(err)
	if err == nil {
		return f.succeed(ctx, bought, revision)
	}
	if ctx.Err() != nil {
		return 0, false
	}
	if logspanel.CodeOf(err) == logspanel.CodeNumberPriceChanged {
		err = f.service.offers.withPrices(ctx, p.Intent, err)
	}
	if f.replay && logspanel.OutcomeOf(err) == logspanel.Refused {
		// Had the provider accepted the first request, a replay would have got the same
		// answer. But the first request may still be in progress.
		return f.decline(ctx, generation, err)
	}
	return f.fail(err)
}

// canReplay reports whether the same request may be sent again under its idempotency key.
// It counts time by the wall clock, which runs on while the computer sleeps, and by the
// monotonic clock, which nobody can set back.
func (p *purchase) canReplay(now time.Time, generation string) bool {
	wall := now.Sub(*p.Intent.SentAt)
	return generation == p.Generation && p.Declined == nil &&
		wall >= -clockStep && wall <= replayWindow && time.Since(p.began) <= replayWindow
}

// noteReplay journals that a purchase is sent again, and returns the wallet revision before
// that.
func (f *inFlight) noteReplay() (revision uint64, err error) {
	f.service.mu.Lock()
	defer f.service.mu.Unlock()
	if !f.replay {
		return f.service.state.walletRevision, nil
	}
	p := *f.service.state.purchases[f.id]
	p.LastSent, p.sent = f.service.clock.now(), time.Now()
	last, answered := f.service.clock.providerNow()
	p.ProviderLast, p.ProviderClock = laterOf(p.ProviderLast, last), p.ProviderClock && answered
	err = f.service.state.save(nil, &p)
	return f.service.state.walletRevision, err
}

// notAsQuoted lists the results of a price check after which a purchase is never sent
// again. After any other error it may be.
var notAsQuoted = []protocol.Code{protocol.CodePriceChanged, protocol.CodeOutOfStock, protocol.CodeCatalogueStale}

// decline marks a purchase as not to be sent again, and looks it up in the order list.
func (f *inFlight) decline(ctx context.Context, generation string, cause error) (wait time.Duration, settled bool) {
	f.service.mu.Lock()
	p := *f.service.state.purchases[f.id]
	p.Declined = usererr.From(cause)
	err := f.service.state.save(nil, &p)
	f.service.mu.Unlock()
	if err != nil {
		return slowestRetry, false
	}
	return f.lookUp(ctx, generation)
}

// fail records a failed attempt: as a refusal if certainly nothing was bought, otherwise as
// an unknown outcome.
func (f *inFlight) fail(cause error) (wait time.Duration, settled bool) {
	outcome := logspanel.OutcomeOf(cause)
	certain := !f.replay && (outcome == logspanel.Refused || outcome == logspanel.NotSent)
	f.service.mu.Lock()
	defer f.service.mu.Unlock()
	if certain {
		return f.service.state.refuse(f.id, usererr.From(cause))
	}
	wait = logspanel.RetryAfter(cause)
	f.service.state.markUnknown(f.id, wait, cause)
	return wait, false
}

// refuse settles a purchase as refused because of problem.
func (s *state) refuse(id string, problem *protocol.Error) (wait time.Duration, settled bool) {
	p := *s.purchases[id]
	if p.Intent.Replaces != "" {
		problem = protocol.AsError(withCancelledOrder(problem, p.Intent.Replaces))
	}
	p.end(protocol.IntentRefused, problem)
	if problem.Code == protocol.CodeBalanceTooLow {
		explained := *problem
		explained.Price = &p.Intent.Price
		if s.base.Wallet != nil {
			explained.Balance = &s.base.Wallet.Balance
		}
		p.Intent.Problem = &explained
	}
	if s.save(nil, &p) != nil {
		return slowestRetry, false
	}
	s.releaseWaiters(id)
	return 0, true
}

// markUnknown marks an unresolved purchase as in doubt; the next attempt follows after wait.
func (s *state) markUnknown(id string, wait time.Duration, cause error) {
	p := *s.purchases[id]
	if !p.unresolved() {
		return
	}
	s.log.Warn("purchase outcome not known yet", "intent", id, "cause", cause)
	next := s.clock.now().Add(max(wait, firstReplay))
	p.Intent.State, p.Intent.NextTry = protocol.IntentUnknown, &next
	explained := &protocol.Error{
		Code:    protocol.CodeOutcomeUnknown,
		Message: "it isn't clear yet whether the number was bought",
		Next:    "the companion keeps asking the provider; nothing is bought twice",
	}
	if p.Intent.NeedsDecision {
		explained.Next = "decide in the extension or in the companion's menu"
	}
	p.Intent.Problem = explained.WithCause(cause)
	if s.save(nil, &p) == nil {
		s.releaseWaiters(id)
	}
}

// releaseWaiters unblocks the calls that wait for the outcome of a purchase.
func (s *state) releaseWaiters(id string) {
	if waiter := s.waiters[id]; waiter != nil {
		close(waiter)
		delete(s.waiters, id)
	}
}

// succeed records the order and the finished purchase in one write. revision is the wallet
// revision from before the request. The balance in the answer to a replay is ignored: it
// may date from the first request, even if the provider doesn't say so.
func (f *inFlight) succeed(ctx context.Context, answer logspanel.Bought, revision uint64) (wait time.Duration, settled bool) {
	f.service.mu.Lock()
	p := *f.service.state.purchases[f.id]
	balanceKnown := !f.replay && !answer.Replayed && !answer.BalanceAfter.IsZero()
	if balanceKnown {
		if before, err := answer.BalanceAfter.Add(charged(&p, answer.Order)); err == nil {
			f.service.state.reconcile(reading{balance: before, generation: p.Generation, revision: revision, intent: f.id})
		}
	}
	err := f.service.state.recordOrder(&p, answer.Order, answer.Replayed)
	switch {
	case err != nil:
		f.service.state.markUnknown(f.id, slowestRetry, err)
	case balanceKnown:
		f.service.state.setWallet(protocol.Wallet{Balance: answer.BalanceAfter, At: f.service.clock.now()})
	}
	f.service.mu.Unlock()
	if err != nil {
		return slowestRetry, false
	}
	if !balanceKnown {
		f.service.refresh(ctx)
	}
	f.service.replan.raise()
	return 0, true
}

// charged returns the price of an order, or the quoted one if the provider names none.
func charged(p *purchase, o logspanel.NumberOrder) money.Money {
	if o.Price.IsZero() {
		return p.Intent.Price
	}
	return o.Price
}

// recordOrder journals the order that a purchase led to. late means that it was discovered
// afterwards, not in the answer to the first request.
func (s *state) recordOrder(p *purchase, o logspanel.NumberOrder, late bool) error {
	return s.recordRental(p, s.newRental(p, o, late), o)
}

// recordRental journals r as the order of a purchase. It fails if the order already
// belongs to another purchase.
func (s *state) recordRental(p *purchase, r *rental, o logspanel.NumberOrder) error {
	known := s.rentals[r.Order.ID]
	if known != nil && known.Order.IntentID != "" && known.Order.IntentID != p.Intent.ID {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "this order belongs to another purchase", Next: "choose another one",
		}
	}
	if known != nil {
		fresh := *r
		*r = *known
		r.Order, r.Vouched = fresh.Order, fresh.Vouched
		r.Order.State, r.Order.AskedBy, r.Order.HandedTo = known.Order.State, known.Order.AskedBy, known.Order.HandedTo
		r.Order.Code, r.Order.CodeReady, r.Order.CodeAt = known.Order.Code, known.Order.CodeReady, known.Order.CodeAt
		r.Order.Received = known.Order.Received
		if !known.boughtHere() {
			r.SpentAt = fresh.SpentAt
		}
	}
	r.read(o, s.clock.now())
	p.end(protocol.IntentBought, nil)
	p.Intent.OrderID, p.Intent.Charged = r.Order.ID, r.Order.Price
	if err := s.save(r, p); err != nil {
		return err
	}
	s.releaseWaiters(p.Intent.ID)
	return nil
}

// newRental returns the rental for the order that a purchase led to; for late see
// recordOrder.
func (s *state) newRental(p *purchase, o logspanel.NumberOrder, late bool) *rental {
	r := &rental{Generation: p.Generation, Life: min(o.TimeLeft, longestLife), SpentAt: p.chargedAt()}
	if r.Life <= 0 {
		r.Life = defaultLife
	}
	start := *p.Intent.SentAt
	if !late {
		start = s.clock.now()
		r.next = time.Now().Add(jitter(s.checkEvery)) // a late one is checked at once
	}
	r.Order = protocol.Order{
		ID: string(o.ID), State: protocol.OrderWaiting,
		CallingCode: p.Intent.CallingCode, ServiceID: p.Intent.ServiceID, ServiceName: p.Intent.ServiceName,
		CountryID: p.Intent.CountryID, CountryName: p.Intent.CountryName, CountryShort: p.Intent.CountryShort,
		Price: charged(p, o), IntentID: p.Intent.ID, Client: p.Intent.Client,
		CreatedAt: start, Deadline: start.Add(r.Life),
	}
	if more, err := r.Order.Price.Cmp(p.Intent.Price); err != nil || more > 0 {
		r.Order.Problem = &protocol.Error{
			Code: protocol.CodePriceChanged, Price: &r.Order.Price, OldPrice: &p.Intent.Price,
			Message: "the provider charged more than the price shown",
			Next:    "if that is too much, cancel the number for a refund",
		}
	}
	return r
}
