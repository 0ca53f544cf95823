package orders

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

const (
	snapshotOrders = 50 // the newest of those that are no longer open
	backlog        = 64 // changes that a subscriber may be behind
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
	s.Orders, s.Intents = []protocol.Order{}, []protocol.Intent{}
	closed, pending := 0, len(b.pending)
	for _, id := range slices.Backward(b.history) {
		if _, is := b.pending[id]; is {
			pending--
		} else if closed < snapshotOrders {
			closed++
		} else if pending > 0 {
			continue
		} else {
			break
		}
		s.Orders = append(s.Orders, b.rentals[id].Order)
	}
	for _, p := range b.undone {
		if p.unresolved() {
			s.Intents = append(s.Intents, p.Intent)
		}
	}
	slices.SortFunc(s.Intents, func(a, b protocol.Intent) int { return a.CreatedAt.Compare(b.CreatedAt) })
	s.Limits = b.limits(b.currency())
	return s
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
