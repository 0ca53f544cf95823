package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

// longest is the longest text that the provider's client accepts, made of a character that
// JSON escapes.
var longest = strings.Repeat("<", 4096)

// history returns n orders, newest first, some of them with the longest texts.
func history(n int) []protocol.Order {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	orders := make([]protocol.Order, n)
	for i := range orders {
		orders[i] = protocol.Order{
			ID: fmt.Sprint("ord_", i), State: protocol.OrderReceived, Number: "+2348031234567", ServiceName: "Telegram", CountryName: "Nigeria",
			Code: "482913", CodeReady: true, Message: "Your Telegram code is 482913", CreatedAt: at.Add(-time.Duration(i) * time.Minute),
			Received: protocol.OneTimeCode{Code: "482913", Written: "482913", Text: "Your Telegram code is 482913"},
		}
		if i%1000 == 0 {
			orders[i].Message, orders[i].Code, orders[i].Received.Text = longest, longest, longest
		}
	}
	return orders
}

// parts reads all pages of a list.
func parts(t *testing.T, c *wsclient.Client) (orders []protocol.Order, many int) {
	t.Helper()
	for asked := (protocol.ListRequest{}); ; {
		var page protocol.OrderPage
		require.NoError(t, c.Call(t.Context(), protocol.OrderList, asked, &page))
		raw, err := json.Marshal(page)
		require.NoError(t, err)
		require.Less(t, len(raw), protocol.MaxMessage/4)
		orders, many = append(orders, page.Orders...), many+1
		if asked.Cursor = page.Next; asked.Cursor == "" {
			return orders, many
		}
	}
}

func TestLongListsArePaged(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	other, _ := h.pair(firefox, hello)
	all := history(8_000) // somewhat more than fit in one message
	for i := range all {
		all[i].Client = creds.ClientID
	}
	h.orders.state.Lock()
	h.orders.now.Orders = all
	h.orders.state.Unlock()
	got, many := parts(t, session)
	assert.Equal(t, all, got)
	assert.Greater(t, many, 4)

	got, _ = parts(t, other)
	require.Len(t, got, len(all))
	for _, o := range got {
		require.Empty(t, o.Code+o.Message+o.Received.Text, "no page contains another browser's codes")
	}

	var first protocol.OrderPage
	require.NoError(t, session.Call(t.Context(), protocol.OrderList, protocol.Empty{}, &first))
	assert.Equal(t, all[:len(first.Orders)], first.Orders, "an extension that knows no pages gets the newest rows")
	assert.NotEmpty(t, first.Orders)
}

func TestCursorWorksOnceForItsClient(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	other, _ := h.pair(firefox, hello)
	h.orders.state.Lock()
	h.orders.now.Orders = history(5_000)
	h.orders.state.Unlock()
	var first, second protocol.OrderPage
	ask := func(c *wsclient.Client, method, cursor string, page any) error {
		return c.Call(t.Context(), method, protocol.ListRequest{Cursor: cursor}, page)
	}
	require.NoError(t, ask(session, protocol.OrderList, "", &first))
	require.NotEmpty(t, first.Next)
	refused := func(err error) { assert.Equal(t, protocol.CodeCatalogueStale, protocol.AsError(err).Code) }
	refused(ask(other, protocol.OrderList, first.Next, nil))
	refused(ask(session, protocol.LogOrders, first.Next, nil))
	refused(ask(session, protocol.OrderList, "made up", nil))
	h.orders.state.Lock()
	h.orders.now.Orders = append(history(1), h.orders.now.Orders...) // the list grows between two pages
	h.orders.state.Unlock()
	require.NoError(t, ask(session, protocol.OrderList, first.Next, &second))
	assert.Equal(t, history(5_000)[len(first.Orders)].ID, second.Orders[0].ID, "no row is missing or repeated")
	refused(ask(session, protocol.OrderList, first.Next, nil))
	for range 10 {
		require.NoError(t, ask(session, protocol.OrderList, "", &first))
	}
	refused(ask(session, protocol.OrderList, second.Next, nil))
	assert.NoError(t, ask(session, protocol.OrderList, first.Next, nil), "the client's newest cursors are kept")
}
