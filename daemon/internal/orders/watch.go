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
func (s *Service) watch(ctx context.Context, calls *sync.WaitGroup) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
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

// due takes the orders whose turn has come, and says in how long the next one's does.
func (s *Service) due() (due []string, next time.Duration, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.keyUsable() {
		return nil, 0, false
	}
	now := time.Now()
	for id := range s.open {
		r := s.rentals[id]
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
func (s *Service) plan() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// check looks at one open order, and plans the next look.
func (s *Service) check(ctx context.Context, id string) {
	s.mu.Lock()
	r := *s.rentals[id]
	s.mu.Unlock()
	wait := s.untilCheck()
	var err error
	if r.Order.State == protocol.OrderCancelling && !r.CancelledAt.IsZero() {
		err = s.awaitRefund(ctx, id)
	} else {
		err = s.awaitCode(ctx, r)
	}
	if logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		s.lost(id)
	}
	s.observe(err)
	if err != nil {
		wait = max(wait, logspanel.RetryAfter(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.rentals[id]
	stuck := now.Order.State == protocol.OrderCancelling && now.Order.Problem != nil
	if stuck || !now.LostSince.IsZero() {
		wait = max(wait, slowCheck+rand.N(s.opts.CheckEvery))
	}
	now.busy = false
	now.next = time.Now().Add(wait)
	s.plan()
}

// untilCheck is how long an order is left alone.
func (s *Service) untilCheck() time.Duration { return s.opts.CheckEvery + rand.N(s.opts.CheckEvery) }

// awaitCode looks for a code, and gives the number back where its time is over or the
// person's cancelling has not reached the provider yet.
func (s *Service) awaitCode(ctx context.Context, r rental) error {
	state, left := r.Order.State, time.Duration(0)
	o, err := s.opts.Provider.CheckNumber(ctx, logspanel.ID(r.Order.ID))
	if err == nil {
		now, err := s.take(ctx, r.Order.ID, o)
		if err != nil {
			return err
		}
		state, left = now.State, o.TimeLeft
	} else if logspanel.OutcomeOf(err) != logspanel.Refused || logspanel.CodeOf(err) == logspanel.CodeNumberOrderNotFound {
		return err // otherwise the provider no longer looks at what has run out
	}
	switch {
	case state == protocol.OrderCancelling:
		err = s.giveUp(ctx, r.Order.ID)
		s.overdue(r.Order.ID)
	case state == protocol.OrderWaiting && s.late(r.Order.ID, left):
		err = s.expire(ctx, r)
	}
	return err
}

// late reports that a number's time is over: by the deadline kept from the purchase,
// unless the provider's count says that some is left. Then this computer's clock is what
// is wrong. The count is believed while it is seen to go down, and for no longer, by
// this process's own clock, than what it began with and a grace; never for a day.
func (s *Service) late(id string, left time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rentals[id]
	counts := r.Counts && left > 0 && time.Since(r.lastFell) < stillness &&
		time.Since(r.watchedSince) < r.Life+lifeGrace && s.clock.earliestNow().Sub(r.Order.CreatedAt) < longestLife
	return s.clock.now().After(r.Order.Deadline) && !counts
}

// expire gives back a number whose time is over, if it was bought here and the person
// did not say otherwise.
func (s *Service) expire(ctx context.Context, r rental) error {
	s.mu.Lock()
	kept := s.settings.KeepExpired
	if r.ours() && !kept {
		s.mu.Unlock()
		return s.giveUp(ctx, r.Order.ID)
	}
	s.mu.Unlock()
	return s.end(r.Order.ID)
}

// end stops the watch of an order that got neither a code nor its money back.
func (s *Service) end(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := *s.rentals[id]
	r.Order.State = protocol.OrderExpired
	return s.save(&r, nil)
}

// awaitRefund reads the order until the provider says that the money is back.
func (s *Service) awaitRefund(ctx context.Context, id string) error {
	o, err := s.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
	if err == nil {
		_, err = s.take(ctx, id, o)
	}
	s.overdue(id)
	return err
}

// overdue says aloud that a refund has not come, be it that the provider took the
// cancelling or that it did not, and in the end stops waiting for it.
func (s *Service) overdue(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := *s.rentals[id]
	since := r.CancelledAt
	if since.IsZero() {
		since = r.Order.Deadline
	}
	waited := s.clock.earliestNow().Sub(since)
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
	_ = s.save(&r, nil) // the next look says it
}

func refundMissing() *protocol.Error {
	return &protocol.Error{
		Code: protocol.CodeRefundFailed, Message: "no code arrived, and the refund isn't here yet",
		Next: "the companion keeps checking; if it doesn't arrive, contact the provider with the order number",
	}
}

// lost says that the provider does not know an order, as after a change to another
// account's key, and in the end stops asking for it. It stays listed.
func (s *Service) lost(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := *s.rentals[id]
	now := s.clock.earliestNow()
	switch {
	case r.LostSince.IsZero():
		r.LostSince = s.clock.latestNow()
		r.Order.Problem = &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "the provider doesn't know this order under the current API key",
			Next: "set the key it was bought with, or contact the provider",
		}
	case now.After(r.Order.Deadline) && now.Sub(r.LostSince) >= lostEnd:
		r.Order.State = protocol.OrderExpired
	default:
		return
	}
	_ = s.save(&r, nil) // the next look says it
}

// take records what the provider says of an order, and reads the balance after a refund.
func (s *Service) take(ctx context.Context, id string, o logspanel.NumberOrder) (protocol.Order, error) {
	before, after, err := s.record(id, o)
	if err == nil && after.State == protocol.OrderRefunded && before.State != protocol.OrderRefunded {
		s.refresh(ctx)
	}
	return after, err
}

func (s *Service) record(id string, o logspanel.NumberOrder) (before, after protocol.Order, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rentals[id].noteTimeLeft(o.TimeLeft)
	r := *s.rentals[id]
	before = r.Order
	counted := r.Counts
	r.read(o, s.clock.now())
	if same(before, r.Order) && counted == r.Counts {
		return before, before, nil
	}
	if err := s.save(&r, nil); err != nil {
		return before, before, err
	}
	return before, r.Order, nil
}

func same(a, b protocol.Order) bool {
	return a.State == b.State && a.Status == b.Status && a.Number == b.Number && a.Code == b.Code && a.Message == b.Message && a.Price == b.Price &&
		(a.Problem == nil) == (b.Problem == nil)
}
