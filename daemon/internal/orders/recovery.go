package orders

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// recovery is the progress of restoring the orders of a lost journal.
type recovery struct {
	protocol.Recovery
	Reading time.Time `json:"reading,omitzero"` // when the lost orders were first read from the provider
}

var recoveries = store.Table[recovery]{Name: "recovery"}

const recoveryKey = "journal"

// Recover records that an earlier journal was lost and this one is new. setAside names the
// file that holds the damaged journal; it is empty if there is none. Until Run has read the
// account's orders, nothing can be bought. Recover must be called before Run.
func (s *Service) Recover(setAside string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setRecoveryLocked(recovery{Recovery: protocol.Recovery{SetAside: setAside, At: s.clock.now()}})
}

// setRecoveryLocked journals and publishes the progress of the recovery.
func (s *Service) setRecoveryLocked(r recovery) error {
	err := s.opts.Journal.Update(func(tx *store.Tx) error { return recoveries.Put(tx, recoveryKey, r) })
	if err != nil {
		return s.state.writeFailed(err)
	}
	s.state.recovery, s.state.base.Recovery = r, r.Recovery
	limits := s.state.limits(s.state.currency())
	s.state.feed.publish(protocol.Change{Recovery: &r.Recovery, Limits: &limits})
	s.replan.raise()
	return nil
}

// runRecovery reads the account's orders into a new journal until it succeeds or ctx ends.
func (s *Service) runRecovery(ctx context.Context) {
	pauses := newBackOff()
	for s.inRecovery() && s.awaitKey(ctx) {
		listed, err := s.opts.Provider.NumberOrders(ctx, 0)
		s.observe(err)
		if err == nil {
			err = s.adopt(listed)
		}
		if err == nil {
			return
		}
		s.opts.Log.Warn("restoring the orders from the provider failed, trying again", "cause", err)
		select {
		case <-time.After(max(pauses.NextBackOff(), logspanel.RetryAfter(err))):
		case <-ctx.Done():
		}
	}
}

func (s *Service) inRecovery() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.base.Recovery.InProgress()
}

// errUnsure means that the spent amount is not known yet.
var errUnsure = errors.New("the provider's list of orders does not show for certain what was spent in the last 24 hours")

// adopt adds to the journal the listed orders that the daily limit may count, all of them as
// bought here: only the lost journal knew which ones were. It fails, and nothing can be
// bought, until the list shows them all with their prices, or until limitWindow has passed
// and the orders of the lost journal are too old to count.
func (s *Service) adopt(listed logspanel.OrderList) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sure, err := s.state.adopt(listed)
	if err != nil {
		return err
	}
	progress := s.state.recovery
	switch {
	case sure:
	case progress.Reading.IsZero(): // set now, after the provider's answer may have set the clock
		progress.Reading = s.clock.latestNow()
		return errors.Join(errUnsure, s.setRecoveryLocked(progress))
	case s.clock.earliestNow().Sub(progress.Reading) <= limitWindow:
		return errUnsure
	}
	progress.Done = true
	return s.setRecoveryLocked(progress)
}

// adopt adds the listed orders to the journal, and reports whether they certainly show what
// was spent.
func (s *state) adopt(listed logspanel.OrderList) (sure bool, err error) {
	since := s.clock.earliestNow().Add(-limitWindow - clockSlack)
	sure = listed.CoversSince(since)
	var found []*rental
	for _, o := range listed.Orders {
		if !o.CreatedAt.IsZero() && o.CreatedAt.Before(since) {
			continue
		}
		r := s.adoptedRental(o)
		if before, known := s.rentals[string(o.ID)]; known {
			if !before.Order.Price.IsZero() || o.Price.IsZero() {
				sure = sure && !before.Order.Price.IsZero()
				continue
			}
			priced := *before
			priced.Order.Price = o.Price
			r = &priced
		}
		sure = sure && !r.Order.Price.IsZero()
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b *rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
	s.setListed(listed.Orders)
	err = s.journal.Update(func(tx *store.Tx) error {
		for _, r := range found {
			if err := rentals.Put(tx, r.Order.ID, *r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, s.writeFailed(err)
	}
	for _, r := range found {
		s.putRental(r)
		order := r.shown()
		s.feed.publish(protocol.Change{Order: &order})
	}
	return sure, nil
}

// adoptedRental returns the rental for an order that only the provider knows about. It is
// watched for as long as a number can last, because its time left is not known.
func (s *state) adoptedRental(o logspanel.NumberOrder) *rental {
	r := &rental{Order: foreignOrder(o), Adopted: true, Life: o.TimeLeft}
	r.SpentAt = s.clock.latestNow()
	if r.Order.CreatedAt.IsZero() {
		r.Order.CreatedAt = s.clock.now()
	} else {
		r.SpentAt = earlierOf(r.Order.CreatedAt, r.SpentAt)
	}
	r.Order.Deadline = r.Order.CreatedAt.Add(min(max(o.TimeLeft, defaultLife), longestLife))
	if r.Order.State == protocol.OrderExpired {
		r.Order.State = protocol.OrderWaiting // there may still be a refund
	}
	r.read(o, s.clock.now())
	return r
}

func errRecovering() error {
	return &protocol.Error{
		Code:    protocol.CodeRecovering,
		Message: "the companion is reading its orders from the provider again: nothing was bought",
		Next:    "try again when that is done",
	}
}
