package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

const (
	maxLimit = 200 // offers in one result
	// maxRefreshed is how many countries at the top of a result are loaded again as soon as
	// their prices are not fresh. Prices of the others are loaded when they can't be shown.
	maxRefreshed = 20
)

// Search finds and sorts offers. Those out of stock are last. An offer matches where each
// word of the query begins a word of the service's name, the country's name or the
// country's short name.
//
// Search waits for the provider only until the countries are known, and where it is limited
// to one country without displayable prices. Whatever else is missing or stale is loaded in
// the background: the result then has Loading set, and changed is called when more arrives.
// Search fails where the country is unknown, and where it has no offers at all because the
// provider failed.
func (c *Catalog) Search(ctx context.Context, search protocol.Search) (protocol.Offers, error) {
	countries, err := c.searchCountries(ctx, search)
	if err != nil {
		return protocol.Offers{}, err
	}
	query := textnorm.ParseQuery(search.Query)
	loading := c.refresh(ctx, countries, query, cachedOffers.isDisplayable)
	matches, failed := c.findMatches(countries, query, search)
	if failed != nil && !loading {
		return protocol.Offers{}, usererr.From(failed)
	}
	slices.SortFunc(matches, func(a, b match) int { return compare(search.Sort, a, b) })
	found := c.resultPage(matches, search)
	found.Loading = c.refresh(ctx, topCountries(found.Offers, countries), query, cachedOffers.isFresh) || loading
	return found, nil
}

// searchCountries returns the countries that a search covers. Where it is limited to one
// country, it loads that country's offers unless the cache has displayable ones.
func (c *Catalog) searchCountries(ctx context.Context, search protocol.Search) ([]protocol.Country, error) {
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
		if !c.cached(countries[0]).isDisplayable() {
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

// findMatches returns the cached offers of the countries that match a search. Where no
// country has displayable offers, failed is why.
func (c *Catalog) findMatches(countries []protocol.Country, query textnorm.Query, search protocol.Search) (found []match, failed error) {
	loaded, service := false, newServiceMatcher(search.Service)
	for _, country := range countries {
		cached := c.cached(country)
		if !cached.isDisplayable() {
			failed = cmp.Or(failed, cached.err)
			continue
		}
		loaded = true
		for i := range cached.offers {
			if o := &cached.offers[i]; o.matches(service, query) && isAt(search.Places, o.offer) {
				m := match{offer: &o.offer, loadedAt: cached.loadedAt, preference: preferenceRank(search.Prefer, o.offer)}
				if search.Sort == protocol.SortDelivery {
					m.stats = c.deliveryStats(o.offer.CountryID, o.offer.ServiceID)
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

// resultPage returns the part of the matches that a search asks for.
func (c *Catalog) resultPage(matches []match, search protocol.Search) protocol.Offers {
	found := protocol.Offers{Offers: []protocol.Offer{}, Total: len(matches), AsOf: time.Now().UTC()}
	found.Offset = min(max(search.Offset, 0), len(matches))
	for _, m := range matches[found.Offset:min(len(matches), found.Offset+min(max(search.Limit, 1), maxLimit))] {
		o := *m.offer
		o.Stats = c.deliveryStats(o.CountryID, o.ServiceID)
		found.Offers = append(found.Offers, o)
		if m.loadedAt.Before(found.AsOf) {
			found.AsOf = m.loadedAt
		}
	}
	return found
}

// topCountries returns the countries of the first offers, maxRefreshed at most.
func topCountries(offers []protocol.Offer, countries []protocol.Country) (first []protocol.Country) {
	ids := map[string]bool{}
	for _, o := range offers {
		if len(ids) == maxRefreshed {
			break
		}
		ids[o.CountryID] = true
	}
	for _, country := range countries {
		if ids[country.ID] {
			first = append(first, country)
		}
	}
	return first
}

// isAt reports whether an offer is at one of the places. No places means anywhere.
func isAt(places []protocol.Place, o protocol.Offer) bool {
	return len(places) == 0 || slices.ContainsFunc(places, func(p protocol.Place) bool { return covers(p, o) })
}

// covers reports whether a place is the offer's country and, where it names one, service.
func covers(p protocol.Place, o protocol.Offer) bool {
	return p.CountryID == o.CountryID && (p.ServiceID == "" || p.ServiceID == o.ServiceID)
}

func (c *Catalog) cached(country protocol.Country) cachedOffers {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offers[country.ID]
}

func (o *indexedOffer) matches(service serviceMatcher, query textnorm.Query) bool {
	return service.matches(o.offer.ServiceName) && query.Matches(o.words)
}
