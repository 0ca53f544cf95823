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
	freshAge   = 5 * time.Minute        // until prices are loaded again
	showAge    = time.Hour              // until prices are too old to show
	retryPause = 10 * time.Second       // after a country that could not be loaded, at least
	maxLoaders = 3                      // so that an order's check or a purchase soon has its turn
	noticeGap  = 300 * time.Millisecond // between two calls of changed
)

// shelf is what one country offers.
type shelf struct {
	items []item    // never changed, only replaced
	at    time.Time // of the prices; zero: never loaded
	err   error     // of the newest try
	retry time.Time // not again by itself before this
}

func (s shelf) fresh() bool { return time.Since(s.at) < freshAge }

func (s shelf) shown() bool { return time.Since(s.at) < showAge }

// item is an offer and the words by which it is found.
type item struct {
	offer protocol.Offer
	words string // folded, with a blank before each
}

func newItem(country protocol.Country, s logspanel.Service) item {
	return item{
		offer: protocol.Offer{
			ServiceID: string(s.ID), ServiceName: s.Name,
			CountryID: country.ID, CountryName: country.Name, CountryShort: country.Short, CallingCode: country.CallingCode,
			Price: s.Price, Available: max(s.Available, 0), Category: s.Category,
		},
		words: textnorm.Fold(s.Name) + wordsOf(country),
	}
}

func wordsOf(country protocol.Country) string {
	return textnorm.Fold(country.Name) + textnorm.Fold(country.Short)
}

// load fills a country's shelf. What has no readable price is not on offer.
func (c *Catalog) load(ctx context.Context, country protocol.Country) error {
	return c.share(ctx, "services of "+country.ID, func(ctx context.Context) error {
		services, err := c.provider.Services(ctx, logspanel.ID(country.ID))
		c.mu.Lock()
		defer c.mu.Unlock()
		s := c.shelves[country.ID]
		s.err = err
		if err == nil {
			s.at = time.Now().UTC()
			s.items = make([]item, 0, len(services))
			for _, service := range services {
				if !service.Price.IsZero() {
					s.items = append(s.items, newItem(country, service))
				}
			}
		} else {
			s.retry = time.Now().Add(max(retryPause, logspanel.RetryAfter(err)))
		}
		c.shelves[country.ID] = s
		return err
	})
}

// replenish has shelves that are not good any more loaded behind the scenes, those of
// countries that the words name first, and reports whether any of the countries' is
// still to come.
func (c *Catalog) replenish(ctx context.Context, countries []protocol.Country, query textnorm.Query, good func(shelf) bool) (pending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, country := range countries {
		s := c.shelves[country.ID]
		if !c.loading[country.ID] && !good(s) && !time.Now().Before(s.retry) && !c.isStopped() {
			c.loading[country.ID] = true
			c.queue = append(c.queue, country)
		}
		pending = pending || c.loading[country.ID]
	}
	named := func(country protocol.Country) int {
		known := wordsOf(country)
		if slices.ContainsFunc(query, func(w string) bool { return strings.Contains(known, w) }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(c.queue, func(a, b protocol.Country) int { return named(a) - named(b) })
	for range min(maxLoaders-c.loaders, len(c.queue)) {
		c.loaders++
		c.background.Go(func() { c.work(ctx) })
	}
	return pending
}

// work loads what is queued until nothing is.
func (c *Catalog) work(ctx context.Context) {
	ctx, end := c.outliving(ctx)
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

		_ = c.load(ctx, country) // the shelf keeps the error
		c.mu.Lock()
		delete(c.loading, country.ID)
		c.tell()
		c.mu.Unlock()
	}
}

// tell has changed called soon, once for all that comes until then.
func (c *Catalog) tell() {
	if c.notice != nil || c.isStopped() {
		return
	}
	c.background.Add(1)
	c.notice = time.AfterFunc(noticeGap, func() {
		defer c.background.Done()
		c.mu.Lock()
		c.notice = nil
		c.mu.Unlock()
		if !c.isStopped() {
			c.changed()
		}
	})
}
