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
	// eraseEvery is short, so that a computer that sleeps most of the day erases daily too.
	eraseEvery = 6 * time.Hour
	eraseRetry = time.Minute
	eraseBatch = 200 // orders in one transaction
)

// retention returns for how many days codes and messages are kept; 0 is forever. If the
// person's choice was lost it is 0, because nothing that is erased comes back.
func (s settings) retention() int {
	switch {
	case s.RetentionDays != nil:
		return *s.RetentionDays
	case s.Lost:
		return 0
	}
	return defaultRetention
}

// Retention returns for how many days the codes and messages of finished orders are kept;
// 0 is forever.
func (s *Service) Retention() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.settings.retention()
}

// SetRetention sets for how many days the codes and messages of finished orders are kept;
// 0 is forever. It fails outside of 0 to 3650.
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

// runEraser erases codes and messages that are older than the retention, until ctx ends.
func (s *Service) runEraser(ctx context.Context) {
	for ctx.Err() == nil {
		wait := eraseEvery
		if err := s.eraseOld(); err != nil {
			wait = eraseRetry
			if !errors.Is(err, errNoTime) && !errors.Is(err, store.ErrBusy) {
				s.opts.Log.Warn("erasing old codes failed, trying again", "cause", err)
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

// errNoTime means that the provider's time is not known yet.
var errNoTime = errors.New("the provider's time is not known yet")

// eraseOld erases expired codes and messages, and then scrubs their remains from the
// journal's file.
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

// eraseSome erases one batch, and reports whether there may be more.
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
		if order := r.shown(); shown[order.ID] {
			s.state.feed.publish(protocol.Change{Order: &order})
		}
	}
	return more, nil
}

// oldOrders returns up to eraseBatch copies of the orders that ended before until, with
// their texts erased.
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

// oldPurchases returns up to eraseBatch copies of the purchases that ended before until,
// without the provider's text about why it refused them.
func (s *state) oldPurchases(until time.Time) (old []*purchase) {
	for _, known := range s.purchases {
		if !known.Intent.Finished() || !known.Intent.ExpiresAt.Before(until) || !known.LastSent.Before(until) ||
			!hasProviderText(known.Intent.Problem) && !hasProviderText(known.Declined) {
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

// eraseBefore returns the time before which an order must have ended for its texts to be
// erased. It uses the earlier of this computer's clock and the provider's: erasing can't be
// undone, and one clock alone may be wrong. certain is false while the provider's time is
// not known.
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

// endedBefore reports whether an order is finished and everything that happened to it
// happened before at.
func (r *rental) endedBefore(at time.Time) bool {
	if r.Order.Open() {
		return false
	}
	deadline := r.Order.Deadline
	if longest := r.Order.CreatedAt.Add(longestLife); deadline.After(longest) {
		deadline = longest // whatever time the provider named
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
	return o.Code != "" || o.Message != "" || o.Received != protocol.OneTimeCode{} || hasProviderText(o.Problem)
}

// hasProviderText reports whether a problem may contain text from the provider.
func hasProviderText(problem *protocol.Error) bool {
	return problem != nil && problem.WithoutDetail().Message != problem.Message
}

// erased returns an order without its code, its message and the provider's text about it.
// The number stays: the person and the provider's support identify an order by it, and it
// is no secret.
func erased(o protocol.Order) protocol.Order {
	o.Code, o.Message, o.Received, o.AskedBy, o.Erased = "", "", protocol.OneTimeCode{}, nil, true
	if o.Problem != nil && o.Problem.Code == protocol.CodeRefundFailed {
		o.Problem = errRefundMissing()
	}
	o.Problem = o.Problem.WithoutDetail()
	return o
}

// withoutExpiredText returns an order as it may be shown: without its texts if they are too
// old. The order need not be in the journal.
func (s *state) withoutExpiredText(o protocol.Order) protocol.Order {
	until, certain := s.eraseBefore()
	if certain && hasText(o) && (&rental{Order: o}).endedBefore(until) {
		return erased(o)
	}
	return o
}
