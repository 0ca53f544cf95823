// Package catalog is what the provider offers: countries, services and their prices,
// remembered for a while (shelf.go) and searched (search.go); and, read-only, what an
// account holds of the provider's other lines (lines.go).
//
// Every error is a *protocol.Error.
package catalog

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// Provider is what the catalogue asks of the provider.
type Provider interface {
	Countries(ctx context.Context) ([]logspanel.Country, error)
	Services(ctx context.Context, countryID logspanel.ID) ([]logspanel.Service, error)
	AreaCodes(ctx context.Context, countryID, serviceID logspanel.ID) ([]string, error)

	LogCategories(ctx context.Context, parentID logspanel.ID) ([]logspanel.LogCategory, error)
	LogOrders(ctx context.Context) ([]logspanel.LogOrder, error)
	BoostServices(ctx context.Context, category string) ([]logspanel.BoostService, error)
	BoostOrders(ctx context.Context) ([]logspanel.BoostOrder, error)
	BoostOrder(ctx context.Context, id logspanel.ID) (logspanel.BoostOrder, error)
	CheckBoost(ctx context.Context, id logspanel.ID) (logspanel.BoostOrder, error)
	CancelBoost(ctx context.Context, id logspanel.ID) (logspanel.Cancellation[logspanel.BoostOrder], error)
}

// countriesAge is how long the countries are remembered.
const countriesAge = time.Hour

// Catalog remembers what the provider offers. It is safe for concurrent use.
type Catalog struct {
	provider Provider
	records  Deliveries
	changed  func()

	stopped    chan struct{} // closed when Run's context ends
	stop       func()
	flights    singleflight.Group
	background sync.WaitGroup

	mu        sync.Mutex
	countries protocol.Countries
	shelves   map[string]shelf // by country
	queue     []protocol.Country
	loading   map[string]bool // the countries queued or being loaded behind the scenes
	loaders   int
	notice    *time.Timer // until changed is called; nil: nothing to tell
}

// Deliveries tells what became of the account's own orders of a service in a country; nil
// where there are too few.
type Deliveries func(countryID, serviceID string) *protocol.DeliveryStats

// New makes an empty catalogue, which loads as it is asked until Run returns. Changed
// is called, at most about three times a second, when prices have come that no search
// has shown yet.
func New(provider Provider, records Deliveries, changed func()) *Catalog {
	stopped := make(chan struct{})
	return &Catalog{
		provider: provider, records: records, changed: changed,
		stopped: stopped, stop: sync.OnceFunc(func() { close(stopped) }),
		shelves: map[string]shelf{}, loading: map[string]bool{},
	}
}

// Run waits for the end of ctx and ends all loading with it. Changed is not called
// any more once it returns.
func (c *Catalog) Run(ctx context.Context) {
	<-ctx.Done()
	c.stop()
	c.mu.Lock()
	c.queue = nil
	if c.notice != nil && c.notice.Stop() {
		c.background.Done()
	}
	c.mu.Unlock()
	c.background.Wait()
}

// Countries lists where numbers can come from. It waits for the provider only the
// first time; later a stale list is given while the next one is loaded.
func (c *Catalog) Countries(ctx context.Context) (protocol.Countries, error) {
	if known := c.known(); !known.AsOf.IsZero() {
		if time.Since(known.AsOf) >= countriesAge {
			c.start(ctx, "countries", c.loadCountries)
		}
		return known, nil
	}
	if err := c.share(ctx, "countries", c.loadCountries); err != nil {
		return protocol.Countries{}, usererr.From(err)
	}
	return c.known(), nil
}

func (c *Catalog) known() protocol.Countries {
	c.mu.Lock()
	defer c.mu.Unlock()
	return protocol.Countries{Countries: slices.Clone(c.countries.Countries), AsOf: c.countries.AsOf}
}

func (c *Catalog) loadCountries(ctx context.Context) error {
	listed, err := c.provider.Countries(ctx)
	if err != nil {
		return err
	}
	countries := make([]protocol.Country, 0, len(listed))
	for _, l := range listed {
		countries = append(countries, protocol.Country{
			ID: string(l.ID), Name: l.Name, Short: l.Short, CallingCode: l.CallingCode, Region: l.Region,
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.countries = protocol.Countries{Countries: countries, AsOf: time.Now().UTC()}
	return nil
}

// share loads something once for all who wait for it. A caller that leaves does not
// stop the loading.
func (c *Catalog) share(ctx context.Context, what string, load func(context.Context) error) error {
	select {
	case result := <-c.start(ctx, what, load):
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Catalog) start(ctx context.Context, what string, load func(context.Context) error) <-chan singleflight.Result {
	return c.flights.DoChan(what, func() (any, error) {
		shared, end := c.outliving(ctx)
		defer end()
		return nil, load(shared)
	})
}

// outliving is ctx without its end: what is loaded by it serves others too. It ends with
// Run, or when end is called.
func (c *Catalog) outliving(ctx context.Context) (shared context.Context, end context.CancelFunc) {
	shared, end = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer end()
		select {
		case <-c.stopped:
		case <-shared.Done():
		}
	}()
	return shared, end
}

// isStopped reports that Run is over, or about to be.
func (c *Catalog) isStopped() bool {
	select {
	case <-c.stopped:
		return true
	default:
		return false
	}
}

// Areas lists the area codes that a number can be asked to have.
func (c *Catalog) Areas(ctx context.Context, place protocol.Place) (protocol.Areas, error) {
	codes, err := c.provider.AreaCodes(ctx, logspanel.ID(place.CountryID), logspanel.ID(place.ServiceID))
	if err != nil {
		return protocol.Areas{}, usererr.From(err)
	}
	return protocol.Areas{Codes: append([]string{}, codes...)}, nil
}
