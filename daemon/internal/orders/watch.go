package orders

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	checkEvery  = 5 * time.Second // and at most twice that, as the provider asks
	slowCheck   = time.Minute     // of a refund that is late, or of an order that is lost
	refundSoon  = 2 * time.Minute // until a refund that is not there is spoken of
	refundEnd   = 24 * time.Hour  // until it is no longer waited for
	lostEnd     = time.Hour       // until an order that the provider doesn't know is given up
	longestLife = 24 * time.Hour  // of any number, whatever the provider counts
	stillness   = time.Minute     // without going down, until the provider's count counts no more
	lifeGrace   = 5 * time.Minute // that the provider's count may outlast what it began with
)

// watch is the one watcher of all open orders. While none is open, or the key can't
// be used, it calls nobody.
func (b *Book) watch(ctx context.Context, calls *sync.WaitGroup) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		case <-timer.C:
		}
		due, next, more := b.due()
		for _, id := range due {
			calls.Go(func() { b.check(ctx, id) })
		}
		timer.Stop()
		if more {
			timer.Reset(next)
		}
	}
}

// due takes the orders whose turn has come, and says in how long the next one's does.
func (b *Book) due() (due []string, next time.Duration, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.keyUsable() {
		return nil, 0, false
	}
	now := time.Now()
	for id := range b.open {
		r := b.rentals[id]
		if r.busy {
			continue
		}
		wait := r.next.Sub(now)
		if wait <= 0 {
			r.busy = true
			due = append(due, id)
		} else if !more || wait < next {
			next, more = wait, true
		}
	}
	return due, next, more
}

// plan makes the watcher look at its plan again.
func (b *Book) plan() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// check looks at one open order, and plans the next look.
func (b *Book) check(ctx context.Context, id string) {
	b.mu.Lock()
	r := *b.rentals[id]
	b.mu.Unlock()
	wait := b.untilCheck()
	var err error
	if r.Order.State == protocol.OrderCancelling && !r.CancelledAt.IsZero() {
		err = b.awaitRefund(ctx, id)
	} else {
		err = b.awaitCode(ctx, r)
	}
	if logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		b.lost(id)
	}
	b.observe(err)
	if err != nil {
		wait = max(wait, logspanel.RetryAfter(err))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.rentals[id]
	stuck := now.Order.State == protocol.OrderCancelling && now.Order.Problem != nil
	if stuck || !now.LostSince.IsZero() {
		wait = max(wait, slowCheck+rand.N(b.opts.CheckEvery))
	}
	now.busy = false
	now.next = time.Now().Add(wait)
	b.plan()
}

// untilCheck is how long an order is left alone.
func (b *Book) untilCheck() time.Duration { return b.opts.CheckEvery + rand.N(b.opts.CheckEvery) }

// awaitCode looks for a code, and gives the number back where its time is over or the
// person's cancelling has not reached the provider yet.
func (b *Book) awaitCode(ctx context.Context, r rental) error {
	state, left := r.Order.State, time.Duration(0)
	o, err := b.opts.Provider.CheckNumber(ctx, logspanel.ID(r.Order.ID))
	if err == nil {
		now, err := b.take(ctx, r.Order.ID, o)
		if err != nil {
			return err
		}
		state, left = now.State, o.TimeLeft
	} else if logspanel.OutcomeOf(err) != logspanel.Refused || logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		return err // otherwise the provider no longer looks at what has run out
	}
	switch {
	case state == protocol.OrderCancelling:
		err = b.giveUp(ctx, r.Order.ID)
		b.overdue(r.Order.ID)
	case state == protocol.OrderWaiting && b.late(r.Order.ID, left):
		err = b.expire(ctx, r)
	}
	return err
}

