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
// can be listed twice or not at all.
func list[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values) ([]T, error) {
	return listUpTo[W](ctx, c, e, query, 0)
}

// listUpTo stops at the page that brings it to atMost items, or, where that is 0, at
// a bound that no account should reach.
func listUpTo[W wire[T], T any](ctx context.Context, c *Client, e endpoint, query url.Values, atMost int) ([]T, error) {
	if atMost == 0 || atMost > maxItems {
		atMost = maxItems
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("per_page", strconv.Itoa(perPage))
	items := []T{}
	for n := 1; ; n++ {
		a, err := c.call(ctx, c.credentials, e, "", query, nil)
		if err != nil {
			return nil, err
		}
		p, err := decodePage(a.data, a.meta, a.links)
		if err != nil {
			return nil, a.unusable(err)
		}
		if n > 1 && p.current != n {
			return items, nil // the provider pages, but not by our asking
		}
		for i, raw := range p.items {
			item, err := decode[W](raw)
			if err != nil {
				return nil, a.unusable(fmt.Errorf("item %d of the list: %w", i+1, err))
			}
			items = append(items, item)
		}
		if !p.more || n == maxPages || len(items) >= atMost {
			return items, nil
		}
		query.Set("page", strconv.Itoa(n+1))
	}
}

// page is one page of a list.
type page struct {
	items   []json.RawMessage
	current int // 0 where the provider does not page
	more    bool
}

// paging is what Laravel's paginators say about further pages, beside the items or
// in a sibling.
type paging struct {
	CurrentPage count `json:"current_page"`
	LastPage    count `json:"last_page"`
	NextPageURL text  `json:"next_page_url"`
}

// decodePage reads a list in each of its published forms: data is the items, or
// data is a paginator, or data is the items with meta and links beside them.
func decodePage(data, meta, links json.RawMessage) (page, error) {
	var p page
	var about paging
	var next struct {
		Next text `json:"next"`
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
	p.current = int(about.CurrentPage)
	p.more = p.current > 0 && len(p.items) > 0 &&
		(about.LastPage > about.CurrentPage || about.LastPage == 0 && (about.NextPageURL != "" || next.Next != ""))
	return p, nil
}
