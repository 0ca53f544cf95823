package catalog

import (
	"cmp"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// match is an offer that a search found, with what it is sorted by.
type match struct {
	offer      *protocol.Offer
	loadedAt   time.Time               // of its price
	preference int                     // lower is better
	stats      *protocol.DeliveryStats // set only where the search sorts by it
}

// compare orders offers in stock first, then preferred places, then by the chosen sort,
// price and names.
func compare(sort protocol.Sort, a, b match) int {
	x, y := a.offer, b.offer
	first := cmp.Or(
		cmp.Compare(min(y.Available, 1), min(x.Available, 1)),
		cmp.Compare(a.preference, b.preference),
	)
	switch sort {
	case protocol.SortStock:
		first = cmp.Or(first, cmp.Compare(y.Available, x.Available))
	case protocol.SortDelivery:
		first = cmp.Or(first, cmp.Compare(deliveryScore(b.stats), deliveryScore(a.stats)))
	}
	first = cmp.Or(first,
		cmp.Compare(x.Price.Currency, y.Price.Currency),
		cmp.Compare(x.Price.Minor, y.Price.Minor),
	)
	if first != 0 {
		return first
	}
	return cmp.Or(
		cmp.Compare(x.ServiceName, y.ServiceName),
		cmp.Compare(x.CountryName, y.CountryName),
		cmp.Compare(x.ServiceID, y.ServiceID),
	)
}

// deliveryScore estimates from earlier orders how likely a code is to arrive, in
// thousandths. The fewer the orders, the closer it is to 500; without any it is 0.
func deliveryScore(stats *protocol.DeliveryStats) int {
	if stats == nil {
		return 0
	}
	return 1000 * (stats.Delivered + 1) / (stats.Orders + 2)
}

// preferenceRank returns the index of the first place that covers an offer, or len(places).
func preferenceRank(places []protocol.Place, o protocol.Offer) int {
	for i, p := range places {
		if covers(p, o) {
			return i
		}
	}
	return len(places)
}
