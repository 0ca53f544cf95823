package catalog_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/catalog"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// Each sort orders one service across countries.
func TestSorts(t *testing.T) {
	stats := map[string]*protocol.DeliveryStats{
		"5": {Orders: 20, Delivered: 4},
		"3": {Orders: 20, Delivered: 19, Seconds: 12},
		"2": {Orders: 3, Delivered: 3},
	}
	synctest.Test(t, func(t *testing.T) {
		f := fiveCountries()
		f.services["3"][0].Available = 9 // the most, and not the cheapest
		f.services["1"][1].Available = 7
		c := catalog.New(f, func(country, service string) *protocol.DeliveryStats {
			require.Contains(t, service, country)
			return stats[country]
		}, func() {})
		stop := start(c)
		defer stop()
		loadAll(t, c)
		for sort, want := range map[protocol.Sort][]string{
			protocol.SortPrice:    {"Telegram ng", "Telegram de", "Telegram tr", "Telegram ci", "Telegram us"},
			protocol.SortStock:    {"Telegram tr", "Telegram ng", "Telegram de", "Telegram ci", "Telegram us"},
			protocol.SortDelivery: {"Telegram tr", "Telegram ci", "Telegram ng", "Telegram de", "Telegram us"},
			"of a later version":  {"Telegram ng", "Telegram de", "Telegram tr", "Telegram ci", "Telegram us"},
		} {
			found, err := c.Search(t.Context(), protocol.Search{Query: "telegram", Sort: sort, Limit: 10})
			require.NoError(t, err)
			assert.Equal(t, want, names(found), "%q", sort)
			for _, o := range found.Offers {
				assert.Equal(t, stats[o.CountryID], o.Stats)
			}
		}
		found, err := c.Search(t.Context(), protocol.Search{Query: "signal", Sort: protocol.SortStock, Limit: 10})
		require.NoError(t, err)
		assert.Equal(t, []string{"Signal us", "Signal ng"}, names(found), "where the prices are equal")
	})
}

// Preferred places come first, places limit a search, and a long result is read in pages.
func TestPlacesAndPaging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := catalog.New(fiveCountries(), func(string, string) *protocol.DeliveryStats { return nil }, func() {})
		stop := start(c)
		defer stop()
		loadAll(t, c)
		search := func(s protocol.Search) protocol.Offers {
			found, err := c.Search(t.Context(), s)
			require.NoError(t, err)
			return found
		}
		all := search(protocol.Search{Query: "telegram", Limit: 10})
		require.Equal(t, []string{"Telegram ng", "Telegram de", "Telegram tr", "Telegram ci", "Telegram us"}, names(all))

		part := search(protocol.Search{Query: "telegram", Offset: 3, Limit: 1})
		assert.Equal(t, []string{"Telegram ci"}, names(part))
		assert.Equal(t, 3, part.Offset)
		assert.Equal(t, 5, part.Total)
		assert.Empty(t, search(protocol.Search{Query: "telegram", Offset: 99, Limit: 1}).Offers)
		assert.Equal(t, names(all)[:1], names(search(protocol.Search{Query: "telegram", Offset: -4, Limit: 1})))

		turkey, ivory := all.Offers[2], all.Offers[3]
		first := []protocol.Place{{CountryID: ivory.CountryID}, {CountryID: turkey.CountryID, ServiceID: turkey.ServiceID}}
		assert.Equal(t, []string{"Telegram ci", "Telegram tr", "Telegram ng", "Telegram de", "Telegram us"},
			names(search(protocol.Search{Query: "telegram", Prefer: first, Limit: 10})))
		one := []protocol.Place{{CountryID: turkey.CountryID, ServiceID: turkey.ServiceID}}
		assert.Equal(t, []string{"Telegram tr"}, names(search(protocol.Search{Places: one, Limit: 10})))
	})
}

// However many countries there are, searching costs one call for each of them per hour.
// Beyond that only the countries at the top of the result are loaded again.
func TestCallsAreBounded(t *testing.T) {
	f := &fakeProvider{services: map[logspanel.ID][]logspanel.Service{}}
	for i := range 200 {
		id := logspanel.ID(strconv.Itoa(i))
		f.countries = append(f.countries, logspanel.Country{ID: id, Name: fmt.Sprintf("Country %03d", i)})
		f.services[id] = []logspanel.Service{{ID: id + "00", Name: "Telegram", CountryID: id, Price: naira(int64(1000 + i)), Available: 5}}
	}
	withCatalog(t, f, func(t *testing.T, c *catalog.Catalog, _ *atomic.Int32) {
		loadAll(t, c)
		assert.Len(t, f.takeCalls(), 201)
		for range 10 {
			time.Sleep(5 * time.Minute)
			for range 20 { // key presses
				_, err := c.Search(t.Context(), protocol.Search{Query: "tele", Limit: 100})
				require.NoError(t, err)
			}
			time.Sleep(30 * time.Second)
			calls := f.takeCalls()
			assert.Len(t, calls, 20)
			assert.Contains(t, calls, logspanel.ID("0"), "the cheapest")
		}
	})
}
