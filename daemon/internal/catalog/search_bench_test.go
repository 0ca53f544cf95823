package catalog_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/catalog"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// tenThousandOffers is a hundred services in each of a hundred countries.
func tenThousandOffers() *fakeProvider {
	f := &fakeProvider{services: map[logspanel.ID][]logspanel.Service{}}
	for i := range 100 {
		id := logspanel.ID(strconv.Itoa(i))
		f.countries = append(f.countries, logspanel.Country{ID: id, Name: fmt.Sprintf("Country %d", i)})
		for n := range 100 {
			f.services[id] = append(f.services[id], logspanel.Service{
				ID: id + logspanel.ID(strconv.Itoa(n)), Name: fmt.Sprintf("Service %d", n), Price: naira(int64(i*n*7919%100_000 + 1)), Available: n % 7,
			})
		}
	}
	return f
}

// BenchmarkKeyPress measures a search over ten thousand offers, as the popup makes one at
// each key press, for a word that some have and for one that all have. As a baseline it
// only looks for the same text in the names.
func BenchmarkKeyPress(b *testing.B) {
	f := tenThousandOffers()
	c := catalog.New(instantProvider{f}, noDeliveryStats, func() {})
	defer start(c)()
	var names []string
	for _, country := range f.countries {
		_, err := c.Search(b.Context(), protocol.Search{CountryID: string(country.ID), Limit: 1})
		require.NoError(b, err)
		for _, s := range f.services[country.ID] {
			names = append(names, strings.ToLower(s.Name))
		}
	}
	for name, typed := range map[string]struct {
		text         string
		found, named int // offers that match, and names that contain the text
	}{"some": {"service 77", 199, 100}, "all": {"serv", 10_000, 10_000}} {
		b.Run(name+"/search", func(b *testing.B) {
			for b.Loop() {
				found, err := c.Search(b.Context(), protocol.Search{Query: typed.text, Limit: 60})
				if err != nil || found.Total != typed.found {
					b.Fatal(found.Total, err)
				}
			}
		})
		b.Run(name+"/contains", func(b *testing.B) {
			for b.Loop() {
				found := 0
				for _, name := range names {
					if strings.Contains(name, typed.text) {
						found++
					}
				}
				if found != typed.named {
					b.Fatal(found)
				}
			}
		})
	}
}
