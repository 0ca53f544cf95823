package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// minOrders is how many orders make a statistic.
	minOrders = 3
	// minWait is how long a cancelled number must have waited to count as not delivered. A
	// person who cancels sooner had another reason.
	minWait = 2 * time.Minute
	// maxListed limits how many of the account's orders are read at startup.
	maxListed = 500
)

// offerKey is a service in a country.
type offerKey struct{ country, service string }

// pastOrder is the result of one of the account's orders, wherever it was bought.
type pastOrder struct {
	id                  string
	offerKey            offerKey
	delivered, refunded bool
}

// deliveryCount sums up the orders of one offerKey.
type deliveryCount struct {
	orders, delivered int
	waits             []time.Duration
}

// loadPastOrders reads the account's newest orders for the delivery statistics.
func (s *Service) loadPastOrders(ctx context.Context) {
	if !s.awaitKey(ctx) {
		return
	}
	listed, err := s.opts.Provider.NumberOrders(ctx, maxListed)
	s.observe(err)
	if err != nil {
		if ctx.Err() == nil {
			s.opts.Log.Warn("reading the account's earlier orders failed", "cause", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.setListed(listed.Orders)
}

// setListed stores the account's orders as the provider listed them.
func (s *state) setListed(orders []logspanel.NumberOrder) {
	s.listedOrders, s.deliveries = make([]pastOrder, 0, len(orders)), nil
	for _, o := range orders {
		s.listedOrders = append(s.listedOrders, pastOrder{string(o.ID), offerKey{string(o.CountryID), string(o.ServiceID)}, o.Code != "", o.Refunded})
	}
}

// DeliveryStats returns how many of the account's orders for a service in a country got
// their code, and how fast; nil if there are too few orders.
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

// countDeliveries counts the orders bought here and those that the provider listed.
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
		case o.CodeReady && o.CodeAt != nil && r.boughtHere():
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

// median returns the median in whole seconds: at least 1, or 0 if there are no waits. It
// sorts waits.
func median(waits []time.Duration) int {
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return max(int(waits[len(waits)/2]/time.Second), 1)
}
