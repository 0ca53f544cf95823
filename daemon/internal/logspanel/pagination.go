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

// list reads all pages of a list. It skips items that can't be read. An item that moves to
// another page meanwhile can be missing.
func list[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values) ([]T, error) {
	items, _, err := listUpTo[W](ctx, c, e, query, 0)
	return items, err
}

// coverage is how much of a list is known to have been read. Responses that leave
// something out or contradict each other, and items that can't be read, reduce it; they
// are not errors.
type coverage struct {
	gapless  bool // nothing is missing before the last item that was read
	complete bool // and nothing after it
}

// listUpTo reads pages until it has atMost items. Where atMost is 0, it reads up to
// maxItems, which no account should reach.
func listUpTo[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values, atMost int) (items []T, read coverage, err error) {
	if atMost == 0 || atMost > maxItems {
		atMost = maxItems
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("per_page", strconv.Itoa(perPage))
	items = []T{}
	seen := map[string]bool{} // the raw items, where there are several pages
	listed, moved := 0, false
	read.gapless = true
	for n := 1; ; n++ {
		r, err := c.call(ctx, c.credentials, e, "", query, nil)
		if err != nil {
			return nil, coverage{}, err
		}
		p, err := decodePage(r.data, r.meta, r.links)
		if err != nil {
			return nil, coverage{}, r.unreadable(err)
		}
		if n > 1 && p.current != n {
			return items, read, nil // the provider ignores the page that was asked for
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
			return nil, coverage{}, r.unreadable(unread) // not a list of these items at all
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
	current int // its number from 1; 0 where the provider does not page
	more    bool
	last    bool // known to be the last; both more and last may be false
	short   bool // not full, although more follows
	total   *int // items on all pages, where the response says
}

// paging holds the fields of Laravel's paginators. They are beside the items or in a
// sibling object.
type paging struct {
	CurrentPage *count          `json:"current_page"`
	LastPage    *count          `json:"last_page"`
	PerPage     *count          `json:"per_page"`
	Total       *count          `json:"total"`
	NextPageURL json.RawMessage `json:"next_page_url"`
}

// decodePage decodes a list in each of its published forms: data is the items, or a
// paginator around them, or the items with meta and links beside data.
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
		return p, fmt.Errorf("the response has %s in place of a list", kind(data))
	}
	if err := json.Unmarshal(data, &p.items); err != nil {
		return p, fmt.Errorf("the list can't be read: %w", err)
	}
	// A paginator's own links field is a list of page buttons and is not needed.
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
	p.locate(about)
	return p, nil
}

// locate works out the page's position in the list from the paging fields.
func (p *page) locate(about paging) {
	if about.CurrentPage != nil {
		p.current = int(*about.CurrentPage)
	}
	if about.Total != nil {
		total := int(*about.Total)
		p.total = &total
	}
	hasNext, statesNext := scalarOf(about.NextPageURL) != "", about.NextPageURL != nil
	pages := about.CurrentPage != nil || about.LastPage != nil || about.PerPage != nil || about.Total != nil || statesNext
	if !pages {
		// The provider does not page. A full page may be cut off.
		p.last = len(p.items) == 0 || len(p.items)%perPage != 0
		return
	}
	if p.current <= 0 {
		return // there is no next page number to ask for
	}
	hasLater := about.LastPage != nil && *about.LastPage > *about.CurrentPage
	p.more = len(p.items) > 0 && (hasLater || about.LastPage == nil && hasNext)
	p.short = p.more && about.PerPage != nil && len(p.items) < int(*about.PerPage)
	switch {
	case hasLater || hasNext:
	case about.LastPage != nil:
		p.last = *about.LastPage == *about.CurrentPage
	default:
		// listUpTo also compares the total with what it read.
		p.last = statesNext || about.Total != nil
	}
}
