package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

const (
	pageSize            = protocol.MaxMessage / 8 // bytes of the rows on one page; a single row may be larger
	cursorLifetime      = 2 * time.Minute
	maxCursorsPerClient = 4 // a new one replaces the client's oldest
)

// cursors holds the rest of lists that are too long for one message. The whole list is
// read once, so that no row is sent twice or left out because the list grew in between.
type cursors struct {
	mu   sync.Mutex
	open []cursor // oldest first
}

type cursor struct {
	id     string
	client string
	method string
	rows   any // a []T
	expiry *time.Timer
}

// take returns the rows that a cursor of the client stands for, once.
func (cs *cursors) take(client, method, id string) (rows any, found bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	i := slices.IndexFunc(cs.open, func(c cursor) bool { return c.id == id && c.client == client && c.method == method })
	if i < 0 {
		return nil, false
	}
	rows = cs.open[i].rows
	cs.removeLocked(i)
	return rows, true
}

// add keeps rows for the client and returns the ID of their cursor.
func (cs *cursors) add(client, method string, rows any) (id string) {
	id = rand.Text()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.open = append(cs.open, cursor{id, client, method, rows, time.AfterFunc(cursorLifetime, func() { cs.take(client, method, id) })})
	isOwn := func(c cursor) bool { return c.client == client }
	for n := count(cs.open, isOwn); n > maxCursorsPerClient; n-- {
		cs.removeLocked(slices.IndexFunc(cs.open, isOwn))
	}
	return id
}

func (cs *cursors) removeLocked(i int) {
	cs.open[i].expiry.Stop()
	cs.open = slices.Delete(cs.open, i, i+1)
}

func count(list []cursor, match func(cursor) bool) (n int) {
	for _, c := range list {
		if match(c) {
			n++
		}
	}
	return n
}

// paged answers a method whose list may be too long for one message. fields returns
// pointers to a page's rows and to its cursor. Clients may share the read of a whole list;
// a cursor belongs to the client that got it.
func paged[P, T any](cs *cursors, name string, list func(context.Context) (P, error), fields func(*P) (rows *[]T, next *string)) method {
	return method{
		do: func(ctx context.Context, client string, raw json.RawMessage) (any, error) {
			var request protocol.ListRequest
			if err := protocol.Bind(raw, &request); err != nil {
				return nil, err
			}
			if request.Cursor == "" {
				return list(ctx)
			}
			rest, found := cs.take(client, name, request.Cursor)
			if !found {
				return nil, &protocol.Error{
					Code: protocol.CodeCatalogueStale, Message: "the rest of this list is no longer available", Next: "reload the list",
				}
			}
			var page P
			rows, _ := fields(&page)
			*rows = rest.([]T)
			return page, nil
		},
		finish: func(result any, client string) (any, error) {
			page := result.(P)
			rows, next := fields(&page)
			n, err := rowsPerPage(*rows)
			if err != nil {
				return nil, err
			}
			if n < len(*rows) {
				*next = cs.add(client, name, (*rows)[n:])
				*rows = (*rows)[:n]
			}
			return redact(page, client), nil
		},
		shared: func(raw json.RawMessage) bool {
			var request protocol.ListRequest
			return protocol.Bind(raw, &request) == nil && request.Cursor == ""
		},
	}
}

// rowsPerPage returns how many of the first rows fit on one page, at least one.
func rowsPerPage[T any](rows []T) (int, error) {
	size := 0
	for i, row := range rows {
		raw, err := json.Marshal(row)
		if err != nil {
			return 0, fmt.Errorf("encode a row: %w", err)
		}
		if size += len(raw); size > pageSize && i > 0 {
			return i, nil
		}
	}
	return len(rows), nil
}
