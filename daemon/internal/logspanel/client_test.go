package logspanel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/money"
)

func fixedKey(key string) logspanel.CredentialFunc {
	return func(context.Context) (logspanel.Credential, error) { return logspanel.Credential{Key: key}, nil }
}

// newClient returns a client of a server on loopback, without a rate limit to wait for.
func newClient(t *testing.T, server http.Handler, opts ...logspanel.Option) *logspanel.Client {
	t.Helper()
	s := httptest.NewServer(server)
	t.Cleanup(s.Close)
	opts = append([]logspanel.Option{logspanel.WithRate(1e6, 1000)}, opts...)
	c, err := logspanel.New(s.URL+sandbox.Path, fixedKey(sandbox.Key), opts...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func naira(minor int64) money.Money { return money.Money{Minor: minor, Currency: "NGN"} }

func telegram(key string) logspanel.Purchase {
	return logspanel.Purchase{CountryID: "1", ServiceID: "123", IdempotencyKey: key}
}

func TestNew(t *testing.T) {
	for base, host := range map[string]string{
		"https://logspanel.com/api/v1":      "logspanel.com",
		"https://LogsPanel.com/api/v1/":     "logspanel.com",
		"https://logspanel.com:443/api/v1":  "logspanel.com",
		"https://logspanel.com:8443/api/v1": "logspanel.com:8443",
		"https://logspanel.com":             "logspanel.com",
		"http://127.0.0.1:8080/api/v1":      "127.0.0.1:8080",
		"http://127.9.9.9/api/v1":           "127.9.9.9",
		"http://[::1]:8080/api/v1":          "[::1]:8080",
		"http://localhost:8080/api/v1":      "localhost:8080",
	} {
		c, err := logspanel.New(base, fixedKey("k"))
		require.NoError(t, err, base)
		assert.Equal(t, host, c.Host(), base)
	}
	for base, why := range map[string]string{
		"":                                 "names no host",
		"logspanel.com/api/v1":             "names no host",
		"ftp://logspanel.com":              "must begin with https://",
		"http://logspanel.com/api/v1":      "travel in the open",
		"http://127.0.0.1.example/api/v1":  "travel in the open",
		"http://10.0.0.1/api/v1":           "travel in the open",
		"https://me:pass-4711@example.com": "user name or password",
		"https://example.com/?a=b":         "query",
		"https://example.com/?":            "query",
		"https://example.com/#a":           "fragment",
		"https://example.com/a/../b":       "not plain",
		"https://example.com/a%2fb":        "not plain",
		"https://example.com:/":            "port",
		"https://example.com:99999/":       "port",
		"https://exa mple.com:pass-4711":   "can't be read",
		"https:///api":                     "names no host",
	} {
		_, err := logspanel.New(base, fixedKey("k"))
		require.ErrorContains(t, err, why, base)
		assert.NotContains(t, err.Error(), "pass-4711")
	}
}

// Requests to a loopback host never go through a proxy.
func TestProxy(t *testing.T) {
	c, err := logspanel.New("https://logspanel.com/api/v1", fixedKey("k"))
	require.NoError(t, err)
	assert.NotNil(t, c.Transport().Proxy)
	for _, base := range []string{"http://127.0.0.1/", "https://localhost/", "https://[::1]/"} {
		c, err := logspanel.New(base, fixedKey("k"))
		require.NoError(t, err)
		assert.Nil(t, c.Transport().Proxy, base)
	}
}

func TestHeaders(t *testing.T) {
	var got *http.Request
	c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		_, _ = w.Write([]byte(`{"success":true,"data":{"balance":"1.00","currency":"NGN"}}`))
	}), logspanel.WithUserAgent("companion/1.2"))
	_, err := c.Wallet(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/api/v1/wallet", got.URL.Path)
	assert.Equal(t, "application/json", got.Header.Get("Accept"))
	assert.Equal(t, "Bearer "+sandbox.Key, got.Header.Get("Authorization"))
	assert.Equal(t, "companion/1.2", got.UserAgent())
	assert.Empty(t, got.Header.Get("Content-Type"))
}

