// Package orders is the truth about numbers bought and money spent: purchases as a
// journaled state machine (buy.go, settle.go), the watch for codes (watch.go),
// cancelling and refunds (cancel.go) and the spending limits (limit.go).
//
// Nothing is told to anyone before it is in the journal.
package orders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	snapshotOrders = 50 // the newest of those that are no longer open
	backlog        = 64 // changes that a subscriber may be behind
)

// Options are what a Book is made of.
type Options struct {
	Provider  Provider
	Countries Countries
	Journal   *journal.Journal
	Host      string // of the provider's API
	Sandbox   bool
	Log       *slog.Logger
}

// Book holds the orders and intents of one journal. It is safe for concurrent use;
// Run makes it work.
type Book struct {
	opts Options
	wake chan struct{} // the watcher looks at its plan again

	mu        sync.Mutex
	now       protocol.Snapshot // all but Orders, Intents and Limits
	rentals   map[string]*rental
	history   []string // ids of rentals, oldest first
	purchases map[string]*purchase
	pursuits  map[string]chan struct{} // by intent: closed once there is an outcome or a doubt
	listeners map[chan protocol.Change]struct{}
	pursue    func(id string, again bool) // starts a pursuit; set while Run runs
}

// Open reads the journal's orders and intents.
func Open(opts Options) (*Book, error) {
	b := &Book{
		opts:      opts,
		wake:      make(chan struct{}, 1),
		rentals:   map[string]*rental{},
		purchases: map[string]*purchase{},
		pursuits:  map[string]chan struct{}{},
		listeners: map[chan protocol.Change]struct{}{},
	}
	b.now = protocol.Snapshot{
		Seq: 1, Host: opts.Host, Sandbox: opts.Sandbox, Journal: opts.Journal.ID(),
		Key:      protocol.Key{State: protocol.KeyUnchecked},
		Provider: protocol.Provider{Reachable: true, Since: time.Now().UTC()},
	}
	err := opts.Journal.View(func(tx *journal.Tx) error {
		stored, err := rentals.All(tx)
		if err != nil {
			return err
		}
		slices.SortStableFunc(stored, func(a, b rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
		for _, r := range stored {
			b.rentals[r.Order.ID] = &r
			b.history = append(b.history, r.Order.ID)
		}
		bought, err := purchases.All(tx)
		for _, p := range bought {
			b.purchases[p.Intent.ID] = &p
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the orders: %w", err)
	}
	return b, nil
}

// Run takes up what the journal left unfinished and watches the open orders, until
// ctx ends and no call is under way.
func (b *Book) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	b.mu.Lock()
	b.pursue = func(id string, again bool) { calls.Go(func() { b.settle(ctx, id, again) }) }
	for id, p := range b.purchases {
		if p.unresolved() {
			b.pursuits[id] = make(chan struct{})
			b.pursue(id, true)
		}
	}
	b.mu.Unlock()
	calls.Go(func() { b.refresh(ctx) })
	b.watch(ctx, &calls)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pursue = nil
	for id := range b.pursuits {
		b.release(id)
	}
}

func (b *Book) refresh(ctx context.Context) {
	if _, err := b.RefreshWallet(ctx); err != nil && ctx.Err() == nil {
		b.opts.Log.Warn("the balance could not be read", "cause", err)
	}
}

// KeyChanged is told when the API key was set, replaced or deleted.
func (b *Book) KeyChanged(ctx context.Context) {
	b.mu.Lock()
	b.now.Wallet = nil
	b.setKey(protocol.KeyUnchecked, "")
	b.plan()
	b.mu.Unlock()
	b.refresh(ctx)
}

// CatalogChanged tells the subscribers that more of the catalogue is there.
func (b *Book) CatalogChanged() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publish(protocol.Change{Catalog: true})
}

// RefreshWallet reads the balance.
func (b *Book) RefreshWallet(ctx context.Context) (protocol.Wallet, error) {
	balance, err := b.opts.Provider.Wallet(ctx)
	b.observe(err)
	if err != nil {
		return protocol.Wallet{}, sentence.Of(err)
	}
	wallet := protocol.Wallet{Balance: balance, At: time.Now().UTC()}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setWallet(wallet)
	return wallet, nil
}

func (b *Book) setWallet(w protocol.Wallet) {
	b.now.Wallet = &w
	limits := b.limits(w.Balance.Currency)
	b.publish(protocol.Change{Wallet: &w, Limits: &limits})
}

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
	s := b.now
	s.Orders, s.Intents = []protocol.Order{}, []protocol.Intent{}
	closed := 0
	for _, id := range slices.Backward(b.history) {
		o := b.rentals[id].Order
		if o.Open() {
			s.Orders = append(s.Orders, o)
		} else if closed < snapshotOrders {
			s.Orders = append(s.Orders, o)
			closed++
		}
	}
	for _, p := range b.purchases {
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
	b.now.Seq++
	c.Seq = b.now.Seq
	for l := range b.listeners {
		select {
		case l <- c:
		default:
			b.drop(l)
		}
	}
}

// save writes an order, or a purchase, or both, and then tells of them. What can't
// be written is not told, and leaves the book as it was.
func (b *Book) save(r *rental, p *purchase) error {
	err := b.opts.Journal.Update(func(tx *journal.Tx) error {
		var failed error
		if r != nil {
			failed = rentals.Put(tx, r.Order.ID, *r)
		}
		if p != nil {
			failed = errors.Join(failed, purchases.Put(tx, p.Intent.ID, *p))
		}
		return failed
	})
	if err != nil {
		b.opts.Log.Error("the journal can't be written", "cause", err)
		return (&protocol.Error{
			Code:    protocol.CodeJournal,
			Message: "the companion can't write its journal",
			Next:    "check that the disk has space, then try again",
		}).Because(err)
	}
	change := protocol.Change{}
	if r != nil {
		if _, known := b.rentals[r.Order.ID]; !known {
			b.history = append(b.history, r.Order.ID)
		}
		b.rentals[r.Order.ID] = r
		order := r.Order
		change.Order = &order
	}
	if p != nil {
		b.purchases[p.Intent.ID] = p
		intent := p.Intent
		change.Intent = &intent
	}
	limits := b.limits(b.currency())
	change.Limits = &limits
	b.publish(change)
	return nil
}

// observe learns from a call's error, or from its success, how things stand with
// the key and the provider.
func (b *Book) observe(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.setKey(protocol.KeyOK, "")
		b.setReachable(true, "")
		return
	}
	if refusal := (*logspanel.Error)(nil); errors.As(err, &refusal) {
		b.setReachable(true, "")
	}
	said := sentence.Of(err)
	switch said.Code {
	case protocol.CodeKeyMissing:
		b.setKey(protocol.KeyMissing, said.Message)
	case protocol.CodeKeyRefused:
		b.setKey(protocol.KeyRefused, said.Message)
	case protocol.CodeBlocked:
		b.setKey(protocol.KeyBlocked, said.Message)
	case protocol.CodeKeyring:
		b.setKey(protocol.KeyLocked, said.Message)
	case protocol.CodeUnreachable:
		b.setReachable(false, said.Message)
	}
}

func (b *Book) setKey(state protocol.KeyState, message string) {
	if b.now.Key.State == state {
		return
	}
	b.now.Key = protocol.Key{State: state, Message: message}
	key := b.now.Key
	b.publish(protocol.Change{Key: &key})
}

func (b *Book) setReachable(reachable bool, message string) {
	if b.now.Provider.Reachable == reachable {
		return
	}
	b.now.Provider = protocol.Provider{Reachable: reachable, Since: time.Now().UTC(), Message: message}
	provider := b.now.Provider
	b.publish(protocol.Change{Provider: &provider})
}

// usable reports that calls with the present key may succeed.
func (b *Book) usable() bool {
	return b.now.Key.State == protocol.KeyOK || b.now.Key.State == protocol.KeyUnchecked
}
