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
	checkEvery  = 5 * time.Second // shortest interval between checks; up to twice that, as the provider asks
	slowCheck   = time.Minute     // interval while a refund is late or the provider doesn't know the order
	refundSoon  = 2 * time.Minute // after this, a missing refund is reported
	refundEnd   = 24 * time.Hour  // after this, a missing refund is no longer waited for
	lostEnd     = time.Hour       // after this, an order that the provider doesn't know is no longer watched
	longestLife = 24 * time.Hour  // of any number, whatever the provider counts
	stallLimit  = time.Minute     // after this without change, the provider's countdown is ignored
	lifeGrace   = 5 * time.Minute // how much longer than its initial value the countdown is trusted
)

// watch checks all open orders when they are due, until ctx ends. It makes no calls while
// no order is open or the key can't be used.
func (s *Service) watch(ctx context.Context, calls *sync.WaitGroup) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.replan:
		case <-timer.C:
		}
		due, next, more := s.due()
		for _, id := range due {
			calls.Go(func() { s.check(ctx, id) })
		}
		timer.Stop()
		if more {
			timer.Reset(next)
		}
	}
}

// due marks the orders that are due as busy and returns them, with the time until the next
// one is due. more is false if there is no next one.
func (s *Service) due() (due []string, next time.Duration, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.health.keyUsable() {
		return nil, 0, false
	}
	now := time.Now()
	for id := range s.state.openOrders {
		r := s.state.rentals[id]
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

// check asks the provider about one open order, and schedules the next check.
func (s *Service) check(ctx context.Context, id string) {
	s.mu.Lock()
	r := *s.state.rentals[id]
	s.mu.Unlock()
	wait := jitter(s.opts.CheckEvery)
	var err error
	if r.Order.State == protocol.OrderCancelling && !r.CancelledAt.IsZero() {
		err = s.awaitRefund(ctx, id)
	} else {
		err = s.awaitCode(ctx, r)
	}
	if logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		_ = s.updateRental(id, func(r *rental) bool { return r.noteNotFound(s.clock) }) // the next check tries again
	}
	s.observe(err)
	if err != nil {
		wait = max(wait, logspanel.RetryAfter(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.state.rentals[id]
	stuck := now.Order.State == protocol.OrderCancelling && now.Order.Problem != nil
	if stuck || !now.LostSince.IsZero() {
		wait = max(wait, slowCheck+rand.N(s.opts.CheckEvery))
	}
	now.busy = false
	now.next = time.Now().Add(wait)
	s.replan.raise()
}

// awaitCode checks for a code. It cancels the number if its time has run out, or if the
// person cancelled it and the provider has not accepted that yet.
func (s *Service) awaitCode(ctx context.Context, r rental) error {
	state, left := r.Order.State, time.Duration(0)
	o, err := s.opts.Provider.CheckNumber(ctx, logspanel.ID(r.Order.ID))
	if err == nil {
		now, err := s.recordAnswer(ctx, r.Order.ID, o)
		if err != nil {
			return err
		}
		state, left = now.State, o.TimeLeft
	} else if logspanel.OutcomeOf(err) != logspanel.Refused || logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		return err // a plain refusal: the provider no longer checks an expired number
	}
	switch {
	case state == protocol.OrderCancelling:
		err = s.requestCancel(ctx, r.Order.ID)
		s.noteOverdue(r.Order.ID)
	case state == protocol.OrderWaiting && s.isOver(r.Order.ID, left):
		err = s.expire(ctx, r)
	}
	return err
}

func (s *Service) isOver(id string, left time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.rentals[id].isOver(left, s.clock)
}

// expire cancels a number whose time has run out, if it was bought here and the person did
// not choose to keep such numbers.
func (s *Service) expire(ctx context.Context, r rental) error {
	s.mu.Lock()
	keep := s.state.settings.KeepExpired
	s.mu.Unlock()
	if r.boughtHere() && !keep {
		return s.requestCancel(ctx, r.Order.ID)
	}
	return s.updateRental(r.Order.ID, (*rental).expire)
}

// noteOverdue records on an order that its refund is overdue, if it is.
func (s *Service) noteOverdue(id string) {
	_ = s.updateRental(id, func(r *rental) bool { return r.noteOverdue(s.clock.earliestNow()) }) // the next check tries again
}

// awaitRefund reads an order once to see whether its refund has arrived.
func (s *Service) awaitRefund(ctx context.Context, id string) error {
	o, err := s.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
	if err == nil {
		_, err = s.recordAnswer(ctx, id, o)
	}
	s.noteOverdue(id)
	return err
}

func errRefundMissing() *protocol.Error {
	return &protocol.Error{
		Code: protocol.CodeRefundFailed, Message: "no code arrived, and the refund isn't here yet",
		Next: "the companion keeps checking; if it doesn't arrive, contact the provider with the order number",
	}
}

// recordAnswer records the provider's answer about an order, and reads the balance if it was
// refunded.
func (s *Service) recordAnswer(ctx context.Context, id string, o logspanel.NumberOrder) (protocol.Order, error) {
	s.mu.Lock()
	before, after, err := s.state.applyAnswer(id, o)
	s.mu.Unlock()
	if err == nil && after.State == protocol.OrderRefunded && before.State != protocol.OrderRefunded {
		s.refresh(ctx)
	}
	return after, err
}

// applyAnswer saves the provider's answer about an order, if it changes anything.
func (s *state) applyAnswer(id string, o logspanel.NumberOrder) (before, after protocol.Order, err error) {
	s.rentals[id].noteTimeLeft(o.TimeLeft)
	r := *s.rentals[id]
	before = r.Order
	counted := r.Counts
	r.read(o, s.clock.now())
	if sameAnswer(before, r.Order) && counted == r.Counts {
		return before, before, nil
	}
	if err := s.save(&r, nil); err != nil {
		return before, before, err
	}
	return before, r.Order, nil
}

func sameAnswer(a, b protocol.Order) bool {
	return a.State == b.State && a.Status == b.Status && a.Number == b.Number && a.Code == b.Code && a.Message == b.Message && a.Price == b.Price &&
		(a.Problem == nil) == (b.Problem == nil)
}
