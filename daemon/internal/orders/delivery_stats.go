package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// minOrders is how many orders mean something.
	minOrders = 3
	// minWait is how long a number must have waited for its silence to mean something:
	// who cancels sooner had another reason.
	minWait = 2 * time.Minute
	// maxListed bounds what is read of the account's history at a start.
	maxListed = 500
)

// offerKey is a service in a country.
type offerKey struct{ country, service string }

// pastOrder is what became of an order that the account has, wherever it was bought. No
// more of it is kept.
type pastOrder struct {
	id                  string
	offerKey            offerKey
	delivered, refunded bool
}

// deliveryCount gathers what became of the orders of one offerKey.
type deliveryCount struct {
	orders, delivered int
	waits             []time.Duration
}

// learn reads the account's newest orders, for what they tell of delivery.
func (s *Service) learn(ctx context.Context) {
	if !s.awaitKey(ctx) {
		return
	}
	listed, err := s.opts.Provider.NumberOrders(ctx, maxListed)
	s.observe(err)
	if err != nil {
		if ctx.Err() == nil {
			s.opts.Log.Warn("the account's earlier orders could not be read", "cause", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.setListed(listed.Orders)
}

// setListed remembers the account's orders as they were listed.
func (s *state) setListed(orders []logspanel.NumberOrder) {
	s.listedOrders, s.deliveries = make([]pastOrder, 0, len(orders)), nil
	for _, o := range orders {
		s.listedOrders = append(s.listedOrders, pastOrder{string(o.ID), offerKey{string(o.CountryID), string(o.ServiceID)}, o.Code != "", o.Refunded})
	}
}

// DeliveryStats is what became of the account's orders of a service in a country; nil while
// there are too few to mean something.
func (s *Service) DeliveryStats(countryID, serviceID string) *protocol.DeliveryStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.deliveries == nil {
		s.state.deliveries = s.state.countDeliveries()
	}
	r, known := s.state.deliveries[offerKey{countryID, serviceID}]
	if !known {
		return nil
	}
	return &r
}

func (s *state) countDeliveries() map[offerKey]protocol.DeliveryStats {
	all := map[offerKey]*deliveryCount{}
	add := func(p offerKey, delivered bool, wait time.Duration) {
		t := all[p]
		if t == nil {
			t = &deliveryCount{}
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
		p := offerKey{o.CountryID, o.ServiceID}
		switch {
		case o.CodeReady && o.CodeAt != nil && r.ours():
			add(p, true, o.CodeAt.Sub(o.CreatedAt))
		case o.CodeReady:
			add(p, true, 0)
		case !o.Open() && (r.CancelledAt.IsZero() || r.CancelledAt.Sub(o.CreatedAt) >= minWait):
			add(p, false, 0)
		}
	}
	for _, o := range s.listedOrders {
		if _, known := s.rentals[o.id]; !known && (o.delivered || o.refunded) {
			add(o.offerKey, o.delivered, 0)
		}
	}
	records := map[offerKey]protocol.DeliveryStats{}
	for p, t := range all {
		if t.orders >= minOrders {
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
