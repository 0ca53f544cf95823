package core

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// How many places are remembered.
const (
	maxFavourites = 30
	maxRecents    = 8
)

// toggleFavourite makes a place a favourite, or no longer.
func toggleFavourite(prefs *view.Preferences, p protocol.Place) {
	if prefs.IsFavourite(p.CountryID, p.ServiceID) {
		prefs.Favourites = slices.DeleteFunc(slices.Clone(prefs.Favourites), func(q protocol.Place) bool { return q == p })
	} else {
		prefs.Favourites = prepend(p, prefs.Favourites, maxFavourites)
	}
}

// addRecent remembers what was bought, and so the country that comes first next time.
func addRecent(prefs *view.Preferences, p protocol.Place) {
	prefs.Recents = prepend(p, prefs.Recents, maxRecents)
}

// prepend puts a place at the head of a list, where it stands once.
func prepend(p protocol.Place, list []protocol.Place, limit int) []protocol.Place {
	places := []protocol.Place{p}
	for _, q := range list {
		if q != p && len(places) < limit {
			places = append(places, q)
		}
	}
	return places
}

// usualPlaces is what the person favours and bought lately.
func usualPlaces(prefs view.Preferences) []protocol.Place {
	list := slices.Clone(prefs.Favourites)
	for _, p := range prefs.Recents {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// preferredPlaces is what comes first among offers: favourites, and the country used last.
func preferredPlaces(prefs view.Preferences) []protocol.Place {
	list := slices.Clone(prefs.Favourites)
	if r := prefs.Recents; len(r) > 0 {
		list = append(list, protocol.Place{CountryID: r[0].CountryID})
	}
	return list
}
