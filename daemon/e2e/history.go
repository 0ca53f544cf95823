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

// HistoryReport is what a long history costs at the start, beside an empty one. The two are
// measured in turns.
type HistoryReport struct {
	Orders int        `json:"orders"`
	Long   StartTimes `json:"long"`
	None   StartTimes `json:"none"`
}

// StartTimes is how long each start of the companion took, in milliseconds.
type StartTimes struct {
	Listening []float64 `json:"listening_after_ms"`
	Welcome   []float64 `json:"welcome_after_ms"` // of a browser that connects then
}

const (
	historyOrders  = 100_000
	historyRepeats = 5
)

// measureHistory starts the companion repeatedly, with a journal of a long history and with
// an empty one.
func measureHistory(ctx context.Context, s settings) (p *HistoryReport, err error) {
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	defer server.Close()
	p = &HistoryReport{Orders: historyOrders}
	var both []*companion
	for _, orders := range []int{historyOrders, 0} {
		c, err := newCompanion(ctx, s.binary, server.URL+sandbox.Path, sandbox.Key)
		if err != nil {
			return nil, err
		}
		defer func() { _ = c.remove() }()
		if err := c.writeHistory(ctx, orders); err != nil {
			return nil, err
		}
		both = append(both, c)
	}
	for range historyRepeats {
		for i, into := range []*StartTimes{&p.Long, &p.None} {
			if err := both[i].measureStart(ctx, into, min(historyOrders*(1-i), shownOrders)); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// shownOrders is how many finished orders a browser is sent.
const shownOrders = 50

// writeHistory writes finished orders into a journal of the first version's format, has the
// companion migrate it, and pairs a browser.
func (c *companion) writeHistory(ctx context.Context, orders int) error {
	api, err := url.Parse(c.api)
	if err != nil {
		return err
	}
	j, err := store.Open(filepath.Join(c.dir, strings.ReplaceAll(api.Host, ":", "_"), "journal.db"), api.Host)
	if err != nil {
		return err
	}
	// A finished order has no other stored fields.
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

// measureStart starts the companion, connects a browser, and stops the companion.
func (c *companion) measureStart(ctx context.Context, r *StartTimes, shown int) error {
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
		return fmt.Errorf("a browser is sent %d orders, not %d", n, shown)
	}
	return errors.Join(client.Close(), c.stop())
}
