package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

const maxLimit = 200

// Search finds offers, the cheapest in stock first, those out of stock last. Each
// word of the query begins a word of the service's or the country's name, or of the
// country's short name.
//
// It waits for the provider only where one country is asked for of which nothing is
// known; what else is missing or stale is loaded behind the scenes, Loading says so,
// and changed is called as it comes.
func (c *Catalog) Search(ctx context.Context, search protocol.Search) (protocol.Offers, error) {
	known, err := c.Countries(ctx)
	if err != nil {
		return protocol.Offers{}, err
	}
	countries := known.Countries
	if search.CountryID != "" {
		countries = slices.DeleteFunc(countries, func(country protocol.Country) bool { return country.ID != search.CountryID })
		if len(countries) == 0 {
			return protocol.Offers{}, &protocol.Error{
				Code: protocol.CodeStale, Message: "the provider does not list this country", Next: "choose another",
			}
		}
		if !c.shelf(countries[0]).shown() {
			if err := c.load(ctx, countries[0]); err != nil {
				return protocol.Offers{}, sentence.Of(err)
			}
		}
	}
	words := wordsIn(search.Query)
	found := protocol.Offers{Loading: c.replenish(countries, words), AsOf: time.Now().UTC()}

	type match struct {
		offer *protocol.Offer
		at    time.Time
	}
	var matches []match
	var failed error
	loaded := false
	for _, country := range countries {
		s := c.shelf(country)
		if !s.shown() {
			failed = cmp.Or(failed, s.err)
			continue
		}
		loaded = true
		for i := range s.items {
			if item := &s.items[i]; item.matches(search.Service, words) {
				matches = append(matches, match{&item.offer, s.at})
			}
		}
	}
	if failed != nil && !loaded && !found.Loading {
		return protocol.Offers{}, sentence.Of(failed)
	}
	slices.SortFunc(matches, func(a, b match) int { return compare(a.offer, b.offer) })
	found.Total = len(matches)
	found.Offers = []protocol.Offer{}
	for _, m := range matches[:min(len(matches), min(max(search.Limit, 1), maxLimit))] {
		found.Offers = append(found.Offers, *m.offer)
		if m.at.Before(found.AsOf) {
			found.AsOf = m.at
		}
	}
	return found, nil
}

func (c *Catalog) shelf(country protocol.Country) shelf {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shelves[country.ID]
}

func (i *item) matches(service string, words []string) bool {
	if service != "" && !strings.EqualFold(i.offer.ServiceName, service) {
		return false
	}
	for _, word := range words {
		if !strings.Contains(i.words, word) {
			return false
		}
	}
	return true
}

func compare(a, b *protocol.Offer) int {
	byPrice := cmp.Or(
		cmp.Compare(min(b.Available, 1), min(a.Available, 1)),
		cmp.Compare(a.Price.Currency, b.Price.Currency),
		cmp.Compare(a.Price.Minor, b.Price.Minor),
	)
	if byPrice != 0 {
		return byPrice
	}
	return cmp.Or(
		cmp.Compare(a.ServiceName, b.ServiceName),
		cmp.Compare(a.CountryName, b.CountryName),
		cmp.Compare(a.ServiceID, b.ServiceID),
	)
}
