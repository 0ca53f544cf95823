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
func (b *Book) Snapshot() protocol.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.snapshot()
}

// Subscribe gives the state now and the changes from there on, without a gap. The
// channel is closed by stop, and when the subscriber falls too far behind.
func (b *Book) Subscribe() (s protocol.Snapshot, changes <-chan protocol.Change, stop func()) {
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

func (b *Book) drop(c chan protocol.Change) {
	if _, there := b.listeners[c]; there {
		delete(b.listeners, c)
		close(c)
	}
}

func (b *Book) snapshot() protocol.Snapshot {
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
func (b *Book) newest() []protocol.Order {
	newestFirst := func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }
	orders, room := []protocol.Order{}, snapshotSize
	take := func(o protocol.Order) bool {
		if room -= weight(o); room < 0 {
			return false
		}
		orders = append(orders, o)
		return true
	}
	pending := make([]protocol.Order, 0, len(b.pending))
	for id := range b.pending {
		pending = append(pending, b.rentals[id].Order)
	}
	slices.SortFunc(pending, newestFirst)
	for _, o := range pending {
		if !take(o) {
			break
		}
	}
	closed := 0
	for _, id := range slices.Backward(b.history) {
		if _, is := b.pending[id]; is {
			continue
		}
		if closed++; closed > protocol.SnapshotClosed || !take(b.rentals[id].Order) {
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
func (b *Book) publish(c protocol.Change) {
	b.state.Seq++
	c.Seq = b.state.Seq
	for l := range b.listeners {
		select {
		case l <- c:
		default:
			b.drop(l)
		}
	}
}

// CatalogChanged tells the subscribers that more of the catalogue is there.
func (b *Book) CatalogChanged() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publish(protocol.Change{Catalog: true})
}

// SetNotifies says whether the person is told on the desktop when a code comes.
func (b *Book) SetNotifies(can bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Notifies != can {
		b.state.Notifies = can
		b.publish(protocol.Change{Notifies: &can})
	}
}
