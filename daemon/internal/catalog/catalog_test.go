package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/catalog"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// fakeProvider is a provider whose responses the test chooses. Each takes a second.
type fakeProvider struct {
	catalog.Provider // nil: for methods that no test calls

	mu                    sync.Mutex
	countries             []logspanel.Country
	services              map[logspanel.ID][]logspanel.Service
	err                   error          // what every call returns
	calls                 []logspanel.ID // the country of each call; "" for the list of countries
	inFlight, maxInFlight int            // calls at this moment, and at most
}

func (f *fakeProvider) respond(ctx context.Context, country logspanel.ID) error {
	f.mu.Lock()
	f.calls = append(f.calls, country)
	f.inFlight++
	f.maxInFlight = max(f.maxInFlight, f.inFlight)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.inFlight--
		f.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *fakeProvider) Countries(ctx context.Context) ([]logspanel.Country, error) {
	return f.countries, f.respond(ctx, "")
}

func (f *fakeProvider) Services(ctx context.Context, id logspanel.ID) ([]logspanel.Service, error) {
	err := f.respond(ctx, id)
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.services[id]), err
}

// takeCalls returns the calls since it was last called.
func (f *fakeProvider) takeCalls() []logspanel.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

func (f *fakeProvider) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func naira(kobo int64) money.Money { return money.Money{Minor: kobo, Currency: "NGN"} }

// noDeliveryStats is an account without orders.
func noDeliveryStats(string, string) *protocol.DeliveryStats { return nil }

// fiveCountries is a provider with five countries, each with Telegram, one other service
// and one without a price.
func fiveCountries() *fakeProvider {
	f := &fakeProvider{services: map[logspanel.ID][]logspanel.Service{}}
	for i, c := range []struct{ name, short, calling, extra string }{
		{"United States", "us", "1", "Signal"},
		{"Côte d'Ivoire", "ci", "225", "WhatsApp"},
		{"Türkiye", "tr", "90", "Google / Gmail / YouTube"},
		{"Germany", "de", "49", "Booking.com"},
		{"Nigeria", "ng", "234", "Signal"},
	} {
		id := logspanel.ID(strconv.Itoa(i + 1))
		f.countries = append(f.countries, logspanel.Country{ID: id, Name: c.name, Short: c.short, CallingCode: c.calling, Region: "World"})
		f.services[id] = []logspanel.Service{
			{ID: id + "00", Name: "Telegram", CountryID: id, Price: naira(int64(900-i*100) * 100), Available: i, Category: "Activation"},
			{ID: id + "01", Name: c.extra, CountryID: id, Price: naira(50_000), Available: 5},
			{ID: id + "02", Name: "Unpriced", CountryID: id, Available: 5},
		}
	}
	return f
}

// withCatalog runs a test with a catalog in a bubble of fake time. It counts the calls of
// changed.
func withCatalog(t *testing.T, f *fakeProvider, test func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32)) {
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Int32
		c := catalog.New(f, noDeliveryStats, func() { changed.Add(1) })
		stop := start(c)
		test(t, c, &changed)
		stop()
	})
}

// start runs a catalog until stop is called, which waits for Run to return.
func start(c *catalog.Catalog) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(ctx) }()
	return func() {
		cancel()
		<-ended
	}
}

// loadAll searches until every country is loaded.
func loadAll(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	for {
		found, err := c.Search(t.Context(), protocol.Search{Limit: 200})
		require.NoError(t, err)
		if !found.Loading {
			return
		}
		time.Sleep(time.Second)
	}
}

func names(offers protocol.Offers) []string {
	list := []string{}
	for _, o := range offers.Offers {
		list = append(list, o.ServiceName+" "+o.CountryShort)
	}
	return list
}

