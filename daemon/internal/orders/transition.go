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

// startCancelling notes the wish to cancel, before the provider is asked.
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

// cancelRefused ends a cancelling that the provider refused. Before its deadline the
// number goes on waiting for a code. After it, only the refund is left to wait for: it may
// still come, and until then the watcher asks for it again. A nil problem leaves the
// order's own.
func (r *rental) cancelRefused(problem *protocol.Error, now time.Time) bool {
	if r.Order.State != protocol.OrderCancelling {
		return false // a code has come meanwhile
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

// expire ends the watch of an order that got neither a code nor its money back.
func (r *rental) expire() bool {
	r.Order.State = protocol.OrderExpired
	return true
}

// isOver reports whether the number's time is over: by the deadline kept from the
// purchase, unless the provider's count, left, says that some remains. Then this computer's
// clock is wrong. The count is believed while it is seen to go down, and for no longer, by
// the monotonic clock, than what it began with and a grace; never for a day.
func (r *rental) isOver(left time.Duration, c *clock) bool {
	counts := r.Counts && left > 0 && time.Since(r.lastFell) < stillness &&
		time.Since(r.watchedSince) < r.Life+lifeGrace && c.earliestNow().Sub(r.Order.CreatedAt) < longestLife
	return c.now().After(r.Order.Deadline) && !counts
}

// noteOverdue notes that a refund has not come, whether or not the provider accepted the
// cancelling, and after refundEnd stops waiting for it.
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
		r.Order.Problem = refundMissing()
	}
	return true
}

// noteNotFound notes that the provider does not know the order, as after a change to
// another account's key, and after lostEnd stops asking for it. It stays listed.
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

// requestCode notes that a client waits for the person to hand the code over.
func (r *rental) requestCode(client string) bool {
	if slices.Contains(r.Order.AskedBy, client) || len(r.Order.AskedBy) >= maxAsking {
		return false
	}
	r.Order.AskedBy = append(slices.Clone(r.Order.AskedBy), client)
	return true
}
