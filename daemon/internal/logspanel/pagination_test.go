package logspanel_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
)

// ordersJSON encodes orders with these ids; order n was created n hours after noon.
func ordersJSON(ids ...int) string {
	items := []string{}
	for _, id := range ids {
		at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(id) * time.Hour)
		items = append(items, fmt.Sprintf(`{"order_id":"%d","price":"1.00","currency":"NGN","created_at":%q}`, id, at.Format(time.RFC3339)))
	}
	return "[" + strings.Join(items, ",") + "]"
}

// descending returns the numbers between from and to, which is the smaller.
func descending(from, to int) (ids []int) {
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

// pagesHandler serves a list with these pages. A later page is the last one again.
func pagesHandler(pages ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := 1
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &n)
		_, _ = w.Write([]byte(`{"success":true,` + pages[min(n, len(pages))-1] + `}`))
	}
}

// A list is complete only where the responses prove it: gaps, contradictions and unreadable
// items make it incomplete.
func TestListCompleteness(t *testing.T) {
	for name, c := range map[string]struct {
		pages             []string
		orders            int
		gapless, complete bool
	}{
		"bare":                   {[]string{`"data":` + ordersJSON(2, 1)}, 2, true, true},
		"bare and empty":         {[]string{`"data":[]`}, 0, true, true},
		"bare and a full page":   {[]string{`"data":` + ordersJSON(descending(100, 1)...)}, 100, true, false},
		"bare, more than a page": {[]string{`"data":` + ordersJSON(descending(101, 1)...)}, 101, true, true},
		"one page":               {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"last_page":1,"total":2,"per_page":100}`}, 2, true, true},
		"all pages": {[]string{
			`"data":{"data":` + ordersJSON(4, 3) + `,"current_page":1,"last_page":2,"total":4}`,
			`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":2,"last_page":2,"total":4}`,
		}, 4, true, true},
		"the end by its link":         {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"next_page_url":null}`}, 2, true, true},
		"the end by a link beside":    {[]string{`"data":` + ordersJSON(2, 1) + `,"meta":{"current_page":1},"links":{"next":null}`}, 2, true, true},
		"the end by the total":        {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"total":2}`}, 2, true, true},
		"empty, by its pages":         {[]string{`"data":{"data":[],"current_page":1,"last_page":1,"total":0}`}, 0, true, true},
		"seven pages and one came":    {[]string{`"data":{"data":` + ordersJSON(1) + `,"current_page":1,"last_page":7}`}, 1, true, false},
		"seven pages, none the first": {[]string{`"data":{"data":` + ordersJSON(1) + `,"last_page":7}`}, 1, true, false},
		"seven pages, the rest empty": {[]string{
			`"data":{"data":` + ordersJSON(1) + `,"current_page":1,"last_page":7}`,
			`"data":{"data":[],"current_page":2,"last_page":7}`,
		}, 1, true, false},
		"the same page under each number": {[]string{
			`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"last_page":3}`,
			`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":2,"last_page":3}`,
		}, 2, true, false},
		"not the first page":      {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":3,"last_page":3}`}, 2, false, false},
		"a page that is no page":  {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":"x","last_page":1}`}, 2, true, false},
		"fewer than the total":    {[]string{`"data":{"data":` + ordersJSON(1) + `,"current_page":1,"last_page":1,"total":31}`}, 1, false, false},
		"fewer than a page":       {[]string{`"data":{"data":` + ordersJSON(3) + `,"current_page":1,"last_page":2,"per_page":100}`, `"data":{"data":` + ordersJSON(1) + `,"current_page":2,"last_page":2}`}, 2, false, false},
		"a last page with a next": {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"last_page":1,"next_page_url":"x"}`}, 2, true, false},
		"a last page before it":   {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1,"last_page":0}`}, 2, true, false},
		"nothing of the rest":     {[]string{`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":1}`}, 2, true, false},
		"a next and no page":      {[]string{`"data":` + ordersJSON(2, 1) + `,"links":{"next":"x"}`}, 2, true, false},
		"what moved meanwhile": {[]string{
			`"data":{"data":` + ordersJSON(3, 2) + `,"current_page":1,"last_page":2}`,
			`"data":{"data":` + ordersJSON(2, 1) + `,"current_page":2,"last_page":2}`,
		}, 3, true, false},
		"an order without an id": {[]string{`"data":[{"order_id":"1"},{"status":"completed"}]`}, 1, false, false},
		"an order that changed":  {[]string{`"data":[{"order_id":"1"},{"order_id":"1","refunded":true}]`}, 1, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := newClient(t, pagesHandler(c.pages...)).NumberOrders(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, list.Orders, c.orders)
			assert.Equal(t, c.gapless, list.Gapless, "gapless")
			assert.Equal(t, c.complete, list.Complete, "complete")
		})
	}
	t.Run("stopped early", func(t *testing.T) {
		page := `"data":{"data":` + ordersJSON(descending(9, 1)...) + `,"current_page":1,"last_page":2}`
		list, err := newClient(t, pagesHandler(page)).NumberOrders(t.Context(), 5)
		require.NoError(t, err)
		assert.True(t, list.Gapless)
		assert.False(t, list.Complete)
	})
	t.Run("no order at all in it", func(t *testing.T) {
		_, err := newClient(t, pagesHandler(`"data":[{"id":"1"}]`)).NumberOrders(t.Context(), 0)
		require.ErrorContains(t, err, "order_id is missing")
	})
}

