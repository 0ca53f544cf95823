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

// fake is a provider whose answers the test chooses; each takes a second.
type fake struct {
	catalog.Provider // what a test doesn't need

	mu        sync.Mutex
	countries []logspanel.Country
	services  map[logspanel.ID][]logspanel.Service
	down      error
	asked     []logspanel.ID // "" for the countries
	busy, top int            // how many answers are under way, and were at once
}

func (f *fake) answer(ctx context.Context, what logspanel.ID) error {
	f.mu.Lock()
	f.asked = append(f.asked, what)
	f.busy++
	f.top = max(f.top, f.busy)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.busy--
		f.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.down
}

func (f *fake) Countries(ctx context.Context) ([]logspanel.Country, error) {
	return f.countries, f.answer(ctx, "")
}

func (f *fake) Services(ctx context.Context, id logspanel.ID) ([]logspanel.Service, error) {
	err := f.answer(ctx, id)
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.services[id]), err
}

// since is what was asked since the last time.
func (f *fake) since() []logspanel.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = nil
	return asked
}

func (f *fake) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = err
}

func naira(kobo int64) money.Money { return money.Money{Minor: kobo, Currency: "NGN"} }

// nobody has ordered anything yet.
func nobody(string, string) *protocol.DeliveryStats { return nil }

// world is a provider with some countries, each with Telegram and one more service.
func world() *fake {
	f := &fake{services: map[logspanel.ID][]logspanel.Service{}}
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

// run tests a catalogue in a time of its own, and counts the calls of changed.
func run(t *testing.T, f *fake, test func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32)) {
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Int32
		c := catalog.New(f, nobody, func() { changed.Add(1) })
		stop := keep(c)
		test(t, c, &changed)
		stop()
	})
}

// keep runs a catalogue until stop, which waits for its end.
func keep(c *catalog.Catalog) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(ctx) }()
	return func() {
		cancel()
		<-ended
	}
}

// full searches until everything has come.
func full(t *testing.T, c *catalog.Catalog) {
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
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
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
		assert.Len(t, f.since(), 1, "remembered for an hour")

		time.Sleep(time.Second)
		got, err = c.Countries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, first, got.AsOf, "nobody waits for the next list")
		time.Sleep(time.Second)
		synctest.Wait()
		got, err = c.Countries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, time.Now().UTC(), got.AsOf)
	})
}

func TestNoCountries(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		f.fail(&logspanel.NotSentError{Cause: logspanel.ErrNoKey})
		_, err := c.Countries(t.Context())
		assert.Equal(t, protocol.CodeKeyMissing, protocol.AsError(err).Code)
		_, err = c.Search(t.Context(), protocol.Search{Limit: 1})
		assert.Equal(t, protocol.CodeKeyMissing, protocol.AsError(err).Code)
		f.fail(nil)
		_, err = c.Countries(t.Context())
		require.NoError(t, err, "a failure is not remembered")
	})
}

// Several callers share one request, and one that leaves takes it from nobody.
func TestSharedLoading(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		hasty, leave := context.WithCancel(t.Context())
		errs := make(chan error, 3)
		for _, ctx := range []context.Context{hasty, t.Context(), t.Context()} {
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
		assert.Len(t, f.since(), 1)
	})
}

// The first answer is there as soon as the countries are; the rest comes behind it,
// a few countries at a time, and is told.
func TestSearchEverywhere(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		began := time.Now()
		found, err := c.Search(t.Context(), protocol.Search{Query: "telegram", Limit: 10})
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(began), "the time the countries take")
		assert.True(t, found.Loading)
		assert.Equal(t, []protocol.Offer{}, found.Offers)

		time.Sleep(1500 * time.Millisecond)
		assert.Equal(t, int32(1), changed.Load(), "told once for the first three")
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
		assert.Equal(t, 3, f.top)
		assert.Equal(t, protocol.Offer{
			ServiceID: "500", ServiceName: "Telegram", CountryID: "5", CountryName: "Nigeria", CountryShort: "ng",
			CallingCode: "234", Price: naira(500_00), Available: 4, Category: "Activation",
		}, found.Offers[0])

		time.Sleep(time.Minute)
		assert.Equal(t, int32(2), changed.Load(), "nothing more to tell")
		assert.ElementsMatch(t, []logspanel.ID{"", "1", "2", "3", "4", "5"}, f.since())
	})
}

// Countries that the query names are loaded first.
func TestNamedCountriesFirst(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		_, err := c.Countries(t.Context())
		require.NoError(t, err)
		f.since()
		found, err := c.Search(t.Context(), protocol.Search{Query: "Telegram nigeria", Limit: 10})
		require.NoError(t, err)
		assert.True(t, found.Loading)
		synctest.Wait()
		assert.ElementsMatch(t, []logspanel.ID{"5", "1", "2"}, f.since())
		// A later search names another one, which is still in the queue.
		_, err = c.Search(t.Context(), protocol.Search{Query: "german", Limit: 10})
		require.NoError(t, err)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.ElementsMatch(t, []logspanel.ID{"4", "3"}, f.since())
	})
}

