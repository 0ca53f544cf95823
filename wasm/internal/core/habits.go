package core

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// How many places are remembered.
const (
	mostFavourites = 30
	mostRecents    = 8
)

// favour makes a place a favourite, or no longer.
func (c *Core) favour(p protocol.Place) {
	h := &c.state.Habits
	if h.Favours(p.CountryID, p.ServiceID) {
		h.Favourites = slices.DeleteFunc(slices.Clone(h.Favourites), func(q protocol.Place) bool { return q == p })
	} else {
		h.Favourites = first(p, h.Favourites, mostFavourites)
	}
	c.keepHabits()
}

// used remembers what was bought, and so the country that comes first next time.
func (c *Core) used(i protocol.Intent) {
	if i.CountryID != "" {
		c.state.Habits.Recents = first(protocol.Place{CountryID: i.CountryID, ServiceID: i.ServiceID}, c.state.Habits.Recents, mostRecents)
		c.keepHabits()
	}
}

func (c *Core) keepHabits() {
	h := c.state.Habits
	c.do(Effect{Do: Accustom, Habits: &h})
}

// first puts a place at the head of a list, where it stands once.
func first(p protocol.Place, list []protocol.Place, most int) []protocol.Place {
	fresh := []protocol.Place{p}
	for _, q := range list {
		if q != p && len(fresh) < most {
			fresh = append(fresh, q)
		}
	}
	return fresh
}

// usual is what the person favours and bought lately.
func (c *Core) usual() []protocol.Place {
	list := slices.Clone(c.state.Habits.Favourites)
	for _, p := range c.state.Habits.Recents {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// preferred is what comes first among offers: favourites, and the country used last.
func (c *Core) preferred() []protocol.Place {
	list := slices.Clone(c.state.Habits.Favourites)
	if r := c.state.Habits.Recents; len(r) > 0 {
		list = append(list, protocol.Place{CountryID: r[0].CountryID})
	}
	return list
}

// notify tells of a code that has come, where neither the daemon nor an open page does.
// It is called when an order's code is first seen: the state before says whether it was
// seen, and outlives the worker.
func (c *Core) notify(o protocol.Order) {
	s := c.state
	if !o.CodeReady || o.Client != s.Client || !s.Notify || s.Habits.Quiet || s.Snapshot.ShowsNotifications || len(c.pages) > 0 {
		return
	}
	n := view.CodeCame(o)
	c.do(Effect{Do: Notify, Notice: &n})
}
