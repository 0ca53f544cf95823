package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// lister is a provider that only lists the newest orders of an account.
type lister struct {
	Provider
	listed []logspanel.NumberOrder
}

func (l lister) NumberOrders(context.Context, int) (logspanel.OrderList, error) {
	return logspanel.OrderList{Orders: l.listed, Gapless: true}, nil
}

// past writes a journal with finished orders and their ledger.
func past(b *testing.B, orders int) (path string, newest []logspanel.NumberOrder) {
	path = filepath.Join(b.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(b, err)
	defer j.Close()
	price := money.Money{Minor: 850_00, Currency: "NGN"}
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	const each = 10_000 // in one transaction
	for from := 0; from < orders; from += each {
		require.NoError(b, j.Update(func(tx *store.Tx) error {
			for n := from; n < min(from+each, orders); n++ {
				at := begin.Add(time.Duration(n) * time.Minute)
				o := protocol.Order{
					ID: fmt.Sprintf("order-%07d", n), IntentID: fmt.Sprintf("intent-%07d", n), State: protocol.OrderReceived, Status: "completed",
					Number: fmt.Sprintf("+234803%07d", n), ServiceID: "123", ServiceName: "Telegram", CountryID: "1", CountryName: "Nigeria",
					CountryShort: "ng", CallingCode: "234", Price: price, CreatedAt: at, Deadline: at.Add(20 * time.Minute),
					Code: "481902", CodeReady: true, Message: "Your code is 481902", Client: "a-browser",
				}
				if err := rentals.Put(tx, o.ID, rental{Order: o, Generation: "g1", Life: 20 * time.Minute, Charged: true}); err != nil {
					return err
				}
				e := Entry{N: uint64(n + 1), At: at, Kind: EntryCharge, OrderID: o.ID, IntentID: o.IntentID, Amount: price, Before: price, After: price, Generation: "g1"}
				if err := entries.Put(tx, e.key(), e); err != nil {
					return err
				}
				if n >= orders-50 {
					newest = append(newest, logspanel.NumberOrder{ID: logspanel.ID(o.ID), Status: o.Status, Number: o.Number, Code: o.Code, Price: price, CreatedAt: at})
				}
			}
			return nil
		}))
	}
	return path, newest
}

// BenchmarkPast opens a service with journals of different sizes, and lists the newest orders.
func BenchmarkPast(b *testing.B) {
	for name, orders := range map[string]int{"none": 0, "few": protocol.MaxClosedOrders, "many": 100_000} {
		path, newest := past(b, orders)
		openBook := func(b *testing.B) (*Service, *store.Store) {
			j, err := store.Open(path, "example.test")
			require.NoError(b, err)
			settings, err := OpenSettings(j)
			require.NoError(b, err)
			svc, err := Open(Options{Provider: lister{listed: newest}, Journal: j, Settings: settings, Host: "example.test", Log: slog.New(slog.DiscardHandler)})
			require.NoError(b, err)
			return svc, j
		}
		b.Run(name+"/open", func(b *testing.B) {
			for b.Loop() {
				_, j := openBook(b)
				require.NoError(b, j.Close())
			}
		})
		b.Run(name+"/list", func(b *testing.B) {
			svc, j := openBook(b)
			defer j.Close()
			for b.Loop() {
				_, err := svc.List(b.Context())
				require.NoError(b, err)
				require.LessOrEqual(b, len(svc.Snapshot().Orders), protocol.MaxClosedOrders)
			}
		})
	}
}

// A snapshot fits into a message, however many orders are pending and however long their
// texts are.
func TestASnapshotFitsIntoAMessage(t *testing.T) {
	b := &Service{state: newState(Options{Settings: &SettingsFile{}, Journal: new(store.Store)}, &clock{wallTime: time.Now})}
	begin := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	text := strings.Repeat("<", 4096)
	for n := range 3000 {
		o := protocol.Order{
			ID: fmt.Sprint(n), State: protocol.OrderExpired, ServiceName: "Telegram", CreatedAt: begin.Add(time.Duration(n) * time.Minute),
			Problem: errRefundMissing(),
		}
		if n%2 == 0 {
			o.Problem, o.State, o.Code, o.Message, o.Received.Text = nil, protocol.OrderReceived, text, text, text
		}
		b.state.putRental(&rental{Order: o})
	}
	s := b.Snapshot()
	raw, err := json.Marshal(protocol.Welcome{Snapshot: s})
	require.NoError(t, err)
	require.Less(t, len(raw), protocol.MaxMessage)
	require.Equal(t, "2999", s.Orders[0].ID, "the newest are there")
	require.True(t, slices.IsSortedFunc(s.Orders, func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }))
}
