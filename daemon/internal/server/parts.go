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
	partSize          = protocol.MaxMessage / 8 // bytes of the rows in one answer, but for a single row that is larger
	continuationLife  = 2 * time.Minute         // until the rest of a list is forgotten
	continuationsEach = 4                       // lists that one client may be in the middle of; the oldest goes
)

// continuations keeps what is still to be sent of lists that are too long for one message. The
// whole list is read once, so that no row is sent twice or left out because the list
// grew in between.
type continuations struct {
	mu   sync.Mutex
	kept []continuation // oldest first
}

type continuation struct {
	cursor string
	client string
	method string
	rows   any // a []T
	gone   *time.Timer
}

// take gives what a cursor of the client's stands for, once.
func (r *continuations) take(client, method, cursor string) (rows any, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.kept, func(k continuation) bool { return k.cursor == cursor && k.client == client && k.method == method })
	if i < 0 {
		return nil, false
	}
	rows = r.kept[i].rows
	r.dropAtLocked(i)
	return rows, true
}

// keep remembers rows for the client, and names them.
func (r *continuations) keep(client, method string, rows any) (cursor string) {
	cursor = rand.Text()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, continuation{cursor, client, method, rows, time.AfterFunc(continuationLife, func() { r.take(client, method, cursor) })})
	own := func(k continuation) bool { return k.client == client }
	for many := count(r.kept, own); many > continuationsEach; many-- {
		r.dropAtLocked(slices.IndexFunc(r.kept, own))
	}
	return cursor
}

func (r *continuations) dropAtLocked(i int) {
	r.kept[i].gone.Stop()
	r.kept = slices.Delete(r.kept, i, i+1)
}

func count(list []continuation, is func(continuation) bool) (n int) {
	for _, k := range list {
		if is(k) {
			n++
		}
	}
	return n
}

// inParts answers a method whose list may be too long for one message. Of names where in
// an answer its rows and its cursor are. Everybody may share the reading of a whole list;
// the rest of one is its client's alone.
func inParts[P, T any](r *continuations, name string, list func(context.Context) (P, error), of func(*P) (rows *[]T, next *string)) method {
	return method{
		do: func(ctx context.Context, client string, raw json.RawMessage) (any, error) {
			var asked protocol.ListRequest
			if err := protocol.Bind(raw, &asked); err != nil {
				return nil, err
			}
			if asked.Cursor == "" {
				return list(ctx)
			}
			kept, found := r.take(client, name, asked.Cursor)
			if !found {
				return nil, &protocol.Error{
					Code: protocol.CodeCatalogueStale, Message: "the rest of this list is no longer available", Next: "reload the list",
				}
			}
			var page P
			rows, _ := of(&page)
			*rows = kept.([]T)
			return page, nil
		},
		finish: func(result any, client string) (any, error) {
			page := result.(P)
			rows, next := of(&page)
			n, err := fitting(*rows)
			if err != nil {
				return nil, err
			}
			if n < len(*rows) {
				*next = r.keep(client, name, (*rows)[n:])
				*rows = (*rows)[:n]
			}
			return withhold(page, client), nil
		},
		shared: func(raw json.RawMessage) bool {
			var asked protocol.ListRequest
			return protocol.Bind(raw, &asked) == nil && asked.Cursor == ""
		},
	}
}

// fitting is how many of the first rows go into one answer; at least one.
func fitting[T any](rows []T) (int, error) {
	size := 0
	for i, row := range rows {
		raw, err := json.Marshal(row)
		if err != nil {
			return 0, fmt.Errorf("encode a row: %w", err)
		}
		if size += len(raw); size > partSize && i > 0 {
			return i, nil
		}
	}
	return len(rows), nil
}