func TestCoversSince(t *testing.T) {
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	orders := func(hours ...int) (list []logspanel.NumberOrder) {
		for _, h := range hours {
			list = append(list, logspanel.NumberOrder{CreatedAt: noon.Add(time.Duration(h) * time.Hour)})
		}
		return list
	}
	undated := orders(9, 8, 7, 6, 0)
	undated[4].CreatedAt = time.Time{}
	for name, c := range map[string]struct {
		list logspanel.OrderList
		want bool
	}{
		"complete":              {logspanel.OrderList{Complete: true}, true},
		"newest first":          {logspanel.OrderList{Gapless: true, Orders: orders(9, 8, 7, 6, 4)}, true},
		"newest first, too few": {logspanel.OrderList{Gapless: true, Orders: orders(9, 4)}, false},
		"not so far":            {logspanel.OrderList{Gapless: true, Orders: orders(9, 8, 7, 6, 5)}, false},
		"with gaps":             {logspanel.OrderList{Orders: orders(9, 8, 7, 6, 4)}, false},
		"oldest first":          {logspanel.OrderList{Gapless: true, Orders: orders(1, 2, 3, 4, 4)}, false},
		"not sorted":            {logspanel.OrderList{Gapless: true, Orders: orders(9, 8, 3, 6, 4)}, false},
		"all of one time":       {logspanel.OrderList{Gapless: true, Orders: orders(4, 4, 4, 4, 4)}, false},
		"without a time":        {logspanel.OrderList{Gapless: true, Orders: undated}, false},
	} {
		assert.Equal(t, c.want, c.list.CoversSince(noon.Add(5*time.Hour)), name)
	}
}

// A price that is not positive is unknown. It neither breaks a list nor loses an order.
func TestPricesThatAreNotPositive(t *testing.T) {
	for _, price := range []string{`"-20000.00"`, `"0.00"`, `0`, `-1`, `"99999999999999999999"`, `null`} {
		c := newClient(t, pagesHandler(`"data":[{"order_id":"7","service_id":"8","price":`+price+`,"currency":"NGN"},{"order_id":"9","service_id":"9","price":"1.00","currency":"NGN"}]`))
		orders, err := c.NumberOrders(t.Context(), 0)
		require.NoError(t, err)
		require.Len(t, orders.Orders, 2, price)
		assert.Zero(t, orders.Orders[0].Price, price)
		assert.Equal(t, naira(100), orders.Orders[1].Price)
		services, err := c.Services(t.Context(), "1")
		require.NoError(t, err)
		assert.Zero(t, services[0].Price, price)
		c = newClient(t, pagesHandler(`"data":{"order_id":"7","price":`+price+`,"currency":"NGN","balance_after":"-1.00"}`))
		bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
		require.NoError(t, err, "an order that was paid for is not lost")
		assert.Zero(t, bought.Order.Price, price)
		assert.Zero(t, bought.BalanceAfter)
	}
}
