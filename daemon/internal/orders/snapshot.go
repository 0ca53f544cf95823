package orders

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// snapshotSize is how many bytes the orders in a snapshot may take.
const snapshotSize = protocol.MaxMessage / 2

// Snapshot returns the current state. It has only the newest orders; List returns all.
func (s *Service) Snapshot() protocol.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.snapshot()
}

// Subscribe returns the current state and every change after it, without a gap. The channel
// is closed by stop, or when the subscriber falls too far behind.
func (s *Service) Subscribe() (snapshot protocol.Snapshot, changes <-chan protocol.Change, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.feed.subscribe()
	return s.state.snapshot(), c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.state.feed.unsubscribe(c)
	}
}

// CatalogChanged tells the subscribers that the catalog has grown.
func (s *Service) CatalogChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.feed.publish(protocol.Change{Catalog: true})
}

// SetNotifies sets whether the daemon shows a desktop notification when a code arrives.
func (s *Service) SetNotifies(can bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.base.ShowsNotifications != can {
		s.state.base.ShowsNotifications = can
		s.state.feed.publish(protocol.Change{ShowsNotifications: &can})
	}
}

func (s *state) snapshot() protocol.Snapshot {
	snapshot := s.base
	snapshot.Seq, snapshot.Key, snapshot.Provider = s.feed.seq, s.health.key, s.health.provider
	snapshot.Orders, snapshot.Intents = s.newest(), []protocol.Intent{}
	for _, p := range s.unfinished {
		if p.unresolved() {
			snapshot.Intents = append(snapshot.Intents, p.Intent)
		}
	}
	slices.SortFunc(snapshot.Intents, func(a, b protocol.Intent) int { return a.CreatedAt.Compare(b.CreatedAt) })
	snapshot.Limits = s.limits(s.currency())
	return snapshot
}

// newest returns the pending orders and the newest of the others, newest first: as many
// as fit into snapshotSize. List returns all.
func (s *state) newest() []protocol.Order {
	newestFirst := func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }
	orders, room := []protocol.Order{}, snapshotSize
	add := func(id string) bool {
		o := s.rentals[id].shown()
		if room -= maxEncodedSize(o); room < 0 {
			return false
		}
		orders = append(orders, o)
		return true
	}
	pending := make([]protocol.Order, 0, len(s.unsettled))
	for id := range s.unsettled {
		pending = append(pending, s.rentals[id].Order)
	}
	slices.SortFunc(pending, newestFirst)
	for _, o := range pending {
		if !add(o.ID) {
			break
		}
	}
	closed := 0
	for _, id := range slices.Backward(s.history) {
		if _, pending := s.unsettled[id]; pending {
			continue
		}
		if closed++; closed > protocol.MaxClosedOrders || !add(id) {
			break
		}
	}
	slices.SortStableFunc(orders, newestFirst)
	return orders
}

// maxEncodedSize returns an upper bound for the size of an order in a message, in bytes.
// JSON encodes a byte of text in six bytes at most.
func maxEncodedSize(o protocol.Order) int {
	texts := len(o.Status) + len(o.Number) + len(o.Phone.E164) + len(o.Phone.International) + len(o.Phone.National) + len(o.Phone.Digits) +
		len(o.ServiceName) + len(o.CountryName) + len(o.Code) + len(o.Message) +
		len(o.Received.Code) + len(o.Received.Written) + len(o.Received.Text) + len(o.Received.Site) + len(o.Received.Frame) + len(o.Received.Why)
	if o.Problem != nil {
		texts += len(o.Problem.Message) + len(o.Problem.Next) + len(o.Problem.Provider)
	}
	return 2048 + 6*texts
}
