package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

const (
	maxLimit = 200
	// refreshed is how many countries at the top of an answer have their prices looked
	// up again while those are good enough to show.
	refreshed = 20
)

// Search finds offers, those out of stock last. Each word of the query begins a word of
// the service's or the country's name, or of the country's short name.
//
// It waits for the provider only where one country is asked for of which nothing is
// known; what else is missing or stale is loaded behind the scenes, Loading says so,
// and changed is called as it comes.
func (c *Catalog) Search(ctx context.Context, search protocol.Search) (protocol.Offers, error) {
	countries, err := c.searched(ctx, search)
	if err != nil {
		return protocol.Offers{}, err
	}
	query := textnorm.Of(search.Query)
	loading := c.replenish(ctx, countries, query, shelf.shown)
	matches, failed := c.matches(countries, query, search)
	if failed != nil && !loading {
		return protocol.Offers{}, usererr.From(failed)
	}
	slices.SortFunc(matches, func(a, b match) int { return compare(search.Sort, a, b) })
	found := c.part(matches, search)
	found.Loading = c.replenish(ctx, top(found.Offers, countries), query, shelf.fresh) || loading
	return found, nil
}

// searched is the countries that a search is about. One that it names is loaded.
func (c *Catalog) searched(ctx context.Context, search protocol.Search) ([]protocol.Country, error) {
	known, err := c.Countries(ctx)
	if err != nil {
		return nil, err
	}
	countries := known.Countries
	if search.CountryID != "" {
		countries = slices.DeleteFunc(countries, func(country protocol.Country) bool { return country.ID != search.CountryID })
		if len(countries) == 0 {
			return nil, &protocol.Error{
				Code: protocol.CodeCatalogueStale, Message: "the provider does not list this country", Next: "choose another",
			}
		}
		if !c.shelf(countries[0]).shown() {
			if err := c.load(ctx, countries[0]); err != nil {
				return nil, usererr.From(err)
			}
		}
	}
	if len(search.Places) > 0 {
		countries = slices.DeleteFunc(countries, func(country protocol.Country) bool {
			return !slices.ContainsFunc(search.Places, func(p protocol.Place) bool { return p.CountryID == country.ID })
		})
	}
	return countries, nil
}

// matches are the offers of some countries that a search asks for. Failed is why there
// is no country to search in.
func (c *Catalog) matches(countries []protocol.Country, query textnorm.Query, search protocol.Search) (found []match, failed error) {
	loaded := false
	for _, country := range countries {
		s := c.shelf(country)
		if !s.shown() {
			failed = cmp.Or(failed, s.err)
			continue
		}
		loaded = true
		for i := range s.items {
			if item := &s.items[i]; item.matches(search.Service, query) && among(search.Places, item.offer) {
				m := match{offer: &item.offer, at: s.at, preferred: rank(search.Prefer, item.offer)}
				if search.Sort == protocol.SortDelivery {
					m.record = c.records(item.offer.CountryID, item.offer.ServiceID)
				}
				found = append(found, m)
			}
		}
	}
	if loaded {
		return found, nil
	}
	return nil, failed
}

// part is what a search wants to see of its matches.
func (c *Catalog) part(matches []match, search protocol.Search) protocol.Offers {
	found := protocol.Offers{Offers: []protocol.Offer{}, Total: len(matches), AsOf: time.Now().UTC()}
	found.Offset = min(max(search.Offset, 0), len(matches))
	for _, m := range matches[found.Offset:min(len(matches), found.Offset+min(max(search.Limit, 1), maxLimit))] {
		o := *m.offer
		o.Stats = c.records(o.CountryID, o.ServiceID)
		found.Offers = append(found.Offers, o)
		if m.at.Before(found.AsOf) {
			found.AsOf = m.at
		}
	}
	return found
}

// top is the countries of the first offers.
func top(offers []protocol.Offer, countries []protocol.Country) (first []protocol.Country) {
	named := map[string]bool{}
	for _, o := range offers {
		if len(named) == refreshed {
			break
		}
		named[o.CountryID] = true
	}
	for _, country := range countries {
		if named[country.ID] {
			first = append(first, country)
		}
	}
	return first
}

// match is an offer that is asked for, with the age of its price.
type match struct {
	offer     *protocol.Offer
	at        time.Time
	preferred int                     // the lower, the more
	record    *protocol.DeliveryStats // while it is sorted by
}

// among reports that an offer is at one of the places, or that there are none.
func among(places []protocol.Place, o protocol.Offer) bool {
	return len(places) == 0 || slices.ContainsFunc(places, func(p protocol.Place) bool { return covers(p, o) })
}

// rank is where the first place that covers an offer stands.
func rank(places []protocol.Place, o protocol.Offer) int {
	for i, p := range places {
		if covers(p, o) {
			return i
		}
	}
	return len(places)
}

func covers(p protocol.Place, o protocol.Offer) bool {
	return p.CountryID == o.CountryID && (p.ServiceID == "" || p.ServiceID == o.ServiceID)
}

func (c *Catalog) shelf(country protocol.Country) shelf {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shelves[country.ID]
}

func (i *item) matches(service string, query textnorm.Query) bool {
	return (service == "" || strings.EqualFold(i.offer.ServiceName, service)) && query.In(i.words)
}

func compare(sort protocol.Sort, a, b match) int {
	x, y := a.offer, b.offer
	first := cmp.Or(
		cmp.Compare(min(y.Available, 1), min(x.Available, 1)),
		cmp.Compare(a.preferred, b.preferred),
	)
	switch sort {
	case protocol.SortStock:
		first = cmp.Or(first, cmp.Compare(y.Available, x.Available))
	case protocol.SortDelivery:
		first = cmp.Or(first, cmp.Compare(promise(b.record), promise(a.record)))
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

// promise is how likely a code is to come, as far as earlier orders tell, in
// thousandths: few of them tell little, none nothing.
func promise(r *protocol.DeliveryStats) int {
	if r == nil {
		return 0
	}
	return 1000 * (r.Delivered + 1) / (r.Orders + 2)
}
