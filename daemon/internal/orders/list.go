package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// find returns an order from the journal. An order that was bought elsewhere, such as on the
// provider's site, is read from the provider and added to the journal.
func (s *Service) find(ctx context.Context, id string) (protocol.Order, error) {
	if o, known := s.known(id); known {
		return o, nil
	}
	o, err := s.opts.Provider.CheckNumber(ctx, logspanel.ID(id))
	s.observe(err)
	if err != nil {
		return protocol.Order{}, usererr.From(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, known := s.state.rentals[id]; known {
		return r.shown(), nil
	}
	found := &rental{Order: foreignOrder(o), Life: o.TimeLeft}
	return found.shown(), s.state.save(found, nil)
}

// known returns an order of the journal.
func (s *Service) known(id string) (order protocol.Order, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.state.rentals[id]
	if known {
		order = r.shown()
	}
	return order, known
}

// List reads all number orders of the account from the provider, newest first. Orders in
// the journal are returned from there, because it knows more about them.
func (s *Service) List(ctx context.Context) (protocol.OrderPage, error) {
	listed, err := s.opts.Provider.NumberOrders(ctx, 0)
	s.observe(err)
	if err != nil {
		return protocol.OrderPage{}, usererr.From(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.setListed(listed.Orders)
	page := protocol.OrderPage{Orders: []protocol.Order{}}
	for _, o := range listed.Orders {
		if r, known := s.state.rentals[string(o.ID)]; known {
			page.Orders = append(page.Orders, s.state.withoutExpiredText(r.shown()))
		} else {
			page.Orders = append(page.Orders, s.state.withoutExpiredText((&rental{Order: foreignOrder(o)}).shown()))
		}
	}
	slices.SortStableFunc(page.Orders, func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return page, nil
}

// foreignOrder converts an order that was not bought here. Its deadline is a guess, because the
// provider doesn't say whether its time left counts down.
func foreignOrder(o logspanel.NumberOrder) protocol.Order {
	r := rental{Order: protocol.Order{
		ID: string(o.ID), State: protocol.OrderWaiting,
		ServiceID: string(o.ServiceID), ServiceName: o.ServiceName,
		CountryID: string(o.CountryID), CountryName: o.CountryName,
		Price: o.Price, CreatedAt: o.CreatedAt, Deadline: o.CreatedAt.Add(min(max(o.TimeLeft, 0), defaultLife)),
	}}
	r.read(o, time.Now().UTC().Round(0))
	if r.Order.State == protocol.OrderWaiting && time.Now().After(r.Order.Deadline) {
		r.Order.State = protocol.OrderExpired
	}
	return r.Order
}
