package orders

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

const (
	backlog      = 64                      // changes that a subscriber may be behind
	snapshotSize = protocol.MaxMessage / 2 // bytes of the orders in a snapshot, at most
)

// Snapshot is the state now.
func (s *Service) Snapshot() protocol.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot()
}

// Subscribe gives the state now and the changes from there on, without a gap. The
// channel is closed by stop, and when the subscriber falls too far behind.
func (b *Service) Subscribe() (s protocol.Snapshot, changes <-chan protocol.Change, stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan protocol.Change, backlog)
	b.listeners[c] = struct{}{}
	return b.snapshot(), c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.drop(c)
	}
}

func (s *Service) drop(c chan protocol.Change) {
	if _, there := s.listeners[c]; there {
		delete(s.listeners, c)
		close(c)
	}
}

func (b *Service) snapshot() protocol.Snapshot {
	s := b.state
	s.Orders, s.Intents = b.newest(), []protocol.Intent{}
	for _, p := range b.undone {
		if p.unresolved() {
			s.Intents = append(s.Intents, p.Intent)
		}
	}
	slices.SortFunc(s.Intents, func(a, b protocol.Intent) int { return a.CreatedAt.Compare(b.CreatedAt) })
	s.Limits = b.limits(b.currency())
	return s
}

// newest are the pending orders and the newest of the others, newest first: as many of
// them as one message is sure to hold. All are on the list of orders.
func (s *Service) newest() []protocol.Order {
	newestFirst := func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }
	orders, room := []protocol.Order{}, snapshotSize
	take := func(o protocol.Order) bool {
		if room -= weight(o); room < 0 {
			return false
		}
		orders = append(orders, o)
		return true
	}
	pending := make([]protocol.Order, 0, len(s.pending))
	for id := range s.pending {
		pending = append(pending, s.rentals[id].Order)
	}
	slices.SortFunc(pending, newestFirst)
	for _, o := range pending {
		if !take(o) {
			break
		}
	}
	closed := 0
	for _, id := range slices.Backward(s.history) {
		if _, is := s.pending[id]; is {
			continue
		}
		if closed++; closed > protocol.MaxClosedOrders || !take(s.rentals[id].Order) {
			break
		}
	}
	slices.SortStableFunc(orders, newestFirst)
	return orders
}

// weight is at least what an order takes in a message: JSON writes a character with six
// bytes at most.
func weight(o protocol.Order) int {
	texts := len(o.Status) + len(o.Number) + len(o.ServiceName) + len(o.CountryName) + len(o.Code) + len(o.Message) +
		len(o.Received.Code) + len(o.Received.Written) + len(o.Received.Text) + len(o.Received.Site) + len(o.Received.Frame)
	if o.Problem != nil {
		texts += len(o.Problem.Message) + len(o.Problem.Next) + len(o.Problem.Provider)
	}
	return 2048 + 6*texts
}

// publish numbers a change and tells it to everyone.
func (s *Service) publish(c protocol.Change) {
	s.state.Seq++
	c.Seq = s.state.Seq
	for l := range s.listeners {
		select {
		case l <- c:
		default:
			s.drop(l)
		}
	}
}

// CatalogChanged tells the subscribers that more of the catalogue is there.
func (s *Service) CatalogChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(protocol.Change{Catalog: true})
}

// SetNotifies says whether the person is told on the desktop when a code comes.
func (s *Service) SetNotifies(can bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.ShowsNotifications != can {
		s.state.ShowsNotifications = can
		s.publish(protocol.Change{ShowsNotifications: &can})
	}
}
