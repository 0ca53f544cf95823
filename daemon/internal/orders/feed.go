package orders

import "github.com/logspanel/companion/shared/protocol"

const backlog = 64 // how many changes a subscriber may be behind

// feed numbers changes and sends them to its subscribers.
type feed struct {
	seq         uint64 // the number of the last change
	subscribers map[chan protocol.Change]struct{}
}

func newFeed() feed { return feed{seq: 1, subscribers: map[chan protocol.Change]struct{}{}} }

func (f *feed) subscribe() chan protocol.Change {
	c := make(chan protocol.Change, backlog)
	f.subscribers[c] = struct{}{}
	return c
}

// unsubscribe closes c unless it is already closed.
func (f *feed) unsubscribe(c chan protocol.Change) {
	if _, subscribed := f.subscribers[c]; subscribed {
		delete(f.subscribers, c)
		close(c)
	}
}

// publish numbers a change and sends it. It never blocks: a subscriber that is too far
// behind loses its subscription.
func (f *feed) publish(change protocol.Change) {
	f.seq++
	change.Seq = f.seq
	for c := range f.subscribers {
		select {
		case c <- change:
		default:
			f.unsubscribe(c)
		}
	}
}
