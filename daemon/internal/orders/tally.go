package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	// tallyEnough is how many orders mean something.
	tallyEnough = 3
	// tallyWait is how long a number must have waited for its silence to mean something:
	// who cancels sooner had another reason.
	tallyWait = 2 * time.Minute
	// tallyOrders bounds what is read of the account's history at a start.
	tallyOrders = 500
)

// place is a service in a country.
type place struct{ country, service string }

// outcome is what became of an order that the account has, wherever it was bought. No
// more of it is kept.
type outcome struct {
	id                  string
	place               place
	delivered, refunded bool
}

// tally gathers what became of the orders of one place.
type tally struct {
	orders, delivered int
	waits             []time.Duration
}

// learn reads the account's newest orders, for what they tell of delivery.
func (b *Book) learn(ctx context.Context) {
	if !b.awaitKey(ctx) {
		return
	}
	listed, err := b.opts.Provider.NumberOrders(ctx, tallyOrders)
	b.observe(err)
	if err != nil {
		if ctx.Err() == nil {
			b.opts.Log.Warn("the account's earlier orders could not be read", "cause", err)
		}
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listed(listed.Orders)
}

// listed remembers the account's orders as they were listed.
func (b *Book) listed(orders []logspanel.NumberOrder) {
	b.elsewhere, b.tallies = make([]outcome, 0, len(orders)), nil
	for _, o := range orders {
		b.elsewhere = append(b.elsewhere, outcome{string(o.ID), place{string(o.CountryID), string(o.ServiceID)}, o.Code != "", o.Refunded})
	}
}

// Record is what became of the account's orders of a service in a country; nil while
// there are too few to mean something.
func (b *Book) Record(countryID, serviceID string) *protocol.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tallies == nil {
		b.tallies = b.count()
	}
	r, known := b.tallies[place{countryID, serviceID}]
	if !known {
		return nil
	}
	return &r
}

func (b *Book) count() map[place]protocol.Record {
	all := map[place]*tally{}
	add := func(p place, delivered bool, wait time.Duration) {
		t := all[p]
		if t == nil {
			t = &tally{}
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
	for _, r := range b.rentals {
		o := r.Order
		p := place{o.CountryID, o.ServiceID}
		switch {
		case o.CodeReady && o.CodeAt != nil && r.ours():
			add(p, true, o.CodeAt.Sub(o.CreatedAt))
		case o.CodeReady:
			add(p, true, 0)
		case !o.Open() && (r.CancelledAt.IsZero() || r.CancelledAt.Sub(o.CreatedAt) >= tallyWait):
			add(p, false, 0)
		}
	}
	for _, o := range b.elsewhere {
		if _, known := b.rentals[o.id]; !known && (o.delivered || o.refunded) {
			add(o.place, o.delivered, 0)
		}
	}
	records := map[place]protocol.Record{}
	for p, t := range all {
		if t.orders >= tallyEnough {
			records[p] = protocol.Record{Orders: t.orders, Delivered: t.delivered, Seconds: median(t.waits)}
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
