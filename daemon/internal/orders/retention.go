package orders

import (
	"context"
	"errors"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	defaultRetention = 30 // days
	longestRetention = 3650
	day              = 24 * time.Hour
	// eraseEvery is short enough that a computer that sleeps for most of a day erases
	// daily, too.
	eraseEvery = 6 * time.Hour
	eraseRetry = time.Minute
	eraseBatch = 200 // orders in one transaction
)

// retention is for how many days texts are kept; 0 is for ever. What is erased does not
// come back, so a decision that was lost is taken for that.
func (s settings) retention() int {
	switch {
	case s.RetentionDays != nil:
		return *s.RetentionDays
	case s.Lost:
		return 0
	}
	return defaultRetention
}

// Retention is for how many days the codes and messages of finished orders are kept; 0 is
// for ever.
func (s *Service) Retention() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.settings.retention()
}

// SetRetention says for how many days the codes and messages of finished orders are kept;
// 0 is for ever.
func (s *Service) SetRetention(days int) error {
	if days < 0 || days > longestRetention {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "codes can be kept for 1 to 3650 days, or forever", Next: "enter a number of days, or never",
		}
	}
	if err := s.changeSettings(func(d *settings) { d.RetentionDays = &days }); err != nil {
		return err
	}
	s.erase.raise()
	return nil
}

// retain erases what is older than the person wants it kept, until ctx ends.
func (s *Service) retain(ctx context.Context) {
	for ctx.Err() == nil {
		wait := eraseEvery
		if err := s.eraseOld(); err != nil {
			wait = eraseRetry
			if !errors.Is(err, errNoTime) && !errors.Is(err, store.ErrBusy) {
				s.opts.Log.Warn("old codes could not be erased yet", "cause", err)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-s.erase:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// errNoTime says that it is not certain how late it is.
var errNoTime = errors.New("the provider has not said how late it is")

// eraseOld erases codes and messages whose time is over, and then what the journal's file
// still holds of them.
func (s *Service) eraseOld() error {
	for {
		more, err := s.eraseSome()
		if err != nil {
			return err
		}
		if !more {
			return s.opts.Journal.Scrub()
		}
	}
}

func (s *Service) eraseSome() (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, certain := s.state.eraseBefore()
	if !certain {
		return false, errNoTime
	}
	orders, bought := s.state.oldOrders(until), s.state.oldPurchases(until)
	if len(orders)+len(bought) == 0 {
		return false, nil
	}
	more = len(orders) == eraseBatch || len(bought) == eraseBatch
	err = s.opts.Journal.Update(func(tx *store.Tx) error {
		for _, r := range orders {
			if err := rentals.Put(tx, r.Order.ID, *r); err != nil {
				return err
			}
		}
		for _, p := range bought {
			if err := purchases.Put(tx, p.Intent.ID, *p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, s.state.writeFailed(err)
	}
	shown := map[string]bool{}
	for _, o := range s.state.newest() {
		shown[o.ID] = true
	}
	for _, p := range bought {
		s.state.putPurchase(p)
	}
	for _, r := range orders {
		s.state.putRental(r)
		if order := r.Order; shown[order.ID] {
			s.state.feed.publish(protocol.Change{Order: &order})
		}
	}
	return more, nil
}

// oldOrders are a batch of the orders that ended before a time, without their texts.
func (s *state) oldOrders(until time.Time) (old []*rental) {
	for _, known := range s.rentals {
		if known.busy || !hasText(known.Order) || !known.endedBefore(until) {
			continue
		}
		r := *known
		r.Order = erased(r.Order)
		if old = append(old, &r); len(old) == eraseBatch {
			break
		}
	}
	return old
}

// oldPurchases are a batch of the purchases that ended before a time, without what the
// provider said to refuse them.
func (s *state) oldPurchases(until time.Time) (old []*purchase) {
	for _, known := range s.purchases {
		if !known.Intent.Finished() || !known.Intent.ExpiresAt.Before(until) || !known.LastSent.Before(until) ||
			!quotes(known.Intent.Problem) && !quotes(known.Declined) {
			continue
		}
		p := *known
		p.Intent.Problem, p.Declined = p.Intent.Problem.WithoutDetail(), p.Declined.WithoutDetail()
		if old = append(old, &p); len(old) == eraseBatch {
			break
		}
	}
	return old
}

// eraseBefore is the time before which an order has to have ended for its texts to be
// erased. It rests on the earlier of two clocks, this computer's and the provider's: what
// is erased does not come back, and one clock alone may be wrong.
func (s *state) eraseBefore() (since time.Time, certain bool) {
	days := s.settings.retention()
	if days == 0 {
		return time.Time{}, true
	}
	if s.clock.providerTime == nil {
		return time.Time{}, false
	}
	now, known := s.clock.providerTime()
	if !known {
		return time.Time{}, false
	}
	if here := s.clock.now(); here.Before(now) {
		now = here
	}
	return now.UTC().Add(-time.Duration(days) * day), true
}

// endedBefore reports that an order is finished, and that all that happened to it was
// before a time.
func (r *rental) endedBefore(at time.Time) bool {
	if r.Order.Open() {
		return false
	}
	deadline := r.Order.Deadline
	if longest := r.Order.CreatedAt.Add(longestLife); deadline.After(longest) {
		deadline = longest // whatever the provider counted
	}
	moments := []time.Time{r.Order.CreatedAt, deadline, r.CancelledAt, r.RefundedAt}
	if r.Order.CodeAt != nil {
		moments = append(moments, *r.Order.CodeAt)
	}
	for _, moment := range moments {
		if !moment.Before(at) {
			return false
		}
	}
	return true
}

func hasText(o protocol.Order) bool {
	return o.Code != "" || o.Message != "" || o.Received != protocol.OneTimeCode{} || quotes(o.Problem)
}

// quotes reports whether a problem may hold the provider's words.
func quotes(problem *protocol.Error) bool {
	return problem != nil && problem.WithoutDetail().Message != problem.Message
}

// erased is an order without its code, its message and the provider's words about it. The
// number stays: it is what a person and the provider's support know an order by, and it
// opens nothing.
func erased(o protocol.Order) protocol.Order {
	o.Code, o.Message, o.Received, o.AskedBy, o.Erased = "", "", protocol.OneTimeCode{}, nil, true
	if o.Problem != nil && o.Problem.Code == protocol.CodeRefundFailed {
		o.Problem = refundMissing()
	}
	o.Problem = o.Problem.WithoutDetail()
	return o
}

// withoutExpiredText is an order as it may be sent, also one that the provider lists and that is
// not in the book.
func (s *state) withoutExpiredText(o protocol.Order) protocol.Order {
	until, certain := s.eraseBefore()
	if certain && hasText(o) && (&rental{Order: o}).endedBefore(until) {
		return erased(o)
	}
	return o
}
