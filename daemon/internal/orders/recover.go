package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// Recover says that the journal was damaged and is now in the file setAside, and that
// this one is new. Nothing can be bought until the account's orders have been read. It
// is called before Run.
func (b *Book) Recover(setAside string) error {
	return b.change(func(s *settings) { s.Recovery = protocol.Recovery{SetAside: setAside, At: b.now()} })
}

// recover reads the account's orders into a journal that has lost its own.
func (b *Book) recover(ctx context.Context) {
	pauses := pauses()
	for b.recovering() && b.awaitKey(ctx) {
		listed, err := b.opts.Provider.NumberOrders(ctx, 0)
		b.observe(err)
		if err == nil {
			err = b.adopt(listed)
		}
		if err == nil {
			return
		}
		b.opts.Log.Warn("the orders could not be read from the provider yet", "cause", err)
		select {
		case <-time.After(max(pauses.NextBackOff(), logspanel.RetryAfter(err))):
		case <-ctx.Done():
		}
	}
}

func (b *Book) recovering() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settings.Recovery.Pending()
}

// adopt takes up the orders that are open or that the day's limit counts, all of them
// as bought here: which ones were, only the lost journal knew.
func (b *Book) adopt(listed []logspanel.NumberOrder) error {
	if err := b.takeUp(listed); err != nil {
		return err
	}
	return b.change(func(s *settings) { s.Recovery.Done = true })
}

func (b *Book) takeUp(listed []logspanel.NumberOrder) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := b.now().Add(-limitWindow)
	var found []*rental
	for _, o := range listed {
		if _, known := b.rentals[string(o.ID)]; known || !o.CreatedAt.IsZero() && o.CreatedAt.Before(since) {
			continue
		}
		found = append(found, b.adopted(o))
	}
	slices.SortStableFunc(found, func(a, b *rental) int { return a.Order.CreatedAt.Compare(b.Order.CreatedAt) })
	b.listed(listed)
	err := b.opts.Journal.Update(func(tx *journal.Tx) error {
		for _, r := range found {
			if err := rentals.Put(tx, r.Order.ID, *r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return b.unwritten(err)
	}
	for _, r := range found {
		b.keep(r)
		order := r.Order
		b.publish(protocol.Change{Order: &order})
	}
	return nil
}

// adopted is an order of which only the provider's word is left. It is watched for as
// long as a number can last, since what is left of its time is not known.
func (b *Book) adopted(o logspanel.NumberOrder) *rental {
	r := &rental{Order: foreign(o), Adopted: true, Life: o.TimeLeft}
	if r.Order.CreatedAt.IsZero() {
		r.Order.CreatedAt = b.now()
	}
	r.Order.Deadline = r.Order.CreatedAt.Add(max(o.TimeLeft, defaultLife))
	if r.Order.State == protocol.OrderExpired {
		r.Order.State = protocol.OrderWaiting // for its money, if for nothing else
	}
	r.read(o, b.now())
	return r
}

func recovering() error {
	return &protocol.Error{
		Code:    protocol.CodeRecovering,
		Message: "the companion's journal was damaged, and its orders are being read from the provider again: nothing was bought",
		Next:    "try again when that is done",
	}
}
