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
	// replayWindow is how long a request is sent again under its key. How long the
	// provider remembers a key is not published.
	replayWindow = 10 * time.Minute
	// settleTime is how long a request may still be under way at the provider.
	settleTime   = 2 * time.Minute
	clockStep    = time.Second      // how far a clock is set back without anyone minding
	defaultLife  = 20 * time.Minute // of a number whose time the provider doesn't tell
	firstReplay  = 2 * time.Second
	slowestRetry = time.Minute
)

// inFlight is a journaled purchase that is sent until its outcome is known.
type inFlight struct {
	service *Service
	id      string // of the intent
	replay  bool   // it may have been sent before, if only by an earlier run of the program
}

// run sends the purchase until its outcome is known or ctx ends.
func (f *inFlight) run(ctx context.Context) {
	pauses := pauses()
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

// pauses are those between attempts that fail, ever longer.
func pauses() *backoff.ExponentialBackOff {
	p := &backoff.ExponentialBackOff{
		InitialInterval: firstReplay, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: slowestRetry,
	}
	p.Reset()
	return p
}

// attempt sends once, or looks into the order list where sending would not be safe.
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
		// The first request may never have left this computer, and this one would then
		// buy at today's price.
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
		// A replay of what the provider took would have got the first answer. But the
		// first request may still be under way.
		return f.decline(ctx, generation, err)
	}
	return f.fail(err)
}

// canReplay reports that the same request can be sent under the same key. Time counts
// by the wall clock, which runs on while the computer sleeps, and by the process's own,
// which nobody sets back.
func (p *purchase) canReplay(now time.Time, generation string) bool {
	wall := now.Sub(*p.Intent.SentAt)
	return generation == p.Generation && p.Declined == nil &&
		wall >= -clockStep && wall <= replayWindow && time.Since(p.began) <= replayWindow
}

// noteReplay writes down that a purchase is sent again, and says how far money had moved
// before.
func (f *inFlight) noteReplay() (revision uint64, err error) {
	f.service.mu.Lock()
	defer f.service.mu.Unlock()
	if !f.replay {
		return f.service.state.walletRevision, nil
	}
	p := *f.service.state.purchases[f.id]
	p.LastSent, p.sent = f.service.clock.now(), time.Now()
	last, told := f.service.clock.providerNow()
	p.ProviderLast, p.ProviderClock = laterOf(p.ProviderLast, last), p.ProviderClock && told
	err = f.service.state.save(nil, &p)
	return f.service.state.walletRevision, err
}

// notAsQuoted are what a look at the offer may say that ends the sending of a purchase for
// good. After anything else it may go on.
var notAsQuoted = []protocol.Code{protocol.CodePriceChanged, protocol.CodeOutOfStock, protocol.CodeCatalogueStale}

// decline leaves a purchase that is not sent again to the order list.
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

// fail records that a send has failed: as a refusal where nothing can have been
// bought, as an unknown outcome where something may.
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

func (s *state) refuse(id string, problem *protocol.Error) (wait time.Duration, settled bool) {
	p := *s.purchases[id]
	if p.Intent.Replaces != "" {
		problem = protocol.AsError(gaveUp(problem, p.Intent.Replaces))
	}
	p.end(protocol.IntentRefused, problem)
	if problem.Code == protocol.CodeBalanceTooLow {
		said := *problem
		said.Price = &p.Intent.Price
		if s.base.Wallet != nil {
			said.Balance = &s.base.Wallet.Balance
		}
		p.Intent.Problem = &said
	}
	if s.save(nil, &p) != nil {
		return slowestRetry, false
	}
	s.releaseWaiters(id)
	return 0, true
}

func (s *state) markUnknown(id string, wait time.Duration, cause error) {
	p := *s.purchases[id]
	if !p.unresolved() {
		return
	}
	s.log.Warn("the outcome of a purchase is not known yet", "intent", id, "cause", cause)
	next := s.clock.now().Add(max(wait, firstReplay))
	p.Intent.State, p.Intent.NextTry = protocol.IntentUnknown, &next
	said := &protocol.Error{
		Code:    protocol.CodeOutcomeUnknown,
		Message: "it isn't clear yet whether the number was bought",
		Next:    "the companion keeps asking the provider; nothing is bought twice",
	}
	if p.Intent.NeedsDecision {
		said.Next = "decide in the extension or in the companion's menu"
	}
	p.Intent.Problem = said.WithCause(cause)
	if s.save(nil, &p) == nil {
		s.releaseWaiters(id)
	}
}

// releaseWaiters lets those go on who wait for an outcome.
func (s *state) releaseWaiters(id string) {
	if waiter := s.waiters[id]; waiter != nil {
		close(waiter)
		delete(s.waiters, id)
	}
}

// succeed records the provider's yes, order and purchase at once. Moves is how far
// money had moved when it was asked; again, that it was asked before: then the balance
// may be of then, whether or not the provider says so.
func (f *inFlight) succeed(ctx context.Context, answer logspanel.Bought, revision uint64) (wait time.Duration, settled bool) {
	f.service.mu.Lock()
	p := *f.service.state.purchases[f.id]
	told := !f.replay && !answer.Replayed && !answer.BalanceAfter.IsZero()
	if told {
		if before, err := answer.BalanceAfter.Add(charged(&p, answer.Order)); err == nil {
			f.service.state.reconcile(reading{balance: before, generation: p.Generation, revision: revision, intent: f.id})
		}
	}
	err := f.service.state.recordOrder(&p, answer.Order, answer.Replayed)
	switch {
	case err != nil:
		f.service.state.markUnknown(f.id, slowestRetry, err)
	case told:
		f.service.state.setWallet(protocol.Wallet{Balance: answer.BalanceAfter, At: f.service.clock.now()})
	}
	f.service.mu.Unlock()
	if err != nil {
		return slowestRetry, false
	}
	if !told {
		f.service.refresh(ctx)
	}
	f.service.replan.raise()
	return 0, true
}

func charged(p *purchase, o logspanel.NumberOrder) money.Money {
	if o.Price.IsZero() {
		return p.Intent.Price
	}
	return o.Price
}

// recordOrder writes down the order that came of a purchase; late, that it was found out
// afterwards.
func (s *state) recordOrder(p *purchase, o logspanel.NumberOrder, late bool) error {
	return s.recordRental(p, s.newRental(p, o, late), o)
}

// recordRental writes an order down as r. One order comes of one purchase.
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
		if !known.ours() {
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

// newRental is the order that a purchase made; late, that it was found out afterwards.
func (s *state) newRental(p *purchase, o logspanel.NumberOrder, late bool) *rental {
	r := &rental{Generation: p.Generation, Life: min(o.TimeLeft, longestLife), SpentAt: p.spentAt()}
	if r.Life <= 0 {
		r.Life = defaultLife
	}
	start := *p.Intent.SentAt
	if !late {
		start = s.clock.now()
		r.next = time.Now().Add(jitter(s.checkEvery)) // what is late is looked at now
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
