package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// tallyEnough is how many orders mean something.
	tallyEnough = 3
	// tallyWait is how long a number must have waited for its silence to mean something:
	// who cancels sooner had another reason.
	tallyWait = 2 * time.Minute
	// tallyOrders bounds what is read of the account's history at a start.
	tallyOrders = 500
)

// place is a service in a country.
type place struct{ country, service string }

// outcome is what became of an order that the account has, wherever it was bought. No
// more of it is kept.
type outcome struct {
	id                  string
	place               place
	delivered, refunded bool
}

// tally gathers what became of the orders of one place.
type tally struct {
	orders, delivered int
	waits             []time.Duration
}

// learn reads the account's newest orders, for what they tell of delivery.
func (s *Service) learn(ctx context.Context) {
	if !s.awaitKey(ctx) {
		return
	}
	listed, err := s.opts.Provider.NumberOrders(ctx, tallyOrders)
	s.observe(err)
	if err != nil {
		if ctx.Err() == nil {
			s.opts.Log.Warn("the account's earlier orders could not be read", "cause", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed(listed.Orders)
}

// listed remembers the account's orders as they were listed.
func (s *Service) listed(orders []logspanel.NumberOrder) {
	s.elsewhere, s.tallies = make([]outcome, 0, len(orders)), nil
	for _, o := range orders {
		s.elsewhere = append(s.elsewhere, outcome{string(o.ID), place{string(o.CountryID), string(o.ServiceID)}, o.Code != "", o.Refunded})
	}
}

// DeliveryStats is what became of the account's orders of a service in a country; nil while
// there are too few to mean something.
func (s *Service) DeliveryStats(countryID, serviceID string) *protocol.DeliveryStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tallies == nil {
		s.tallies = s.count()
	}
	r, known := s.tallies[place{countryID, serviceID}]
	if !known {
		return nil
	}
	return &r
}

func (s *Service) count() map[place]protocol.DeliveryStats {
	all := map[place]*tally{}
	add := func(p place, delivered bool, wait time.Duration) {
		t := all[p]
		if t == nil {
			t = &tally{}
			all[p] = t
		}
		t.orders++
		if delivered {
			t.delivered++
		}
		if wait > 0 {
			t.waits = append(t.waits, wait)
		}
	}
	for _, r := range s.rentals {
		o := r.Order
		p := place{o.CountryID, o.ServiceID}
		switch {
		case o.CodeReady && o.CodeAt != nil && r.ours():
			add(p, true, o.CodeAt.Sub(o.CreatedAt))
		case o.CodeReady:
			add(p, true, 0)
		case !o.Open() && (r.CancelledAt.IsZero() || r.CancelledAt.Sub(o.CreatedAt) >= tallyWait):
			add(p, false, 0)
		}
	}
	for _, o := range s.elsewhere {
		if _, known := s.rentals[o.id]; !known && (o.delivered || o.refunded) {
			add(o.place, o.delivered, 0)
		}
	}
	records := map[place]protocol.DeliveryStats{}
	for p, t := range all {
		if t.orders >= tallyEnough {
			records[p] = protocol.DeliveryStats{Orders: t.orders, Delivered: t.delivered, Seconds: median(t.waits)}
		}
	}
	return records
}

// median is in whole seconds, at least one where anything was waited for.
func median(waits []time.Duration) int {
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return max(int(waits[len(waits)/2]/time.Second), 1)
}
