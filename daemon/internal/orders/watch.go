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
	// The provider asks for a check every 5 to 10 seconds.
	checkEvery  = 5 * time.Second
	checkJitter = 5 * time.Second
	slowCheck   = time.Minute     // of a refund that is late
	refundSoon  = 2 * time.Minute // until a refund that is not there is spoken of
	refundEnd   = 24 * time.Hour  // until it is no longer waited for
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
	if !b.usable() {
		return nil, 0, false
	}
	now := time.Now()
	for id, r := range b.rentals {
		if !r.Order.Open() || r.busy {
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
	order, since := b.rentals[id].Order, b.rentals[id].CancelledAt
	b.mu.Unlock()
	wait := checkEvery + rand.N(checkJitter)
	var err error
	if order.State == protocol.OrderCancelling {
		if time.Since(since) > refundSoon {
			wait = slowCheck + rand.N(checkJitter)
		}
		err = b.awaitRefund(ctx, order)
	} else {
		err = b.awaitCode(ctx, order)
	}
	b.observe(err)
	if err != nil {
		wait = max(wait, logspanel.RetryAfter(err))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rentals[id].busy = false
	b.rentals[id].next = time.Now().Add(wait)
	b.plan()
}

func (b *Book) awaitCode(ctx context.Context, order protocol.Order) error {
	late := time.Now().After(order.Deadline)
	o, err := b.opts.Provider.CheckNumber(ctx, logspanel.ID(order.ID))
	if err != nil {
		if late && logspanel.OutcomeOf(err) == logspanel.Refused {
			return b.expire(ctx, order) // the provider no longer looks at what has run out
		}
		return err
	}
	now, err := b.take(ctx, order.ID, o)
	if err == nil && late && now.State == protocol.OrderWaiting {
		return b.expire(ctx, order)
	}
	return err
}

// expire gives back a number whose time is over, if it was bought here.
func (b *Book) expire(ctx context.Context, order protocol.Order) error {
	if order.Intent != "" {
		return b.cancel(ctx, order.ID)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[order.ID]
	r.Order.State = protocol.OrderExpired
	return b.save(&r, nil)
}

// awaitRefund reads the order until the provider says that the money is back.
func (b *Book) awaitRefund(ctx context.Context, order protocol.Order) error {
	o, err := b.opts.Provider.NumberOrder(ctx, logspanel.ID(order.ID))
	if err == nil {
		_, err = b.take(ctx, order.ID, o)
	}
	b.late(order.ID)
	return err
}

// late says aloud that a refund has not come, and in the end stops waiting for it.
func (b *Book) late(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	waited := time.Since(r.CancelledAt)
	if r.Order.State != protocol.OrderCancelling || waited < refundSoon {
		return
	}
	if r.Order.Problem != nil && waited < refundEnd {
		return
	}
	if waited >= refundEnd {
		r.Order.State = protocol.OrderExpired
	}
	r.Order.Problem = refundMissing(r.Order.Problem)
	_ = b.save(&r, nil)
}

func refundMissing(known *protocol.Error) *protocol.Error {
	if known != nil {
		return known
	}
	return &protocol.Error{
		Code: protocol.CodeRefundFailed, Message: "the number was cancelled, and the money is not back yet",
		Next: "the companion keeps looking; if it stays away, contact the provider with the order's number",
	}
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
	r := *b.rentals[id]
	before = r.Order
	r.read(o)
	if same(before, r.Order) {
		return before, before, nil
	}
	if err := b.save(&r, nil); err != nil {
		return before, before, err
	}
	return before, r.Order, nil
}

func same(a, b protocol.Order) bool {
	return a.State == b.State && a.Status == b.Status && a.Number == b.Number && a.Code == b.Code && a.Message == b.Message
}
