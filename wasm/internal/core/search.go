package core

import (
	"time"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// settleTime is how long after a search its list may still move under the person's eyes.
const settleTime = 1500 * time.Millisecond

// minQueryLength is the shortest name that can be found among others' words.
const minQueryLength = 3

// propose shows offers for the service that the open site belongs to, by the first of
// its names that the provider uses; failing all, it may have it under a longer one.
func (c *Core) propose(names ...string) {
	c.proposals = nil
	for _, name := range names {
		c.proposals = append(c.proposals, protocol.Search{Service: name})
	}
	for _, name := range names {
		if utf8.RuneCountInString(name) >= minQueryLength {
			c.proposals = append(c.proposals, protocol.Search{Query: name})
		}
	}
	c.proposeNext()
}

// siteNamesRead proposes the service that the page itself names, where its address names none.
func (c *Core) siteNamesRead(e Event) {
	r := c.filler.takeRequest(e)
	if r.kind == ReadSiteNames && r.tab == c.state.Tab.ID && c.state.Tab.Service == "" {
		if name := site.Named(e.SiteNames); name != "" {
			c.propose(name)
		}
	}
}

func (c *Core) proposeNext() {
	c.state.Tab.Service, c.state.Offers = "", nil
	if len(c.proposals) > 0 {
		c.state.Tab.Service = c.proposals[0].Service + c.proposals[0].Query
	}
	c.findOffers()
}

// findOffers searches anew, for what is typed, or for the proposed service, or for what the
// person usually wants.
func (c *Core) findOffers() {
	c.searchedAt, c.state.NewerOffers = c.state.Now, nil
	c.search(func(found protocol.Offers) { c.state.Offers = &found })
}

// refreshOffers searches again because the catalogue has grown. A list that a person may be
// about to press stays as it is, and they are told that there is more.
func (c *Core) refreshOffers() {
	c.search(func(found protocol.Offers) {
		old := c.state.Offers
		if old == nil || c.state.Now.Sub(c.searchedAt) < settleTime || extends(found, *old) {
			c.state.Offers, c.state.NewerOffers = &found, nil
			return
		}
		c.state.NewerOffers = &found
	})
}

// extends reports that every row of a list stays where it is in a newer one.
func extends(found, old protocol.Offers) bool {
	if len(found.Offers) < len(old.Offers) || found.Offset != old.Offset {
		return false
	}
	for i, o := range old.Offers {
		if found.Offers[i].CountryID != o.CountryID || found.Offers[i].ServiceID != o.ServiceID {
			return false
		}
	}
	return true
}

// search asks the daemon for the part of the offers that is looked at. The latest
// search wins.
func (c *Core) search(show func(protocol.Offers)) {
	query := protocol.Search{Query: c.state.Query, Prefer: c.preferredPlaces()}
	proposing := c.state.Query == "" && len(c.proposals) > 0
	switch {
	case proposing:
		query.Service, query.Query = c.proposals[0].Service, c.proposals[0].Query
	case c.state.Query == "":
		query.Places = c.usualPlaces()
		query.Prefer = query.Places
		if len(query.Places) == 0 {
			c.searchSeq++
			c.state.Offers, c.state.Searching = nil, false
			return
		}
	}
	query.Sort, query.Offset, query.Limit = c.state.Sort, c.state.First, view.WindowSize
	if !c.daemon.ready() {
		return // resume searches
	}
	c.searchSeq++
	seq := c.searchSeq
	c.state.Searching = true
	c.daemon.call(protocol.OfferSearch, query, func(m protocol.Message) {
		if seq != c.searchSeq {
			return
		}
		c.state.Searching = false
		var found protocol.Offers
		if m.Error != nil || protocol.Bind(m.Result, &found) != nil {
			c.state.Problem = m.Error
			return
		}
		show(found)
		if proposing && found.Total == 0 && !found.Loading && len(c.proposals) > 0 {
			c.proposals = c.proposals[1:]
			c.proposeNext()
		}
	})
}

// scrollTo brings the rows of a long list around one of them into reach.
func (c *Core) scrollTo(row int) {
	c.state.First = view.WindowStart(row)
	if c.showsOffers() {
		c.search(func(found protocol.Offers) { c.state.Offers = &found })
	}
}

func (c *Core) showsOffers() bool {
	return c.state.OrderID == "" && (c.state.Section == "" || c.state.Section == view.SectionNumber)
}
