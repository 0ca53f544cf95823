package core

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// How many places are remembered.
const (
	maxFavourites = 30
	maxRecents    = 8
)

// toggleFavourite makes a place a favourite, or no longer.
func (c *Core) toggleFavourite(p protocol.Place) {
	h := &c.state.Preferences
	if h.IsFavourite(p.CountryID, p.ServiceID) {
		h.Favourites = slices.DeleteFunc(slices.Clone(h.Favourites), func(q protocol.Place) bool { return q == p })
	} else {
		h.Favourites = prepend(p, h.Favourites, maxFavourites)
	}
	c.storePreferences()
}

// addRecent remembers what was bought, and so the country that comes first next time.
func (c *Core) addRecent(i protocol.Intent) {
	if i.CountryID != "" {
		c.state.Preferences.Recents = prepend(protocol.Place{CountryID: i.CountryID, ServiceID: i.ServiceID}, c.state.Preferences.Recents, maxRecents)
		c.storePreferences()
	}
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
func (c *Core) usualPlaces() []protocol.Place {
	list := slices.Clone(c.state.Preferences.Favourites)
	for _, p := range c.state.Preferences.Recents {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// preferredPlaces is what comes first among offers: favourites, and the country used last.
func (c *Core) preferredPlaces() []protocol.Place {
	list := slices.Clone(c.state.Preferences.Favourites)
	if r := c.state.Preferences.Recents; len(r) > 0 {
		list = append(list, protocol.Place{CountryID: r[0].CountryID})
	}
	return list
}
