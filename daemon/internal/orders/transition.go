package orders

import (
	"slices"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// The methods below change a rental in memory and report whether they did. They decide
// from the rental and the clock alone; updateRental saves the result.

// updateRental applies change to a copy of an order and saves the copy if change reports
// true.
func (s *Service) updateRental(id string, change func(*rental) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := *s.state.rentals[id]
	if !change(&r) {
		return nil
	}
	return s.state.save(&r, nil)
}

// startCancelling records that the order is to be cancelled, before the provider is asked.
func (r *rental) startCancelling() bool {
	if r.Order.State == protocol.OrderCancelling {
		return false
	}
	r.Expired = r.Order.State == protocol.OrderExpired
	r.Order.State, r.Order.Problem = protocol.OrderCancelling, nil
	return true
}

// cancelAccepted begins the wait for the refund.
func (r *rental) cancelAccepted(at time.Time) bool {
	if r.Order.State != protocol.OrderCancelling || !r.CancelledAt.IsZero() {
		return false
	}
	r.CancelledAt, r.Order.Problem = at, nil
	return true
}

// cancelRefused handles a cancellation that the provider refused. Before its deadline the
// number goes back to waiting for a code. After it, only the refund is left to wait for, and
// the watcher keeps asking. If problem is nil, the order keeps its present one.
func (r *rental) cancelRefused(problem *protocol.Error, now time.Time) bool {
	if r.Order.State != protocol.OrderCancelling {
		return false // a code has arrived meanwhile
	}
	if problem != nil {
		r.Order.Problem = problem
	}
	switch {
	case !r.CancelledAt.IsZero():
	case r.Expired:
		r.Order.State = protocol.OrderExpired
	case now.After(r.Order.Deadline):
	default:
		r.Order.State = protocol.OrderWaiting
	}
	return true
}

// expire stops watching an order that got neither a code nor a refund.
func (r *rental) expire() bool {
	r.Order.State = protocol.OrderExpired
	return true
}

// isOver reports whether the number's time has run out. It has when the deadline from the
// purchase has passed, unless the provider's countdown, left, shows time remaining: then
// this computer's clock is wrong. The countdown is trusted only while it goes down, for its
// initial value plus lifeGrace by the monotonic clock, and for less than longestLife.
func (r *rental) isOver(left time.Duration, c *clock) bool {
	counts := r.Counts && left > 0 && time.Since(r.lastFell) < stallLimit &&
		time.Since(r.watchedSince) < r.Life+lifeGrace && c.earliestNow().Sub(r.Order.CreatedAt) < longestLife
	return c.now().After(r.Order.Deadline) && !counts
}

// noteOverdue records that a refund is overdue, whether or not the provider accepted the
// cancellation. After refundEnd it stops waiting for it.
func (r *rental) noteOverdue(now time.Time) bool {
	since := r.CancelledAt
	if since.IsZero() {
		since = r.Order.Deadline
	}
	waited := now.Sub(since)
	switch {
	case r.Order.State != protocol.OrderCancelling || waited < refundSoon:
		return false
	case waited >= refundEnd:
		r.Order.State = protocol.OrderExpired
	case r.Order.Problem != nil:
		return false
	}
	if r.Order.Problem == nil {
		r.Order.Problem = errRefundMissing()
	}
	return true
}

// noteNotFound records that the provider doesn't know the order, for example because the
// key of another account is set. After lostEnd it stops asking. The order stays listed.
func (r *rental) noteNotFound(c *clock) bool {
	now := c.earliestNow()
	switch {
	case r.LostSince.IsZero():
		r.LostSince = c.latestNow()
		r.Order.Problem = &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "the provider doesn't know this order under the current API key",
			Next: "set the key it was bought with, or contact the provider",
		}
	case now.After(r.Order.Deadline) && now.Sub(r.LostSince) >= lostEnd:
		r.Order.State = protocol.OrderExpired
	default:
		return false
	}
	return true
}

// requestCode records that a client waits for the person to hand over the code.
func (r *rental) requestCode(client string) bool {
	if slices.Contains(r.Order.AskedBy, client) || len(r.Order.AskedBy) >= maxAsking {
		return false
	}
	r.Order.AskedBy = append(slices.Clone(r.Order.AskedBy), client)
	return true
}