func TestCountries(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		began := time.Now()
		got, err := c.Countries(t.Context())
		require.NoError(t, err)
		require.Len(t, got.Countries, 5)
		assert.Equal(t, protocol.Country{ID: "2", Name: "Côte d'Ivoire", Short: "ci", CallingCode: "225", Region: "World"}, got.Countries[1])
		first := began.Add(time.Second).UTC()
		assert.Equal(t, first, got.AsOf)

		time.Sleep(time.Hour - time.Second)
		got.Countries[1].Name = "changed by a caller"
		got, err = c.Countries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "Côte d'Ivoire", got.Countries[1].Name)
		assert.Len(t, f.takeCalls(), 1, "cached for an hour")

		time.Sleep(time.Second)
		got, err = c.Countries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, first, got.AsOf, "no caller waits for the next list")
		time.Sleep(time.Second)
		synctest.Wait()
		got, err = c.Countries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, time.Now().UTC(), got.AsOf)
	})
}

func TestNoCountries(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		f.fail(&logspanel.NotSentError{Cause: logspanel.ErrNoKey})
		_, err := c.Countries(t.Context())
		assert.Equal(t, protocol.CodeKeyMissing, protocol.AsError(err).Code)
		_, err = c.Search(t.Context(), protocol.Search{Limit: 1})
		assert.Equal(t, protocol.CodeKeyMissing, protocol.AsError(err).Code)
		f.fail(nil)
		_, err = c.Countries(t.Context())
		require.NoError(t, err, "a failure is not cached")
	})
}

// Callers share one request, and one that gives up does not cancel it for the others.
func TestSharedLoading(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		impatient, leave := context.WithCancel(t.Context())
		errs := make(chan error, 3)
		for _, ctx := range []context.Context{impatient, t.Context(), t.Context()} {
			go func() {
				_, err := c.Countries(ctx)
				errs <- err
			}()
		}
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-errs, context.Canceled)
		require.NoError(t, <-errs)
		require.NoError(t, <-errs)
		assert.Len(t, f.takeCalls(), 1)
	})
}

// The first result is there as soon as the countries are. Offers follow in the background,
// a few countries at a time, and changed is called.
func TestSearchEverywhere(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		began := time.Now()
		found, err := c.Search(t.Context(), protocol.Search{Query: "telegram", Limit: 10})
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(began), "the time the countries take")
		assert.True(t, found.Loading)
		assert.Equal(t, []protocol.Offer{}, found.Offers)

		time.Sleep(1500 * time.Millisecond)
		assert.Equal(t, int32(1), changed.Load(), "called once for the first three")
		found, err = c.Search(t.Context(), protocol.Search{Query: "telegram", Limit: 10})
		require.NoError(t, err)
		assert.True(t, found.Loading)
		assert.Equal(t, 3, found.Total)

		time.Sleep(time.Second)
		assert.Equal(t, int32(2), changed.Load())
		found, err = c.Search(t.Context(), protocol.Search{Query: "telegram", Limit: 10})
		require.NoError(t, err)
		assert.False(t, found.Loading)
		assert.Equal(t, []string{"Telegram ng", "Telegram de", "Telegram tr", "Telegram ci", "Telegram us"}, names(found),
			"the cheapest in stock first, those out of stock last")
		assert.Equal(t, began.Add(2*time.Second).UTC(), found.AsOf, "of the oldest price")
		assert.Equal(t, 3, f.maxInFlight)
		assert.Equal(t, protocol.Offer{
			ServiceID: "500", ServiceName: "Telegram", CountryID: "5", CountryName: "Nigeria", CountryShort: "ng",
			CallingCode: "234", Price: naira(500_00), Available: 4, Category: "Activation",
		}, found.Offers[0])

		time.Sleep(time.Minute)
		assert.Equal(t, int32(2), changed.Load(), "nothing more has changed")
		assert.ElementsMatch(t, []logspanel.ID{"", "1", "2", "3", "4", "5"}, f.takeCalls())
	})
}

// Countries that the query names are loaded first.
func TestNamedCountriesFirst(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		_, err := c.Countries(t.Context())
		require.NoError(t, err)
		f.takeCalls()
		found, err := c.Search(t.Context(), protocol.Search{Query: "Telegram nigeria", Limit: 10})
		require.NoError(t, err)
		assert.True(t, found.Loading)
		synctest.Wait()
		assert.ElementsMatch(t, []logspanel.ID{"5", "1", "2"}, f.takeCalls())
		// A later search names another one, which is still in the queue.
		_, err = c.Search(t.Context(), protocol.Search{Query: "german", Limit: 10})
		require.NoError(t, err)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.ElementsMatch(t, []logspanel.ID{"4", "3"}, f.takeCalls())
	})
}

