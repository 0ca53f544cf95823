package core

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// The limits of the remembered places.
const (
	maxFavourites = 30
	maxRecents    = 8
)

// toggleFavourite adds a place to the favourites, or removes it.
func toggleFavourite(prefs *view.Preferences, p protocol.Place) {
	if prefs.IsFavourite(p.CountryID, p.ServiceID) {
		prefs.Favourites = slices.DeleteFunc(slices.Clone(prefs.Favourites), func(q protocol.Place) bool { return q == p })
	} else {
		prefs.Favourites = prepend(p, prefs.Favourites, maxFavourites)
	}
}

// addRecent remembers where a number was bought. Its country comes first in the next search.
func addRecent(prefs *view.Preferences, p protocol.Place) {
	prefs.Recents = prepend(p, prefs.Recents, maxRecents)
}

// prepend moves or adds a place to the front of a list, without duplicates.
func prepend(p protocol.Place, list []protocol.Place, limit int) []protocol.Place {
	places := []protocol.Place{p}
	for _, q := range list {
		if q != p && len(places) < limit {
			places = append(places, q)
		}
	}
	return places
}

// usualPlaces returns the person's favourites and recent purchases.
func usualPlaces(prefs view.Preferences) []protocol.Place {
	list := slices.Clone(prefs.Favourites)
	for _, p := range prefs.Recents {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// preferredPlaces returns what comes first among the offers: the favourites, and the country of the
// last purchase.
func preferredPlaces(prefs view.Preferences) []protocol.Place {
	list := slices.Clone(prefs.Favourites)
	if r := prefs.Recents; len(r) > 0 {
		list = append(list, protocol.Place{CountryID: r[0].CountryID})
	}
	return list
}