// Every call, over real HTTP, with lists and ids in each form that the contract allows.
func TestCalls(t *testing.T) {
	for name, opts := range map[string]sandbox.Options{
		"bare": {}, "paginator": {Lists: sandbox.PaginatedList}, "siblings": {Lists: sandbox.MetaLinksList}, "other ids": {SwapIDTypes: true},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC)
			opts.Now = func() time.Time { return now }
			p := sandbox.New(opts)
			checkNumbers(t, p, newClient(t, p), now)
			checkAccountLogs(t, newClient(t, p))
			checkBoosts(t, p, newClient(t, p))
		})
	}
}

func checkNumbers(t *testing.T, p *sandbox.Provider, c *logspanel.Client, now time.Time) {
	ctx := t.Context()
	balance, err := c.Wallet(ctx)
	require.NoError(t, err)
	assert.Equal(t, naira(12_500_00), balance)

	countries, err := c.Countries(ctx)
	require.NoError(t, err)
	require.Len(t, countries, 12)
	assert.Equal(t, logspanel.Country{
		ID: "1", Name: "United States", Short: "us", CallingCode: "1", Region: "North America", Image: "images/flags/us.svg",
	}, countries[0])

	services, err := c.Services(ctx, "1")
	require.NoError(t, err)
	assert.Greater(t, len(services), 40)
	assert.Contains(t, services, logspanel.Service{
		ID: "123", Name: "Telegram", CountryID: "1", CountryName: "United States",
		Price: naira(850_00), Available: 92, Category: "Activation",
	})

	codes, err := c.AreaCodes(ctx, "1", "123")
	require.NoError(t, err)
	assert.Contains(t, codes, "917")
	assert.NotContains(t, codes, "Random")
	codes, err = c.AreaCodes(ctx, "3", "2123")
	require.NoError(t, err)
	assert.Empty(t, codes, "Random alone is not a choice")

	purchase := telegram("key-1")
	purchase.AreaCodes = []string{"917"}
	bought, err := c.BuyNumber(ctx, purchase)
	require.NoError(t, err)
	assert.False(t, bought.Replayed)
	assert.Equal(t, naira(11_650_00), bought.BalanceAfter)
	order := bought.Order
	assert.Regexp(t, `^\+1917555\d{4}$`, order.Number)
	assert.Equal(t, logspanel.NumberOrder{
		ID: "123456789", Status: "waiting_for_code", Number: order.Number,
		ServiceID: "123", ServiceName: "Telegram", CountryID: "1", CountryName: "United States",
		Price: naira(850_00), TimeLeft: 20 * time.Minute,
	}, order)

	again, err := c.BuyNumber(ctx, purchase)
	require.NoError(t, err)
	assert.True(t, again.Replayed)
	assert.Equal(t, order, again.Order)

	stored, err := c.NumberOrder(ctx, order.ID)
	require.NoError(t, err)
	order.Message, order.CreatedAt = "Still waiting...", now
	assert.Equal(t, order, stored)
	orders, err := c.NumberOrders(ctx, 0)
	require.NoError(t, err)
	assert.Equal(t, logspanel.OrderList{Orders: []logspanel.NumberOrder{order}, Gapless: true, Complete: true}, orders)

	code, err := p.SendSMS(order.Number)
	require.NoError(t, err)
	checked, err := c.CheckNumber(ctx, order.ID)
	require.NoError(t, err)
	assert.Empty(t, checked.Code, "the SMS has not arrived yet")
	p.AdvanceClock(2 * time.Second)
	checked, err = c.CheckNumber(ctx, order.ID)
	require.NoError(t, err)
	assert.Equal(t, code, checked.Code)
	assert.Equal(t, "completed", checked.Status)
	_, err = c.CancelNumber(ctx, order.ID)
	assert.Equal(t, logspanel.CodeNumberCodeReceived, logspanel.CodeOf(err))

	bought, err = c.BuyNumber(ctx, telegram("key-2"))
	require.NoError(t, err)
	cancelled, err := c.CancelNumber(ctx, bought.Order.ID)
	require.NoError(t, err)
	assert.NotEmpty(t, cancelled.Message)
	require.NotNil(t, cancelled.Order)
	assert.True(t, cancelled.Order.Refunded)
	assert.Equal(t, naira(11_650_00), p.Balance())
}