func TestOneCountry(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		found, err := c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		assert.False(t, found.Loading, "one country is waited for")
		assert.Equal(t, []string{"Booking.com de", "Telegram de"}, names(found), "a service without a price is left out")
		assert.Equal(t, []logspanel.ID{"", "4"}, f.takeCalls())
		assert.Equal(t, time.Now().UTC(), found.AsOf)

		_, err = c.Search(t.Context(), protocol.Search{CountryID: "44", Limit: 10})
		assert.Equal(t, protocol.CodeCatalogueStale, protocol.AsError(err).Code)
		f.fail(&logspanel.Error{Status: 401, Code: logspanel.CodeUnauthenticated})
		_, err = c.Search(t.Context(), protocol.Search{CountryID: "5", Limit: 10})
		assert.Equal(t, protocol.CodeKeyRefused, protocol.AsError(err).Code)
		found, err = c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		assert.Len(t, found.Offers, 2)
		assert.Zero(t, changed.Load(), "the caller has the result already")
	})
}

// Prices are loaded again after five minutes and shown until they are an hour old.
func TestPriceAge(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		germany := protocol.Search{CountryID: "4", Limit: 1}
		search := func() protocol.Offers {
			found, err := c.Search(t.Context(), germany)
			require.NoError(t, err)
			return found
		}
		old := search().AsOf
		f.takeCalls()
		f.mu.Lock()
		f.services["4"][1].Price = naira(550_00)
		f.mu.Unlock()

		time.Sleep(5*time.Minute - time.Second)
		assert.False(t, search().Loading)
		assert.Empty(t, f.takeCalls())
		time.Sleep(time.Second)
		found := search()
		assert.True(t, found.Loading)
		assert.Equal(t, old, found.AsOf)
		assert.Equal(t, naira(500_00), found.Offers[0].Price)
		time.Sleep(2 * time.Second)
		assert.Equal(t, int32(1), changed.Load())
		found = search()
		assert.False(t, found.Loading)
		assert.Equal(t, naira(550_00), found.Offers[0].Price)
		assert.Equal(t, []logspanel.ID{"4"}, f.takeCalls())

		f.fail(&logspanel.AmbiguousError{Status: 502})
		time.Sleep(59 * time.Minute)
		assert.Equal(t, 2, search().Total, "better than nothing")
		time.Sleep(2 * time.Minute)
		_, err := c.Search(t.Context(), germany)
		assert.Equal(t, protocol.CodeUnreachable, protocol.AsError(err).Code)
	})
}

// Countries that can't be loaded do not hide the others and are not retried at once. They
// are an error only where there is nothing else to show.
func TestFailures(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		_, err := c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		f.fail(&logspanel.AmbiguousError{Status: 502})
		everywhere := func() (protocol.Offers, error) { return c.Search(t.Context(), protocol.Search{Limit: 10}) }
		found, err := everywhere()
		require.NoError(t, err)
		assert.True(t, found.Loading)
		time.Sleep(3 * time.Second)
		assert.Equal(t, int32(2), changed.Load(), "a failure ends the loading, so it is a change")
		f.takeCalls()
		found, err = everywhere()
		require.NoError(t, err)
		assert.False(t, found.Loading)
		assert.Equal(t, 2, found.Total)
		assert.Empty(t, f.takeCalls())

		f.fail(nil)
		time.Sleep(10 * time.Second)
		found, err = everywhere()
		require.NoError(t, err)
		assert.True(t, found.Loading)
		loadAll(t, c)
		assert.ElementsMatch(t, []logspanel.ID{"1", "2", "3", "5"}, f.takeCalls())
	})
	f = fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		_, err := c.Countries(t.Context())
		require.NoError(t, err)
		f.fail(&logspanel.Error{Status: 429, Code: "TOO_MANY", RetryAfter: time.Minute})
		found, err := c.Search(t.Context(), protocol.Search{Limit: 10})
		require.NoError(t, err)
		assert.True(t, found.Loading)
		time.Sleep(30 * time.Second)
		_, err = c.Search(t.Context(), protocol.Search{Limit: 10})
		assert.Equal(t, protocol.CodeTooManyCalls, protocol.AsError(err).Code)
	})
}

