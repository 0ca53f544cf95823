package core

import (
	"time"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// settleTime is how long after a search newer results may replace the list without asking.
const settleTime = 1500 * time.Millisecond

// minQueryLength is the length of the shortest site name that is searched for as a query.
const minQueryLength = 3

// offerSearch finds the offers that the popup shows. It owns the current search and the
// services that are proposed for the open site. It never asks for a price and never buys.
type offerSearch struct {
	*shared
	daemon     *connection
	seq        int        // number of the latest search
	searchedAt time.Time  // when the person searched last
	proposals  []proposal // for the open site, until one finds something
}

// proposal is a search for the open site that the person did not type.
type proposal struct {
	search protocol.Search
	guess  bool // the service may be another one
}

// propose shows offers for the service of the open site. It tries each name as a service name
// first, then as part of a longer one.
func (s *offerSearch) propose(names []string) {
	s.proposals = nil
	for _, name := range names {
		s.proposals = append(s.proposals, proposal{protocol.Search{Service: name}, false})
	}
	for _, name := range names {
		if utf8.RuneCountInString(name) >= minQueryLength {
			s.proposals = append(s.proposals, proposal{protocol.Search{Query: name}, true})
		}
	}
	s.proposeNext()
}

// guess shows offers for the first of the names that is a service's.
func (s *offerSearch) guess(names []string) {
	if len(names) == 0 {
		return
	}
	s.proposals = nil
	for _, name := range names {
		s.proposals = append(s.proposals, proposal{protocol.Search{Service: name}, true})
	}
	s.proposeNext()
}

func (s *offerSearch) proposeNext() {
	s.state.Tab.Service, s.state.Tab.Guess, s.state.Offers = "", false, nil
	if len(s.proposals) > 0 {
		next := s.proposals[0]
		s.state.Tab.Service, s.state.Tab.Guess = next.search.Service+next.search.Query, next.guess
	}
	s.find()
}

// find starts a new search: for the typed query, otherwise for the proposed service, otherwise
// for the person's favourites and recent places.
func (s *offerSearch) find() {
	s.searchedAt, s.state.NewerOffers = s.state.Now, nil
	s.search(func(found protocol.Offers) { s.state.Offers = &found })
}

// refresh repeats the search after the catalogue has grown. If the rows of the visible list
// would move, the list stays and the popup offers the newer one.
func (s *offerSearch) refresh() {
	s.search(func(found protocol.Offers) {
		old := s.state.Offers
		if old == nil || s.state.Now.Sub(s.searchedAt) < settleTime || extends(found, *old) {
			s.state.Offers, s.state.NewerOffers = &found, nil
			return
		}
		s.state.NewerOffers = &found
	})
}

// extends reports whether every row of old has the same position in found.
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

// search requests the visible part of the offers from the daemon. Only the answer to the latest
// search counts.
func (s *offerSearch) search(show func(protocol.Offers)) {
	query := protocol.Search{Query: s.state.Query, Prefer: preferredPlaces(s.state.Preferences)}
	proposing := s.state.Query == "" && len(s.proposals) > 0
	switch {
	case proposing:
		query.Service, query.Query = s.proposals[0].search.Service, s.proposals[0].search.Query
	case s.state.Query == "":
		query.Places = usualPlaces(s.state.Preferences)
		query.Prefer = query.Places
		if len(query.Places) == 0 {
			s.seq++
			s.state.Offers, s.state.Searching = nil, false
			return
		}
	}
	query.Sort, query.Offset, query.Limit = s.state.Sort, s.state.First, view.WindowSize
	if !s.daemon.ready() {
		return // Core.resume searches
	}
	s.seq++
	seq := s.seq
	s.state.Searching = true
	s.daemon.call(protocol.OfferSearch, query, func(m protocol.Message) {
		if seq != s.seq {
			return
		}
		s.state.Searching = false
		var found protocol.Offers
		if m.Error != nil || protocol.Bind(m.Result, &found) != nil {
			s.state.Problem = m.Error
			return
		}
		show(found)
		if proposing && found.Total == 0 && !found.Loading && len(s.proposals) > 0 {
			s.proposals = s.proposals[1:]
			s.proposeNext()
		}
	})
}

// scrollTo loads the rows of a long list around a row.
func (s *offerSearch) scrollTo(row int) {
	s.state.First = view.WindowStart(row)
	if s.shown() {
		s.search(func(found protocol.Offers) { s.state.Offers = &found })
	}
}

// shown reports whether the popup shows the offers.
func (s *offerSearch) shown() bool {
	return s.state.OrderID == "" && (s.state.Section == "" || s.state.Section == view.SectionNumber)
}
