package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

const (
	freshFor        = 5 * time.Minute        // prices are not loaded again before this
	displayableFor  = time.Hour              // older prices are not shown
	retryDelay      = 10 * time.Second       // at least this long after a failed load
	maxLoaders      = 3                      // few, so that order checks and purchases need not wait long
	changedInterval = 300 * time.Millisecond // between two calls of changed
)

// cachedOffers is what the cache holds of one country. The zero value is a country that
// was never loaded.
type cachedOffers struct {
	offers     []indexedOffer // replaced as a whole, never modified
	loadedAt   time.Time
	err        error     // of the last attempt
	retryAfter time.Time // no background load before this
}

func (o cachedOffers) isFresh() bool { return time.Since(o.loadedAt) < freshFor }

func (o cachedOffers) isDisplayable() bool { return time.Since(o.loadedAt) < displayableFor }

// indexedOffer is an offer and the words that find it.
type indexedOffer struct {
	offer protocol.Offer
	words string // folded, with a space before each
}

func newIndexedOffer(country protocol.Country, s logspanel.Service) indexedOffer {
	return indexedOffer{
		offer: protocol.Offer{
			ServiceID: string(s.ID), ServiceName: s.Name,
			CountryID: country.ID, CountryName: country.Name, CountryShort: country.Short, CallingCode: country.CallingCode,
			Price: s.Price, Available: max(s.Available, 0), Category: s.Category,
		},
		words: textnorm.SearchText(s.Name) + countryWords(country),
	}
}

func countryWords(country protocol.Country) string {
	return textnorm.SearchText(country.Name) + textnorm.SearchText(country.Short)
}

// load loads the offers of a country into the cache. A service without a known price is
// left out.
func (c *Catalog) load(ctx context.Context, country protocol.Country) error {
	return c.loadShared(ctx, "services of "+country.ID, func(ctx context.Context) error {
		services, err := c.provider.Services(ctx, logspanel.ID(country.ID))
		c.mu.Lock()
		defer c.mu.Unlock()
		cached := c.offers[country.ID]
		cached.err = err
		if err == nil {
			cached.loadedAt = time.Now().UTC()
			cached.offers = make([]indexedOffer, 0, len(services))
			for _, service := range services {
				if !service.Price.IsZero() {
					cached.offers = append(cached.offers, newIndexedOffer(country, service))
				}
			}
		} else {
			cached.retryAfter = time.Now().Add(max(retryDelay, logspanel.RetryAfter(err)))
		}
		c.offers[country.ID] = cached
		return err
	})
}

// refresh loads in the background those of the countries whose cached offers are not good
// enough. Countries that the query names come first. It does not wait, and reports whether
// any of the countries is still being loaded.
func (c *Catalog) refresh(ctx context.Context, countries []protocol.Country, query textnorm.Query, goodEnough func(cachedOffers) bool) (pending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, country := range countries {
		cached := c.offers[country.ID]
		if !c.loading[country.ID] && !goodEnough(cached) && !time.Now().Before(cached.retryAfter) && !c.isStopped() {
			c.loading[country.ID] = true
			c.queue = append(c.queue, country)
		}
		pending = pending || c.loading[country.ID]
	}
	rank := func(country protocol.Country) int {
		words := countryWords(country)
		if slices.ContainsFunc(query, func(w string) bool { return strings.Contains(words, w) }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(c.queue, func(a, b protocol.Country) int { return rank(a) - rank(b) })
	for range min(maxLoaders-c.loaders, len(c.queue)) {
		c.loaders++
		c.background.Go(func() { c.loadQueued(ctx) })
	}
	return pending
}

// loadQueued loads countries from the queue until it is empty.
func (c *Catalog) loadQueued(ctx context.Context) {
	ctx, end := c.detach(ctx)
	defer end()
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.loaders--
			c.mu.Unlock()
			return
		}
		country := c.queue[0]
		c.queue = c.queue[1:]
		c.mu.Unlock()

		_ = c.load(ctx, country) // the cache keeps the error
		c.mu.Lock()
		delete(c.loading, country.ID)
		c.scheduleChangedLocked()
		c.mu.Unlock()
	}
}

// scheduleChangedLocked has changed called soon, once for everything that arrives until
// then.
func (c *Catalog) scheduleChangedLocked() {
	if c.changedTimer != nil || c.isStopped() {
		return
	}
	c.background.Add(1)
	c.changedTimer = time.AfterFunc(changedInterval, func() {
		defer c.background.Done()
		c.mu.Lock()
		c.changedTimer = nil
		c.mu.Unlock()
		if !c.isStopped() {
			c.changed()
		}
	})
}
