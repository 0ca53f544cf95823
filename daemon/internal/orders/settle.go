package orders

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// replayWindow is how long a request is sent again under its key. How long the
	// provider remembers a key is not published.
	replayWindow = 10 * time.Minute
	// settleTime is how long a request may still be under way at the provider.
	settleTime = 2 * time.Minute
	// clockSlack is how far the provider's clock may be from ours for a clear match,
	// and clockDoubt how far for any.
	clockSlack   = 2 * time.Minute
	clockDoubt   = 24 * time.Hour
	defaultLife  = 20 * time.Minute // of a number whose time the provider doesn't tell
	firstReplay  = 2 * time.Second
	slowestRetry = time.Minute
)

// settle sends one written purchase until its outcome is known. Again says that it
// may have been sent before, as by an earlier run of the program.
func (b *Book) settle(ctx context.Context, id string, again bool) {
	pace := &backoff.ExponentialBackOff{
		InitialInterval: firstReplay, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: slowestRetry,
	}
	pace.Reset()
	for {
		wait, settled := b.attempt(ctx, id, again)
		if settled || ctx.Err() != nil {
			return
		}
		again = true
		select {
		case <-time.After(max(wait, pace.NextBackOff())):
		case <-ctx.Done():
			return
		}
	}
}

// attempt sends once, or looks into the order list where sending would not be safe.
func (b *Book) attempt(ctx context.Context, id string, again bool) (wait time.Duration, settled bool) {
	b.mu.Lock()
	p := *b.purchases[id]
	b.mu.Unlock()
	generation, err := b.opts.Provider.Generation(ctx)
	if err != nil {
		b.observe(err)
		return b.doubt(id, err, again)
	}
	if generation != p.Generation || p.Declined != nil || time.Since(*p.Intent.SentAt) > replayWindow {
		return b.lookUp(ctx, id, generation == p.Generation)
	}
	if again {
		p.LastSent = time.Now().UTC()
		b.mu.Lock()
		err := b.save(nil, &p)
		b.mu.Unlock()
		if err != nil {
			return slowestRetry, false
		}
	}
	bought, err := b.opts.Provider.BuyNumber(ctx, p.Generation, logspanel.Purchase{
		CountryID: logspanel.ID(p.Intent.CountryID), ServiceID: logspanel.ID(p.Intent.ServiceID),
		AreaCodes: p.Intent.AreaCodes, IdempotencyKey: p.Key,
	})
	b.observe(err)
	if err == nil {
		return b.bought(ctx, id, bought)
	}
	if ctx.Err() != nil {
		return 0, false
	}
	if again && logspanel.OutcomeOf(err) == logspanel.Refused {
		// A replay of what the provider took would have got the first answer. But the
		// first request may still be under way: the order list decides.
		p.Declined = sentence.Of(err)
		b.mu.Lock()
		err = b.save(nil, &p)
		b.mu.Unlock()
		if err != nil {
			return slowestRetry, false
		}
		return b.lookUp(ctx, id, true)
	}
	return b.doubt(id, err, again)
}

// doubt records that a send has failed: as a refusal where nothing can have been
// bought, as an unknown outcome where something may.
func (b *Book) doubt(id string, cause error, again bool) (wait time.Duration, settled bool) {
	outcome := logspanel.OutcomeOf(cause)
	certain := !again && (outcome == logspanel.Refused || outcome == logspanel.NotSent)
	b.mu.Lock()
	defer b.mu.Unlock()
	if certain {
		return b.refused(id, sentence.Of(cause))
	}
	wait = logspanel.RetryAfter(cause)
	b.unknown(id, wait, cause)
	return wait, false
}

func (b *Book) refused(id string, problem *protocol.Error) (wait time.Duration, settled bool) {
	p := *b.purchases[id]
	p.Intent.State, p.Intent.Problem, p.Intent.NextTry = protocol.IntentRefused, problem, nil
	if problem.Code == protocol.CodeBalance {
		said := *problem
		said.Price = &p.Intent.Price
		if b.now.Wallet != nil {
			said.Balance = &b.now.Wallet.Balance
		}
		p.Intent.Problem = &said
	}
	if b.save(nil, &p) != nil {
		return slowestRetry, false
	}
	b.release(id)
	return 0, true
}

func (b *Book) unknown(id string, wait time.Duration, cause error) {
	b.opts.Log.Warn("the outcome of a purchase is not known yet", "intent", id, "cause", cause)
	p := *b.purchases[id]
	next := time.Now().UTC().Add(max(wait, firstReplay))
	p.Intent.State, p.Intent.NextTry = protocol.IntentUnknown, &next
	p.Intent.Problem = (&protocol.Error{
		Code:    protocol.CodeUndecided,
		Message: "it is not known yet whether the number was bought",
		Next:    "the companion keeps asking the provider; nothing is bought twice",
	}).Because(cause)
	if b.save(nil, &p) == nil {
		b.release(id)
	}
}