func TestQueryWords(t *testing.T) {
	f := fiveCountries()
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		loadAll(t, c)
		for query, want := range map[string][]string{
			"":                      nil, // everything
			"  ":                    nil,
			"TELEGRAM us":           {"Telegram us"},
			"us telegram":           {"Telegram us"},
			"unit tele":             {"Telegram us"},
			"states united":         {"Signal us", "Telegram us"},
			"gram":                  {},
			"cote d'ivoire whats":   {"WhatsApp ci"},
			"CÔTE WHATSAPP":         {"WhatsApp ci"},
			"co\u0302te whatsapp":   {"WhatsApp ci"},
			"turkiye youtube":       {"Google / Gmail / YouTube tr"},
			"booking.com":           {"Booking.com de"},
			"signal":                {"Signal ng", "Signal us"},
			"signal telegram":       {},
			"nigeria\tsignal\u00a0": {"Signal ng"},
			"unpriced":              {},
			"+*?":                   nil,
		} {
			found, err := c.Search(t.Context(), protocol.Search{Query: query, Limit: 200})
			require.NoError(t, err)
			assert.Equal(t, len(found.Offers), found.Total)
			if want == nil {
				assert.Equal(t, 10, found.Total, "%q", query)
			} else {
				assert.Equal(t, want, names(found), "%q", query)
			}
		}
		for service, total := range map[string]int{"signal": 2, "SIGNAL": 2, "Signa": 0, "Google": 1, "google / gmail / youtube": 1} {
			found, err := c.Search(t.Context(), protocol.Search{Service: service, Limit: 200})
			require.NoError(t, err)
			assert.Equal(t, total, found.Total, service)
		}
		found, err := c.Search(t.Context(), protocol.Search{Service: "Signal", Query: "nig", CountryID: "5", Limit: 200})
		require.NoError(t, err)
		assert.Equal(t, []string{"Signal ng"}, names(found))
	})
}

func TestLimit(t *testing.T) {
	f := &fakeProvider{services: map[logspanel.ID][]logspanel.Service{}}
	f.countries = []logspanel.Country{{ID: "1", Name: "One"}}
	for i := range 300 {
		f.services["1"] = append(f.services["1"], logspanel.Service{
			ID: logspanel.ID(strconv.Itoa(i)), Name: fmt.Sprintf("Service %03d", 299-i), Price: naira(100), Available: 1,
		})
	}
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		for limit, want := range map[int]int{-5: 1, 0: 1, 1: 1, 7: 7, 200: 200, 201: 200, 1 << 40: 200} {
			found, err := c.Search(t.Context(), protocol.Search{CountryID: "1", Limit: limit})
			require.NoError(t, err)
			assert.Len(t, found.Offers, want)
			assert.Equal(t, 300, found.Total)
			assert.Equal(t, "Service 000", found.Offers[0].ServiceName, "equal prices are sorted by name")
		}
	})
}

// When Run ends, loading stops and changed is not called any more.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Int32
		c := catalog.New(fiveCountries(), noDeliveryStats, func() { changed.Add(1) })
		stop := start(c)
		_, err := c.Search(t.Context(), protocol.Search{Limit: 1})
		require.NoError(t, err)
		time.Sleep(time.Second)
		synctest.Wait() // three countries are loaded, and a call of changed is due
		stop()
		found, err := c.Search(t.Context(), protocol.Search{Limit: 200})
		require.NoError(t, err)
		assert.Equal(t, 6, found.Total)
		time.Sleep(time.Minute)
		assert.Zero(t, changed.Load())
	})
}

// instantProvider is a fakeProvider that responds at once.
type instantProvider struct{ *fakeProvider }

func (i instantProvider) Countries(context.Context) ([]logspanel.Country, error) {
	return i.countries, nil
}

func (i instantProvider) Services(_ context.Context, id logspanel.ID) ([]logspanel.Service, error) {
	return i.services[id], nil
}