func TestOneCountry(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		found, err := c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		assert.False(t, found.Loading, "one country is waited for")
		assert.Equal(t, []string{"Booking.com de", "Telegram de"}, names(found), "what has no price is not on offer")
		assert.Equal(t, []logspanel.ID{"", "4"}, f.since())
		assert.Equal(t, time.Now().UTC(), found.AsOf)

		_, err = c.Search(t.Context(), protocol.Search{CountryID: "44", Limit: 10})
		assert.Equal(t, protocol.CodeCatalogueStale, protocol.AsError(err).Code)
		f.fail(&logspanel.Error{Status: 401, Code: logspanel.CodeUnauthenticated})
		_, err = c.Search(t.Context(), protocol.Search{CountryID: "5", Limit: 10})
		assert.Equal(t, protocol.CodeKeyRefused, protocol.AsError(err).Code)
		found, err = c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		assert.Len(t, found.Offers, 2)
		assert.Zero(t, changed.Load(), "whoever asked has the answer")
	})
}

// Prices are loaded again after five minutes, shown meanwhile, and not shown once
// they are an hour old.
func TestPriceAge(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		germany := protocol.Search{CountryID: "4", Limit: 1}
		search := func() protocol.Offers {
			found, err := c.Search(t.Context(), germany)
			require.NoError(t, err)
			return found
		}
		old := search().AsOf
		f.since()
		f.mu.Lock()
		f.services["4"][1].Price = naira(550_00)
		f.mu.Unlock()

		time.Sleep(5*time.Minute - time.Second)
		assert.False(t, search().Loading)
		assert.Empty(t, f.since())
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
		assert.Equal(t, []logspanel.ID{"4"}, f.since())

		f.fail(&logspanel.AmbiguousError{Status: 502})
		time.Sleep(59 * time.Minute)
		assert.Equal(t, 2, search().Total, "better than nothing")
		time.Sleep(2 * time.Minute)
		_, err := c.Search(t.Context(), germany)
		assert.Equal(t, protocol.CodeUnreachable, protocol.AsError(err).Code)
	})
}

// Countries that can't be loaded don't hide the others, are not asked for again at
// once, and are an error only where there is nothing else.
func TestFailures(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, changed *atomic.Int32) {
		_, err := c.Search(t.Context(), protocol.Search{CountryID: "4", Limit: 10})
		require.NoError(t, err)
		f.fail(&logspanel.AmbiguousError{Status: 502})
		everywhere := func() (protocol.Offers, error) { return c.Search(t.Context(), protocol.Search{Limit: 10}) }
		found, err := everywhere()
		require.NoError(t, err)
		assert.True(t, found.Loading)
		time.Sleep(3 * time.Second)
		assert.Equal(t, int32(2), changed.Load(), "that nothing more comes is worth telling")
		f.since()
		found, err = everywhere()
		require.NoError(t, err)
		assert.False(t, found.Loading)
		assert.Equal(t, 2, found.Total)
		assert.Empty(t, f.since())

		f.fail(nil)
		time.Sleep(10 * time.Second)
		found, err = everywhere()
		require.NoError(t, err)
		assert.True(t, found.Loading)
		full(t, c)
		assert.ElementsMatch(t, []logspanel.ID{"1", "2", "3", "5"}, f.since())
	})
	f = world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
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

func TestWords(t *testing.T) {
	f := world()
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		full(t, c)
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
		for service, total := range map[string]int{"signal": 2, "SIGNAL": 2, "Signa": 0, "Google": 0, "google / gmail / youtube": 1} {
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
	f := &fake{services: map[logspanel.ID][]logspanel.Service{}}
	f.countries = []logspanel.Country{{ID: "1", Name: "One"}}
	for i := range 300 {
		f.services["1"] = append(f.services["1"], logspanel.Service{
			ID: logspanel.ID(strconv.Itoa(i)), Name: fmt.Sprintf("Service %03d", 299-i), Price: naira(100), Available: 1,
		})
	}
	run(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		for limit, want := range map[int]int{-5: 1, 0: 1, 1: 1, 7: 7, 200: 200, 201: 200, 1 << 40: 200} {
			found, err := c.Search(t.Context(), protocol.Search{CountryID: "1", Limit: limit})
			require.NoError(t, err)
			assert.Len(t, found.Offers, want)
			assert.Equal(t, 300, found.Total)
			assert.Equal(t, "Service 000", found.Offers[0].ServiceName, "equal prices are in the order of their names")
		}
	})
}

// The end of a run ends what is being loaded, and nothing is told any more.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Int32
		c := catalog.New(world(), nobody, func() { changed.Add(1) })
		stop := keep(c)
		_, err := c.Search(t.Context(), protocol.Search{Limit: 1})
		require.NoError(t, err)
		time.Sleep(time.Second)
		synctest.Wait() // three countries have come, and telling is due
		stop()
		found, err := c.Search(t.Context(), protocol.Search{Limit: 200})
		require.NoError(t, err)
		assert.Equal(t, 6, found.Total)
		time.Sleep(time.Minute)
		assert.Zero(t, changed.Load())
	})
}

// instant is a fake that answers at once.
type instant struct{ *fake }

func (i instant) Countries(context.Context) ([]logspanel.Country, error) { return i.countries, nil }

func (i instant) Services(_ context.Context, id logspanel.ID) ([]logspanel.Service, error) {
	return i.services[id], nil
}