// release lets those go on who wait for an outcome.
func (b *Book) release(id string) {
	if pursuit := b.pursuits[id]; pursuit != nil {
		close(pursuit)
		delete(b.pursuits, id)
	}
}

// bought records the provider's yes, order and purchase at once.
func (b *Book) bought(ctx context.Context, id string, answer logspanel.Bought) (wait time.Duration, settled bool) {
	b.mu.Lock()
	p := *b.purchases[id]
	ok := b.own(&p, answer.Order, answer.Replayed)
	if ok && !answer.Replayed && !answer.BalanceAfter.IsZero() {
		b.setWallet(protocol.Wallet{Balance: answer.BalanceAfter, At: time.Now().UTC()})
	}
	b.mu.Unlock()
	if !ok {
		return slowestRetry, false
	}
	if answer.Replayed || answer.BalanceAfter.IsZero() {
		b.refresh(ctx) // a replayed answer has the balance of then
	}
	b.plan()
	return 0, true
}

// own writes down the order that came of a purchase.
func (b *Book) own(p *purchase, o logspanel.NumberOrder, late bool) bool {
	start := time.Now().UTC()
	if late {
		start = *p.Intent.SentAt
	}
	life := o.TimeLeft
	if life <= 0 {
		life = defaultLife
	}
	r := &rental{Order: protocol.Order{
		ID: string(o.ID), State: protocol.OrderWaiting,
		CallingCode: p.Intent.CallingCode, ServiceID: p.Intent.ServiceID, ServiceName: p.Intent.ServiceName,
		CountryID: p.Intent.CountryID, CountryName: p.Intent.CountryName, CountryShort: p.Intent.CountryShort,
		Price: p.Intent.Price, Intent: p.Intent.ID, Client: p.Intent.Client,
		CreatedAt: start, Deadline: start.Add(life),
	}}
	if !o.Price.IsZero() {
		r.Order.Price = o.Price
	}
	if more, err := r.Order.Price.Cmp(p.Intent.Price); err != nil || more > 0 {
		r.Order.Problem = &protocol.Error{
			Code: protocol.CodePriceChanged, Price: &r.Order.Price, OldPrice: &p.Intent.Price,
			Message: "the provider charged more than the price that was shown",
			Next:    "cancel the number if that is too much: the money comes back",
		}
	}
	r.read(o)
	p.Intent.State, p.Intent.OrderID, p.Intent.Charged = protocol.IntentBought, r.Order.ID, r.Order.Price
	p.Intent.Problem, p.Intent.NextTry = nil, nil
	if b.save(r, p) != nil {
		return false
	}
	b.release(p.Intent.ID)
	return true
}

// lookUp finds out from the order list what became of a purchase. Listed orders
// carry no key, so they are matched by place, time and price, and only one clear
// match is one. sameKey says that the list is of the account that was asked to buy.
func (b *Book) lookUp(ctx context.Context, id string, sameKey bool) (wait time.Duration, settled bool) {
	listed, err := b.opts.Provider.NumberOrders(ctx)
	b.observe(err)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		wait = logspanel.RetryAfter(err)
		b.unknown(id, wait, err)
		return wait, false
	}
	b.mu.Lock()
	p := *b.purchases[id]
	match, possible := b.match(p, listed)
	done := false
	switch {
	case match != nil:
		done = b.own(&p, *match, true)
	case !possible && sameKey && time.Since(p.LastSent) > settleTime:
		problem := p.Declined
		if problem == nil {
			problem = &protocol.Error{
				Code:    protocol.CodeUnreachable,
				Message: "the provider's order list has no such number: nothing was bought",
				Next:    "try again",
			}
		}
		_, done = b.refused(id, problem)
	default:
		b.unknown(id, slowestRetry, nil)
	}
	b.mu.Unlock()
	if done {
		b.refresh(ctx)
		b.plan()
	}
	return slowestRetry + rand.N(slowestRetry), done
}

// match finds the one order that clearly came of a purchase, and tells whether any
// might have.
func (b *Book) match(p purchase, listed []logspanel.NumberOrder) (clear *logspanel.NumberOrder, possible bool) {
	within := func(at time.Time, slack time.Duration) bool {
		return at.After(p.Intent.SentAt.Add(-slack)) && at.Before(p.LastSent.Add(slack))
	}
	matches := 0
	for _, o := range listed {
		if _, taken := b.rentals[string(o.ID)]; taken || !isOf(o, p.Intent) {
			continue
		}
		if o.CreatedAt.IsZero() || within(o.CreatedAt, clockDoubt) {
			possible = true
		}
		if o.Price == p.Intent.Price && within(o.CreatedAt, clockSlack) {
			clear = &o
			matches++
		}
	}
	if matches != 1 {
		clear = nil
	}
	return clear, possible
}

func isOf(o logspanel.NumberOrder, i protocol.Intent) bool {
	return (o.ServiceID == "" || string(o.ServiceID) == i.ServiceID) &&
		(o.CountryID == "" || string(o.CountryID) == i.CountryID)
}
