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

// settle sends one written purchase until its outcome is known. Again says that it
// may have been sent before, as by an earlier run of the program.
func (s *Service) settle(ctx context.Context, id string, again bool) {
	pauses := pauses()
	for !again || s.awaitKey(ctx) {
		wait, settled := s.attempt(ctx, id, again)
		if settled || ctx.Err() != nil {
			return
		}
		again = true
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
func (s *Service) attempt(ctx context.Context, id string, again bool) (wait time.Duration, settled bool) {
	s.mu.Lock()
	p := *s.purchases[id]
	s.mu.Unlock()
	if !p.unresolved() {
		return 0, true
	}
	generation, err := s.opts.Provider.Generation(ctx)
	if err != nil {
		s.observe(err)
		return s.doubt(id, err, again)
	}
	if !s.replayable(&p, generation) {
		return s.lookUp(ctx, id, generation)
	}
	if again {
		// The first request may never have left this computer, and this one would then
		// buy at today's price.
		if err := s.stillAt(ctx, p.Intent); err != nil {
			if slices.Contains(notAsQuoted, protocol.AsError(err).Code) {
				return s.declined(ctx, id, generation, err)
			}
			return s.doubt(id, err, again)
		}
	}
	moves, err := s.sending(id, again)
	if err != nil {
		return slowestRetry, false
	}
	bought, err := s.opts.Provider.BuyNumber(ctx, p.Generation, logspanel.Purchase{
		CountryID: logspanel.ID(p.Intent.CountryID), ServiceID: logspanel.ID(p.Intent.ServiceID),
		AreaCodes: p.Intent.AreaCodes, IdempotencyKey: p.Key,
	})
	s.observe(err)
	if err == nil {
		return s.bought(ctx, id, bought, moves, again)
	}
	if ctx.Err() != nil {
		return 0, false
	}
	if logspanel.CodeOf(err) == logspanel.CodeNumberPriceChanged {
		err = s.newPrice(ctx, p.Intent, err)
	}
	if again && logspanel.OutcomeOf(err) == logspanel.Refused {
		// A replay of what the provider took would have got the first answer. But the
		// first request may still be under way.
		return s.declined(ctx, id, generation, err)
	}
	return s.doubt(id, err, again)
}

// replayable reports that the same request can be sent under the same key. Time counts
// by the wall clock, which runs on while the computer sleeps, and by the process's own,
// which nobody sets back.
func (s *Service) replayable(p *purchase, generation string) bool {
	wall := s.clock.now().Sub(*p.Intent.SentAt)
	return generation == p.Generation && p.Declined == nil &&
		wall >= -clockStep && wall <= replayWindow && time.Since(p.began) <= replayWindow
}

// sending writes down that a purchase is sent again, and says how far money had moved
// before.
func (s *Service) sending(id string, again bool) (moves uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !again {
		return s.moves, nil
	}
	p := *s.purchases[id]
	p.LastSent, p.sent = s.clock.now(), time.Now()
	last, told := s.clock.providerNow()
	p.ProviderLast, p.ProviderClock = laterOf(p.ProviderLast, last), p.ProviderClock && told
	err = s.save(nil, &p)
	return s.moves, err
}

// notAsQuoted are what a look at the offer may say that ends the sending of a purchase for
// good. After anything else it may go on.
var notAsQuoted = []protocol.Code{protocol.CodePriceChanged, protocol.CodeOutOfStock, protocol.CodeCatalogueStale}

// declined leaves a purchase that is not sent again to the order list.
func (s *Service) declined(ctx context.Context, id, generation string, cause error) (wait time.Duration, settled bool) {
	s.mu.Lock()
	p := *s.purchases[id]
	p.Declined = usererr.From(cause)
	err := s.save(nil, &p)
	s.mu.Unlock()
	if err != nil {
		return slowestRetry, false
	}
	return s.lookUp(ctx, id, generation)
}

// newPrice says with both prices that the provider has changed one.
func (s *Service) newPrice(ctx context.Context, i protocol.Intent, refusal error) error {
	said := *usererr.From(refusal)
	said.OldPrice = &i.Price
	if service, err := s.offer(ctx, i.CountryID, i.ServiceID); err == nil {
		said.Price = &service.Price
	}
	return said.WithCause(refusal)
}

// doubt records that a send has failed: as a refusal where nothing can have been
// bought, as an unknown outcome where something may.
func (s *Service) doubt(id string, cause error, again bool) (wait time.Duration, settled bool) {
	outcome := logspanel.OutcomeOf(cause)
	certain := !again && (outcome == logspanel.Refused || outcome == logspanel.NotSent)
	s.mu.Lock()
	defer s.mu.Unlock()
	if certain {
		return s.refused(id, usererr.From(cause))
	}
	wait = logspanel.RetryAfter(cause)
	s.unknown(id, wait, cause)
	return wait, false
}

func (s *Service) refused(id string, problem *protocol.Error) (wait time.Duration, settled bool) {
	p := *s.purchases[id]
	if p.Intent.Replaces != "" {
		problem = protocol.AsError(gaveUp(problem, p.Intent.Replaces))
	}
	p.end(protocol.IntentRefused, problem)
	if problem.Code == protocol.CodeBalanceTooLow {
		said := *problem
		said.Price = &p.Intent.Price
		if s.state.Wallet != nil {
			said.Balance = &s.state.Wallet.Balance
		}
		p.Intent.Problem = &said
	}
	if s.save(nil, &p) != nil {
		return slowestRetry, false
	}
	s.release(id)
	return 0, true
}

func (s *Service) unknown(id string, wait time.Duration, cause error) {
	p := *s.purchases[id]
	if !p.unresolved() {
		return
	}
	s.opts.Log.Warn("the outcome of a purchase is not known yet", "intent", id, "cause", cause)
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
		s.release(id)
	}
}

// release lets those go on who wait for an outcome.
func (s *Service) release(id string) {
	if pursuit := s.pursuits[id]; pursuit != nil {
		close(pursuit)
		delete(s.pursuits, id)
	}
}

// bought records the provider's yes, order and purchase at once. Moves is how far
// money had moved when it was asked; again, that it was asked before: then the balance
// may be of then, whether or not the provider says so.
func (s *Service) bought(ctx context.Context, id string, answer logspanel.Bought, moves uint64, again bool) (wait time.Duration, settled bool) {
	s.mu.Lock()
	p := *s.purchases[id]
	told := !again && !answer.Replayed && !answer.BalanceAfter.IsZero()
	if told {
		if before, err := answer.BalanceAfter.Add(charged(&p, answer.Order)); err == nil {
			s.reconcile(reading{balance: before, generation: p.Generation, moves: moves, intent: id})
		}
	}
	err := s.own(&p, answer.Order, answer.Replayed)
	switch {
	case err != nil:
		s.unknown(id, slowestRetry, err)
	case told:
		s.setWallet(protocol.Wallet{Balance: answer.BalanceAfter, At: s.clock.now()})
	}
	s.mu.Unlock()
	if err != nil {
		return slowestRetry, false
	}
	if !told {
		s.refresh(ctx)
	}
	s.plan()
	return 0, true
}

func charged(p *purchase, o logspanel.NumberOrder) money.Money {
	if o.Price.IsZero() {
		return p.Intent.Price
	}
	return o.Price
}

// own writes down the order that came of a purchase; late, that it was found out
// afterwards.
func (s *Service) own(p *purchase, o logspanel.NumberOrder, late bool) error {
	return s.ownAs(p, s.rented(p, o, late), o)
}

// ownAs writes an order down as r. One order comes of one purchase.
func (s *Service) ownAs(p *purchase, r *rental, o logspanel.NumberOrder) error {
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
	s.release(p.Intent.ID)
	return nil
}

// rented is the order that a purchase made; late, that it was found out afterwards.
func (s *Service) rented(p *purchase, o logspanel.NumberOrder, late bool) *rental {
	r := &rental{Generation: p.Generation, Life: min(o.TimeLeft, longestLife), SpentAt: p.spentAt()}
	if r.Life <= 0 {
		r.Life = defaultLife
	}
	start := *p.Intent.SentAt
	if !late {
		start = s.clock.now()
		r.next = time.Now().Add(s.untilCheck()) // what is late is looked at now
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