// late reports that a number's time is over: by the deadline kept from the purchase,
// unless the provider's count says that some is left. Then this computer's clock is what
// is wrong. The count is believed while it is seen to go down, and for no longer, by
// this process's own clock, than what it began with and a grace; never for a day.
func (b *Book) late(id string, left time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rentals[id]
	counts := r.Counts && left > 0 && time.Since(r.lastFell) < stillness &&
		time.Since(r.watchedSince) < r.Life+lifeGrace && b.earlierNow().Sub(r.Order.CreatedAt) < longestLife
	return b.now().After(r.Order.Deadline) && !counts
}

// expire gives back a number whose time is over, if it was bought here and the person
// did not say otherwise.
func (b *Book) expire(ctx context.Context, r rental) error {
	b.mu.Lock()
	kept := b.settings.KeepLate
	if r.ours() && !kept {
		b.mu.Unlock()
		return b.giveUp(ctx, r.Order.ID)
	}
	b.mu.Unlock()
	return b.end(r.Order.ID)
}

// end stops the watch of an order that got neither a code nor its money back.
func (b *Book) end(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	r.Order.State = protocol.OrderExpired
	return b.save(&r, nil)
}

// awaitRefund reads the order until the provider says that the money is back.
func (b *Book) awaitRefund(ctx context.Context, id string) error {
	o, err := b.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
	if err == nil {
		_, err = b.take(ctx, id, o)
	}
	b.overdue(id)
	return err
}

// overdue says aloud that a refund has not come, be it that the provider took the
// cancelling or that it did not, and in the end stops waiting for it.
func (b *Book) overdue(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	since := r.CancelledAt
	if since.IsZero() {
		since = r.Order.Deadline
	}
	waited := b.earlierNow().Sub(since)
	switch {
	case r.Order.State != protocol.OrderCancelling || waited < refundSoon:
		return
	case waited >= refundEnd:
		r.Order.State = protocol.OrderExpired
	case r.Order.Problem != nil:
		return
	}
	if r.Order.Problem == nil {
		r.Order.Problem = refundMissing()
	}
	_ = b.save(&r, nil) // the next look says it
}

func refundMissing() *protocol.Error {
	return &protocol.Error{
		Code: protocol.CodeRefundFailed, Message: "no code came, and the money is not back yet",
		Next: "the companion keeps looking; if it stays away, contact the provider with the order's number",
	}
}

// lost says that the provider does not know an order, as after a change to another
// account's key, and in the end stops asking for it. It stays listed.
func (b *Book) lost(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	now := b.earlierNow()
	switch {
	case r.LostSince.IsZero():
		r.LostSince = b.laterNow()
		r.Order.Problem = &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "the provider does not know this order under the present API key",
			Next: "set the key it was bought with, or contact the provider",
		}
	case now.After(r.Order.Deadline) && now.Sub(r.LostSince) >= lostEnd:
		r.Order.State = protocol.OrderExpired
	default:
		return
	}
	_ = b.save(&r, nil) // the next look says it
}

// take records what the provider says of an order, and reads the balance after a refund.
func (b *Book) take(ctx context.Context, id string, o logspanel.NumberOrder) (protocol.Order, error) {
	before, after, err := b.record(id, o)
	if err == nil && after.State == protocol.OrderRefunded && before.State != protocol.OrderRefunded {
		b.refresh(ctx)
	}
	return after, err
}

func (b *Book) record(id string, o logspanel.NumberOrder) (before, after protocol.Order, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rentals[id].noteTimeLeft(o.TimeLeft)
	r := *b.rentals[id]
	before = r.Order
	counted := r.Counts
	r.read(o, b.now())
	if same(before, r.Order) && counted == r.Counts {
		return before, before, nil
	}
	if err := b.save(&r, nil); err != nil {
		return before, before, err
	}
	return before, r.Order, nil
}

func same(a, b protocol.Order) bool {
	return a.State == b.State && a.Status == b.Status && a.Number == b.Number && a.Code == b.Code && a.Message == b.Message && a.Price == b.Price &&
		(a.Problem == nil) == (b.Problem == nil)
}
