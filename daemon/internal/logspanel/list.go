package logspanel

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

const (
	perPage  = 100
	maxPages = 200
	maxItems = 20000
)

// list reads all pages of a list. What moves between two pages while they are read
// can be missing. An item that can't be read is left out.
func list[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values) ([]T, error) {
	items, _, err := listUpTo[W](ctx, c, e, query, 0)
	return items, err
}

// extent is how much of a list is known to have been read. What the answers leave
// out or contradict, and an item that can't be read, make it less, and are no error.
type extent struct {
	gapless  bool // nothing is missing before the last item that was read
	complete bool // nor after it
}

// listUpTo stops at the page that brings it to atMost items, or, where that is 0, at
// a bound that no account should reach.
func listUpTo[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values, atMost int) (items []T, read extent, err error) {
	if atMost == 0 || atMost > maxItems {
		atMost = maxItems
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("per_page", strconv.Itoa(perPage))
	items = []T{}
	seen := map[string]bool{} // the items as they were written, where there are pages
	listed, moved := 0, false
	read.gapless = true
	for n := 1; ; n++ {
		a, err := c.call(ctx, c.credentials, e, "", query, nil)
		if err != nil {
			return nil, extent{}, err
		}
		p, err := decodePage(a.data, a.meta, a.links)
		if err != nil {
			return nil, extent{}, a.unusable(err)
		}
		if n > 1 && p.current != n {
			return items, read, nil // the provider pages, but not by our asking
		}
		var unread error
		before := listed
		for i, raw := range p.items {
			if p.more || n > 1 {
				if seen[string(raw)] {
					moved = true
					continue
				}
				seen[string(raw)] = true
			}
			listed++
			item, err := decode[W](raw)
			if err != nil {
				unread = fmt.Errorf("item %d of the list: %w", i+1, err)
				continue
			}
			items = append(items, item)
		}
		if unread != nil && len(items) == 0 {
			return nil, extent{}, a.unusable(unread) // this is no list of what was asked for
		}
		read.gapless = read.gapless && unread == nil && !p.short && (n > 1 || p.current <= 1)
		switch {
		case !p.more:
			read.gapless = read.gapless && (p.total == nil || *p.total == listed)
			read.complete = read.gapless && p.last && !moved
			return items, read, nil
		case listed == before, n == maxPages, len(items) >= atMost:
			return items, read, nil
		}
		query.Set("page", strconv.Itoa(n+1))
	}
}

// page is one page of a list.
type page struct {
	items   []json.RawMessage
	current int // 0 where the provider does not page
	more    bool
	last    bool // the answer shows that nothing follows; it need not show either
	short   bool // there is more, and yet the page is not full
	total   *int // of all pages, where the answer says
}

// paging is what Laravel's paginators say about further pages, beside the items or
// in a sibling.
type paging struct {
	CurrentPage *count          `json:"current_page"`
	LastPage    *count          `json:"last_page"`
	PerPage     *count          `json:"per_page"`
	Total       *count          `json:"total"`
	NextPageURL json.RawMessage `json:"next_page_url"`
}

// decodePage reads a list in each of its published forms: data is the items, or
// data is a paginator, or data is the items with meta and links beside them.
func decodePage(data, meta, links json.RawMessage) (page, error) {
	var p page
	var about paging
	var next struct {
		Next json.RawMessage `json:"next"`
	}
	if len(data) > 0 && data[0] == '{' {
		var paginator struct {
			Data  json.RawMessage `json:"data"`
			Meta  json.RawMessage `json:"meta"`
			Links json.RawMessage `json:"links"`
			paging
		}
		if err := json.Unmarshal(data, &paginator); err != nil {
			return p, fmt.Errorf("the list can't be read: %w", err)
		}
		data, about = paginator.Data, paginator.paging
		if paginator.Meta != nil {
			meta, links = paginator.Meta, paginator.Links
		}
	}
	if len(data) == 0 || data[0] != '[' {
		return p, fmt.Errorf("the answer has %s in place of a list", kind(data))
	}
	if err := json.Unmarshal(data, &p.items); err != nil {
		return p, fmt.Errorf("the list can't be read: %w", err)
	}
	// A paginator's own links is a list of page buttons, which says nothing new.
	if len(meta) > 0 && meta[0] == '{' {
		if err := json.Unmarshal(meta, &about); err != nil {
			return p, fmt.Errorf("the list's pages can't be read: %w", err)
		}
	}
	if len(links) > 0 && links[0] == '{' {
		if err := json.Unmarshal(links, &next); err != nil {
			return p, fmt.Errorf("the list's pages can't be read: %w", err)
		}
	}
	if about.NextPageURL == nil {
		about.NextPageURL = next.Next
	}
	p.place(about)
	return p, nil
}

// place works out from what an answer says where its page stands in the list.
func (p *page) place(about paging) {
	if about.CurrentPage != nil {
		p.current = int(*about.CurrentPage)
	}
	if about.Total != nil {
		total := int(*about.Total)
		p.total = &total
	}
	nextIs, nextSaid := scalarOf(about.NextPageURL) != "", about.NextPageURL != nil
	pages := about.CurrentPage != nil || about.LastPage != nil || about.PerPage != nil || about.Total != nil || nextSaid
	if !pages {
		// Nothing says whether this is all. A full page may well not be.
		p.last = len(p.items) == 0 || len(p.items)%perPage != 0
		return
	}
	if p.current <= 0 {
		return // pages that can't be asked for
	}
	behind := about.LastPage != nil && *about.LastPage > *about.CurrentPage
	p.more = len(p.items) > 0 && (behind || about.LastPage == nil && nextIs)
	p.short = p.more && about.PerPage != nil && len(p.items) < int(*about.PerPage)
	switch {
	case behind || nextIs:
	case about.LastPage != nil:
		p.last = *about.LastPage == *about.CurrentPage
	default:
		// The total is held against what was read in any case.
		p.last = nextSaid || about.Total != nil
	}
}
