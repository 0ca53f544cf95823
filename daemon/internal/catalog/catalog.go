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

// Provider is the part of the provider's API that a Catalog uses. logspanel.Client
// implements it.
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

// countriesFreshFor is how long the list of countries is not loaded again.
const countriesFreshFor = time.Hour

// Catalog caches and searches what the provider sells. It is safe for concurrent use. Make
// one with New, and call Run.
type Catalog struct {
	provider      Provider
	deliveryStats DeliveryStatsFunc
	changed       func()

	stopped    chan struct{} // closed when Run's context ends
	stop       func()
	inFlight   singleflight.Group
	background sync.WaitGroup // loaders, and the timer for changed

	// mu guards the fields below. Methods ending in Locked require it.
	mu           sync.Mutex
	countries    protocol.Countries
	offers       map[string]cachedOffers // by country id
	queue        []protocol.Country      // to be loaded in the background
	loading      map[string]bool         // the ids of countries queued or being loaded in the background
	loaders      int                     // running background loaders
	changedTimer *time.Timer             // until changed is called; nil while there is nothing new
}

// DeliveryStatsFunc returns how many of the account's own orders of a service in a country
// received a code, or nil where there are too few to tell. A search may call it for every
// match.
type DeliveryStatsFunc func(countryID, serviceID string) *protocol.DeliveryStats

// New returns an empty Catalog, which loads what it is asked for until Run returns. It
// calls changed from its own goroutine, about three times a second at most, when new prices
// or errors have arrived in the background, so that searches can be repeated.
func New(provider Provider, deliveryStats DeliveryStatsFunc, changed func()) *Catalog {
	stopped := make(chan struct{})
	return &Catalog{
		provider: provider, deliveryStats: deliveryStats, changed: changed,
		stopped: stopped, stop: sync.OnceFunc(func() { close(stopped) }),
		offers: map[string]cachedOffers{}, loading: map[string]bool{},
	}
}

// Run blocks until ctx ends and then stops all loading. After it returns, changed is not
// called any more.
func (c *Catalog) Run(ctx context.Context) {
	<-ctx.Done()
	c.stop()
	c.mu.Lock()
	c.queue = nil
	if c.changedTimer != nil && c.changedTimer.Stop() {
		c.background.Done()
	}
	c.mu.Unlock()
	c.background.Wait()
}

// Countries lists the countries that numbers are sold from. It waits for the provider only
// until the first list has arrived. Later it returns a stale list at once, and loads the
// next one in the background. The caller owns the result.
func (c *Catalog) Countries(ctx context.Context) (protocol.Countries, error) {
	if cached := c.cachedCountries(); !cached.AsOf.IsZero() {
		if time.Since(cached.AsOf) >= countriesFreshFor {
			c.startLoad(ctx, "countries", c.loadCountries)
		}
		return cached, nil
	}
	if err := c.loadShared(ctx, "countries", c.loadCountries); err != nil {
		return protocol.Countries{}, usererr.From(err)
	}
	return c.cachedCountries(), nil
}

func (c *Catalog) cachedCountries() protocol.Countries {
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

// loadShared runs load once for all callers that wait for the same key. A caller whose
// context ends does not stop it for the others.
func (c *Catalog) loadShared(ctx context.Context, key string, load func(context.Context) error) error {
	select {
	case result := <-c.startLoad(ctx, key, load):
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Catalog) startLoad(ctx context.Context, key string, load func(context.Context) error) <-chan singleflight.Result {
	return c.inFlight.DoChan(key, func() (any, error) {
		shared, end := c.detach(ctx)
		defer end()
		return nil, load(shared)
	})
}

// detach returns a context that does not end with ctx, because what it loads serves other
// callers too. It ends with Run, or when end is called.
func (c *Catalog) detach(ctx context.Context) (shared context.Context, end context.CancelFunc) {
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

// isStopped reports whether Run has ended or is ending.
func (c *Catalog) isStopped() bool {
	select {
	case <-c.stopped:
		return true
	default:
		return false
	}
}

// Areas lists the area codes that a purchase can ask for. It always asks the provider.
func (c *Catalog) Areas(ctx context.Context, place protocol.Place) (protocol.Areas, error) {
	codes, err := c.provider.AreaCodes(ctx, logspanel.ID(place.CountryID), logspanel.ID(place.ServiceID))
	if err != nil {
		return protocol.Areas{}, usererr.From(err)
	}
	return protocol.Areas{Codes: append([]string{}, codes...)}, nil
}
