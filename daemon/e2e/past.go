package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Past is what a long history costs, beside none: times in milliseconds, turn and turn
// about.
type Past struct {
	Orders int     `json:"orders"`
	Long   Resumed `json:"long"`
	None   Resumed `json:"none"`
}

// Resumed is how long the companion took each time it was started again.
type Resumed struct {
	Listening []float64 `json:"listening_after_ms"`
	Welcome   []float64 `json:"welcome_after_ms"` // of a browser that connects then
}

const (
	pastOrders = 100_000
	pastTurns  = 5
)

// past starts the companion over a journal with a long history and over an empty one.
func past(ctx context.Context, s settings) (p *Past, err error) {
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	defer server.Close()
	p = &Past{Orders: pastOrders}
	var both []*companion
	for _, orders := range []int{pastOrders, 0} {
		c, err := newCompanion(ctx, s.binary, server.URL+sandbox.Path, sandbox.Key)
		if err != nil {
			return nil, err
		}
		defer func() { _ = c.remove() }()
		if err := c.live(ctx, orders); err != nil {
			return nil, err
		}
		both = append(both, c)
	}
	for range pastTurns {
		for i, into := range []*Resumed{&p.Long, &p.None} {
			if err := both[i].resume(ctx, into, min(pastOrders*(1-i), shownOrders)); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// shownOrders is how many of those that came to their ends a browser is told of.
const shownOrders = 50

// live writes orders that came to their ends into a journal as the first version made it,
// which the companion brings up to date, and pairs a browser.
func (c *companion) live(ctx context.Context, orders int) error {
	api, err := url.Parse(c.api)
	if err != nil {
		return err
	}
	j, err := store.Open(filepath.Join(c.dir, strings.ReplaceAll(api.Host, ":", "_"), "journal.db"), api.Host)
	if err != nil {
		return err
	}
	// What else the companion keeps of an order is nothing, where it has ended.
	type row struct {
		Order protocol.Order `json:"order"`
	}
	table := store.Table[row]{Name: "orders"}
	begin := time.Now().UTC().AddDate(-1, 0, 0)
	err = j.Update(func(tx *store.Tx) error {
		for n := range orders {
			at := begin.Add(time.Duration(n) * time.Minute)
			o := protocol.Order{
				ID: fmt.Sprintf("order-%07d", n), State: protocol.OrderReceived, Status: "completed", Number: fmt.Sprintf("+234803%07d", n),
				ServiceID: "123", ServiceName: "Telegram", CountryID: "1", CountryName: "Nigeria", CountryShort: "ng", CallingCode: "234",
				Price: money.Money{Minor: 850_00, Currency: "NGN"}, CreatedAt: at, Deadline: at.Add(20 * time.Minute),
				Code: "481902", CodeReady: true, Message: "Your code is 481902",
			}
			if err := table.Put(tx, o.ID, row{o}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, j.Close()); err != nil {
		return err
	}
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	return errors.Join(client.Close(), c.stop())
}

// resume starts the companion again, connects a browser, and stops it.
func (c *companion) resume(ctx context.Context, r *Resumed, shown int) error {
	begun := time.Now()
	if err := c.start(); err != nil {
		return err
	}
	r.Listening = append(r.Listening, milliseconds(time.Since(begun)))
	begun = time.Now()
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	r.Welcome = append(r.Welcome, milliseconds(time.Since(begun)))
	if n := len(client.Welcome().Snapshot.Orders); n != shown {
		return fmt.Errorf("a browser is shown %d orders, and %d were meant", n, shown)
	}
	return errors.Join(client.Close(), c.stop())
}