func checkAccountLogs(t *testing.T, c *logspanel.Client) {
	ctx := t.Context()
	parents, err := c.LogParentCategories(ctx)
	require.NoError(t, err)
	require.Len(t, parents, 2)
	assert.Equal(t, logspanel.ID("2"), parents[0].ID)
	assert.Equal(t, 2, parents[0].Available)

	all, err := c.LogCategories(ctx, "")
	require.NoError(t, err)
	assert.Len(t, all, 3)
	some, err := c.LogCategories(ctx, "2")
	require.NoError(t, err)
	assert.Equal(t, all[:2], some)
	one, err := c.LogCategory(ctx, "12")
	require.NoError(t, err)
	assert.Equal(t, some[0], one)
	assert.Equal(t, logspanel.LogCategory{
		ID: "12", Name: "Social network, aged", Description: "More than a year old",
		Price: naira(2500_00), Available: 34, ParentID: "2", ParentName: "Accounts",
	}, one)

	orders, err := c.LogOrders(ctx)
	require.NoError(t, err)
	require.Len(t, orders, 2)
	assert.Equal(t, logspanel.LogOrder{
		ID: "logs-ABC1234567-1777560000", Status: "completed", ProductID: "12", ProductName: "Social network, aged",
		Quantity: 2, UnitPrice: naira(2500_00), Total: naira(5000_00),
		CreatedAt: time.Date(2026, 4, 30, 14, 40, 0, 0, time.UTC),
	}, orders[1])
}

func checkBoosts(t *testing.T, p *sandbox.Provider, c *logspanel.Client) {
	ctx := t.Context()
	categories, err := c.BoostCategories(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"Instagram Followers", "TikTok Views", "YouTube Likes"}, categories)

	all, err := c.BoostServices(ctx, "")
	require.NoError(t, err)
	assert.Len(t, all, 4)
	some, err := c.BoostServices(ctx, "TikTok Views")
	require.NoError(t, err)
	assert.Equal(t, all[2:3], some)
	one, err := c.BoostService(ctx, "101")
	require.NoError(t, err)
	assert.Equal(t, logspanel.BoostService{
		ID: "101", Name: "Instagram Followers, slow", Category: "Instagram Followers", Type: "Default",
		RatePer1000: naira(1500_00), USDRatePer1000: "1.0000", Min: 100, Max: 10000,
	}, one)

	orders, err := c.BoostOrders(ctx)
	require.NoError(t, err)
	require.Len(t, orders, 4)
	pending := orders[0]
	assert.Equal(t, "pending", pending.Status)
	assert.Nil(t, pending.StartCount)
	assert.True(t, pending.Cancellable)
	stored, err := c.BoostOrder(ctx, pending.ID)
	require.NoError(t, err)
	assert.Equal(t, pending, stored)

	live, err := c.CheckBoost(ctx, orders[1].ID)
	require.NoError(t, err)
	require.NotNil(t, live.Remains)
	assert.Less(t, *live.Remains, *orders[1].Remains)

	before := p.Balance()
	cancelled, err := c.CancelBoost(ctx, pending.ID)
	require.NoError(t, err)
	assert.Equal(t, "Cancellation request submitted.", cancelled.Message)
	require.NotNil(t, cancelled.Order)
	assert.Equal(t, "canceling", cancelled.Order.Status)
	assert.False(t, cancelled.Order.Refunded)
	live, err = c.CheckBoost(ctx, pending.ID)
	require.NoError(t, err)
	assert.Equal(t, "canceled", live.Status)
	assert.True(t, live.Refunded)
	after, err := before.Add(pending.Price)
	require.NoError(t, err)
	assert.Equal(t, after, p.Balance())
}

// A list longer than one page is read to its end, and only pages that the response
// announces are requested.
func TestPages(t *testing.T) {
	for name, form := range map[string]sandbox.ListFormat{
		"bare": sandbox.PlainList, "paginator": sandbox.PaginatedList, "siblings": sandbox.MetaLinksList,
	} {
		t.Run(name, func(t *testing.T) {
			p := sandbox.New(sandbox.Options{Lists: form, Balance: naira(1_000_000_00)})
			require.NoError(t, p.SetStock("123", 500))
			c := newClient(t, p)
			var want []logspanel.ID
			for i := range 205 {
				bought, err := c.BuyNumber(t.Context(), telegram("key-"+time.Duration(i).String()))
				require.NoError(t, err)
				want = append([]logspanel.ID{bought.Order.ID}, want...)
			}
			orders, err := c.NumberOrders(t.Context(), 0)
			require.NoError(t, err)
			var got []logspanel.ID
			for _, o := range orders.Orders {
				got = append(got, o.ID)
			}
			assert.Equal(t, want, got)
			assert.True(t, orders.Complete)

			var queries []string
			for _, call := range p.Calls() {
				if call.Method == http.MethodGet {
					queries = append(queries, call.Query)
				}
			}
			if form == sandbox.PlainList {
				assert.Equal(t, []string{"per_page=100"}, queries)
			} else {
				assert.Equal(t, []string{"per_page=100", "page=2&per_page=100", "page=3&per_page=100"}, queries)
			}
		})
	}
}

func TestCancelWithoutAnOrder(t *testing.T) {
	p := sandbox.New(sandbox.Options{TerseCancels: true})
	c := newClient(t, p)
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	cancelled, err := c.CancelNumber(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.Nil(t, cancelled.Order)
	assert.NotEmpty(t, cancelled.Message)
}

// A purchase is sent with the API key that it was quoted with, or not at all.
func TestPurchaseIsBoundToItsAPIKey(t *testing.T) {
	p := sandbox.New(sandbox.Options{})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	c, err := logspanel.New(server.URL+sandbox.Path, func(context.Context) (logspanel.Credential, error) {
		return logspanel.Credential{Key: sandbox.Key, Generation: "second"}, nil
	})
	require.NoError(t, err)
	purchase := telegram("one")
	purchase.Generation = "first"
	_, err = c.BuyNumber(t.Context(), purchase)
	require.ErrorIs(t, err, logspanel.ErrKeyReplaced)
	assert.Equal(t, logspanel.NotSent, logspanel.OutcomeOf(err))
	assert.Empty(t, p.Calls())
	purchase.Generation = "second"
	_, err = c.BuyNumber(t.Context(), purchase)
	require.NoError(t, err)
}

// The provider's time advances from its last Date header, whatever the local clock says.
func TestProviderTime(t *testing.T) {
	remote := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", remote.Format(http.TimeFormat))
	}))
	_, known := c.ProviderTime()
	assert.False(t, known)
	_, _ = c.Wallet(t.Context())
	first, known := c.ProviderTime()
	require.True(t, known)
	assert.False(t, first.Before(remote))
	assert.Less(t, first.Sub(remote), time.Hour)
	second, _ := c.ProviderTime()
	assert.False(t, second.Before(first))
	ahead, known := c.Skew()
	require.True(t, known)
	assert.InDelta(t, time.Since(remote).Hours(), ahead.Hours(), 1)
}
