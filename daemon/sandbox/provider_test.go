package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/money"
)

// tester is a require.TestingT with Cleanup: a *testing.T or a *rapid.T.
type tester interface {
	require.TestingT
	Cleanup(func())
}

// serve starts a provider on loopback, and returns it with a real client and its URL.
func serve(t tester, opts sandbox.Options) (*sandbox.Provider, *logspanel.Client, string) {
	p := sandbox.New(opts)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return p, newClient(t, s.URL, sandbox.Key), s.URL
}

func newClient(t tester, server, key string) *logspanel.Client {
	c, err := logspanel.New(server+sandbox.Path, func(context.Context) (logspanel.Credential, error) { return logspanel.Credential{Key: key}, nil },
		logspanel.WithRate(1e6, 1000))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// call makes a request that the client has no method for.
func call(t tester, method, url, body string) (*http.Response, string) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+sandbox.Key)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	response, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(response)
}

func naira(kobo int64) money.Money { return money.Money{Minor: kobo, Currency: "NGN"} }

func telegram(key string) logspanel.Purchase {
	return logspanel.Purchase{CountryID: "1", ServiceID: "123", IdempotencyKey: key}
}

func TestCatalogue(t *testing.T) {
	_, c, _ := serve(t, sandbox.Options{})
	countries, err := c.Countries(t.Context())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(countries), 10)
	ids := map[logspanel.ID]bool{}
	soldOut := 0
	for _, country := range countries {
		services, err := c.Services(t.Context(), country.ID)
		require.NoError(t, err)
		for _, s := range services {
			assert.False(t, ids[s.ID], "ids are unique")
			ids[s.ID] = true
			assert.Equal(t, country.ID, s.CountryID)
			assert.Equal(t, country.Name, s.CountryName)
			assert.Zero(t, s.Price.Minor%1000, "%s %s: the price is a multiple of ten naira", country.Name, s.Name)
			assert.True(t, s.Price.Minor >= 100_00 && s.Price.Minor <= 3000_00, "%s %s: %s", country.Name, s.Name, s.Price)
			if s.Available == 0 {
				soldOut++
			}
		}
	}
	assert.GreaterOrEqual(t, len(ids), 300)
	assert.Positive(t, soldOut)
}

// The same idempotency key again returns the same bytes, including the old balance and time
// left.
func TestIdempotency(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{})
	const body = `{"country_id":1,"service_id":123,"idempotency_key":"key-1"}`
	orders := url + sandbox.Path + "/numbers/orders"
	first, response := call(t, http.MethodPost, orders, body)
	assert.Equal(t, http.StatusOK, first.StatusCode)
	assert.Empty(t, first.Header.Get("Idempotent-Replayed"))
	assert.Contains(t, response, `"balance_after":"11650.00"`)
	assert.Contains(t, response, `"time_left":1200`)

	_, err := c.BuyNumber(t.Context(), telegram("key-2"))
	require.NoError(t, err)
	p.AdvanceClock(5 * time.Minute)
	for _, again := range []string{body, `{"idempotency_key":"key-1","service_id":"123","country_id":"1"}`} {
		replay, replayed := call(t, http.MethodPost, orders, again)
		assert.Equal(t, "true", replay.Header.Get("Idempotent-Replayed"))
		assert.Equal(t, response, replayed)
	}
	for _, other := range []logspanel.Purchase{
		{CountryID: "1", ServiceID: "124", IdempotencyKey: "key-1"},
		{CountryID: "1", ServiceID: "123", AreaCodes: []string{"917"}, IdempotencyKey: "key-1"},
	} {
		_, err = c.BuyNumber(t.Context(), other)
		assert.Equal(t, logspanel.CodeIdempotencyKeyReused, logspanel.CodeOf(err))
	}
	assert.Len(t, p.Ledger(), 2)
	assert.Equal(t, naira(10_800_00), p.Balance())
}

// An idempotency key is forgotten after its lifetime, and is not kept for a refusal.
func TestIdempotencyKeyLifetime(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{KeyLifetime: time.Hour, Balance: naira(1700_00)})
	require.NoError(t, p.SetStock("123", 0))
	_, err := c.BuyNumber(t.Context(), telegram("key-1"))
	assert.Equal(t, logspanel.CodeNumberOutOfStock, logspanel.CodeOf(err))
	require.NoError(t, p.SetStock("123", 2))
	first, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	assert.False(t, first.Replayed)
	p.AdvanceClock(time.Hour)
	second, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	assert.False(t, second.Replayed)
	assert.NotEqual(t, first.Order.ID, second.Order.ID)
	assert.Zero(t, p.Balance().Minor)
}

func TestStock(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{})
	require.ErrorIs(t, p.SetStock("9", 1), sandbox.ErrUnknownService)
	require.NoError(t, p.SetStock("123", 1))
	available := func() int {
		services, err := c.Services(t.Context(), "1")
		require.NoError(t, err)
		for _, s := range services {
			if s.ID == "123" {
				return s.Available
			}
		}
		return -1
	}
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	assert.Zero(t, available())
	_, err = c.BuyNumber(t.Context(), telegram("key-2"))
	assert.Equal(t, logspanel.CodeNumberOutOfStock, logspanel.CodeOf(err))
	_, err = c.CancelNumber(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.Equal(t, 1, available())
}

// No two live orders have the same number. Where all numbers are taken, none is sold.
func TestNumbers(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{Balance: naira(1_000_000_00)})
	require.NoError(t, p.SetStock("123", 1000))
	seen := map[string]bool{}
	purchase := telegram("")
	purchase.AreaCodes = []string{"917"}
	for i := range 100 {
		purchase.IdempotencyKey = strconv.Itoa(i)
		bought, err := c.BuyNumber(t.Context(), purchase)
		require.NoError(t, err)
		assert.Regexp(t, `^\+191755501\d\d$`, bought.Order.Number)
		assert.False(t, seen[bought.Order.Number])
		seen[bought.Order.Number] = true
	}
	purchase.IdempotencyKey = "one-more"
	_, err := c.BuyNumber(t.Context(), purchase)
	assert.Equal(t, logspanel.CodeNumberOutOfStock, logspanel.CodeOf(err))

	countries, err := c.Countries(t.Context())
	require.NoError(t, err)
	for _, country := range countries {
		services, err := c.Services(t.Context(), country.ID)
		require.NoError(t, err)
		bought, err := c.BuyNumber(t.Context(), logspanel.Purchase{
			CountryID: country.ID, ServiceID: services[0].ID, IdempotencyKey: "country-" + country.Short,
		})
		require.NoError(t, err)
		assert.Regexp(t, `^\+`+country.CallingCode+`\d{8,11}$`, bought.Order.Number, country.Name)
	}
}

func TestAreaCodes(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{})
	purchase := telegram("key-1")
	purchase.AreaCodes = []string{"999"}
	_, err := c.BuyNumber(t.Context(), purchase)
	assert.Equal(t, logspanel.CodeValidationFailed, logspanel.CodeOf(err))
	_, err = c.BuyNumber(t.Context(), logspanel.Purchase{
		CountryID: "3", ServiceID: "2123", AreaCodes: []string{"917"}, IdempotencyKey: "key-2",
	})
	assert.Equal(t, logspanel.CodeValidationFailed, logspanel.CodeOf(err))
	assert.Empty(t, p.Ledger())
	_, err = c.AreaCodes(t.Context(), "3", "123")
	assert.Equal(t, logspanel.CodeNumberServiceNotFound, logspanel.CodeOf(err))
}

// An order waits, gets its code only by a check, and keeps it.
func TestOrderLifecycle(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{OrderLifetime: 10 * time.Minute, CodeDelay: 3 * time.Second})
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	id := bought.Order.ID
	assert.Equal(t, 10*time.Minute, bought.Order.TimeLeft)

	code, err := p.SendSMS(bought.Order.Number)
	require.NoError(t, err)
	assert.Regexp(t, `^\d{6}$`, code)
	again, err := p.SendSMS(bought.Order.Number)
	require.NoError(t, err)
	assert.Equal(t, code, again)
	early, err := c.CheckNumber(t.Context(), id)
	require.NoError(t, err)
	assert.Empty(t, early.Code)

	p.AdvanceClock(3 * time.Second)
	stored, err := c.NumberOrder(t.Context(), id)
	require.NoError(t, err)
	assert.Empty(t, stored.Code, "reading a stored order is not a check")
	assert.Equal(t, "waiting_for_code", stored.Status)
	live, err := c.CheckNumber(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, code, live.Code)
	assert.Equal(t, "Code Received", live.Message)
	stored, err = c.NumberOrder(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, live, stored)

	p.AdvanceClock(time.Hour)
	stored, err = c.NumberOrder(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, live, stored, "time changes nothing after that")
	_, err = p.SendSMS(bought.Order.Number)
	require.ErrorIs(t, err, sandbox.ErrNoOpenOrder)
	_, err = c.CancelNumber(t.Context(), id)
	assert.Equal(t, logspanel.CodeNumberCodeReceived, logspanel.CodeOf(err))
	assert.Len(t, p.Ledger(), 1)
}

// An expired order is not refunded by itself. A cancelled one is refunded once, after
// the refund delay.
func TestExpiryAndRefund(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{OrderLifetime: 10 * time.Minute, RefundDelay: time.Minute})
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	p.AdvanceClock(4 * time.Minute)
	order, err := c.NumberOrder(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.InDelta(t, (6 * time.Minute).Seconds(), order.TimeLeft.Seconds(), 60)
	p.AdvanceClock(6 * time.Minute)
	order, err = c.CheckNumber(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.Equal(t, "expired", order.Status)
	assert.Zero(t, order.TimeLeft)
	assert.False(t, order.Refunded)
	assert.Equal(t, naira(11_650_00), p.Balance())

	for range 2 {
		cancelled, err := c.CancelNumber(t.Context(), bought.Order.ID)
		require.NoError(t, err)
		require.NotNil(t, cancelled.Order)
		assert.Equal(t, "cancelled", cancelled.Order.Status)
		assert.False(t, cancelled.Order.Refunded)
	}
	assert.Equal(t, naira(11_650_00), p.Balance())
	p.AdvanceClock(time.Minute)
	order, err = c.NumberOrder(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.True(t, order.Refunded)
	ledger := p.Ledger()
	require.Len(t, ledger, 2)
	assert.Equal(t, sandbox.Charge, ledger[0].Kind)
	assert.Equal(t, sandbox.Refund, ledger[1].Kind)
	assert.Equal(t, ledger[0].Amount, ledger[1].Amount)
	assert.Equal(t, naira(12_500_00), ledger[1].BalanceAfter)
}

// Every published code reaches the client: some without a fault, as the package comment
// promises, and all of them by one.
func TestEveryErrorCode(t *testing.T) {
	ctx := t.Context()
	p, c, url := serve(t, sandbox.Options{CodeDelay: -1, Balance: naira(2_000_00)})
	done, err := c.BuyNumber(ctx, telegram("done"))
	require.NoError(t, err)
	_, err = p.SendSMS(done.Order.Number)
	require.NoError(t, err)
	of := func(_ any, err error) string { return logspanel.CodeOf(err) }
	raw := func(method, path string) string {
		_, body := call(t, method, url+sandbox.Path+path, "{}")
		var response struct{ Code string }
		require.NoError(t, json.Unmarshal([]byte(body), &response), body)
		return response.Code
	}
	got := []string{
		of(newClient(t, url, "another").Wallet(ctx)),
		raw(http.MethodPost, "/numbers/orders"),
		raw(http.MethodDelete, "/numbers/orders"),
		of(c.BuyNumber(ctx, logspanel.Purchase{CountryID: "1", ServiceID: "143", IdempotencyKey: "dear"})), // WeChat
		of(c.BuyNumber(ctx, logspanel.Purchase{CountryID: "2", ServiceID: "123", IdempotencyKey: "astray"})),
		of(c.BuyNumber(ctx, logspanel.Purchase{CountryID: "5", ServiceID: "4134", IdempotencyKey: "gone"})), // Signal
		of(c.NumberOrder(ctx, "1")),
		of(c.CancelNumber(ctx, done.Order.ID)),
		of(c.BuyNumber(ctx, logspanel.Purchase{CountryID: "1", ServiceID: "100", IdempotencyKey: "done"})),
		of(c.LogCategory(ctx, "1")),
		of(c.BoostService(ctx, "1")),
		of(c.BoostOrder(ctx, "1")),
		of(c.CancelBoost(ctx, "987654323")),
		of(c.CancelBoost(ctx, "987654324")),
	}
	assert.Equal(t, []string{
		logspanel.CodeUnauthenticated, logspanel.CodeValidationFailed, logspanel.CodeMethodNotAllowed,
		logspanel.CodeInsufficientBalance, logspanel.CodeNumberServiceNotFound, logspanel.CodeNumberOutOfStock,
		logspanel.CodeNumberOrderNotFound, logspanel.CodeNumberCodeReceived, logspanel.CodeIdempotencyKeyReused,
		logspanel.CodeLogCategoryNotFound, logspanel.CodeBoostServiceNotFound, logspanel.CodeBoostOrderNotFound,
		logspanel.CodeBoostCancelUnavailable, logspanel.CodeBoostCancelRejected,
	}, got)
	for _, code := range logspanel.Codes {
		require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Code: code}))
		assert.Equal(t, code, of(c.Wallet(ctx)))
	}
	assert.Len(t, p.Ledger(), 1, "a refusal costs nothing")
}

// Nothing but a number can be bought.
func TestNoOtherPurchases(t *testing.T) {
	_, _, url := serve(t, sandbox.Options{})
	for path, status := range map[string]int{
		"/logs/orders": http.StatusMethodNotAllowed, "/boost/orders": http.StatusMethodNotAllowed,
		"/tools/orders": http.StatusNotFound, "/": http.StatusNotFound,
	} {
		res, _ := call(t, http.MethodPost, url+sandbox.Path+path, `{"product_id":12,"quantity":1,"idempotency_key":"k"}`)
		assert.Equal(t, status, res.StatusCode, path)
	}
}

func TestTooLarge(t *testing.T) {
	p, _, url := serve(t, sandbox.Options{})
	res, _ := call(t, http.MethodPost, url+sandbox.Path+"/numbers/orders", strings.Repeat(" ", 65<<10))
	assert.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	assert.Empty(t, p.Ledger())
}

// After any sequence of purchases, cancellations, codes and expiries the balance is the sum
// of the ledger. An order is charged once. It is refunded once where it was cancelled
// without a code, and never otherwise.
func TestLedgerInvariants(t *testing.T) {
	began := time.Now()
	fixed := func() time.Time { return began } // only AdvanceClock moves it
	rapid.Check(t, func(t *rapid.T) {
		start := naira(rapid.Int64Range(0, 5_000_00).Draw(t, "balance"))
		p, c, _ := serve(t, sandbox.Options{Now: fixed, Balance: start, RefundDelay: 30 * time.Second, CodeDelay: time.Second})
		ctx := context.Background()
		var orders []logspanel.NumberOrder
		pick := func() logspanel.NumberOrder {
			if len(orders) == 0 {
				t.Skip("nothing was bought")
			}
			return rapid.SampledFrom(orders).Draw(t, "order")
		}
		t.Repeat(map[string]func(*rapid.T){
			"buy": func(t *rapid.T) {
				n := rapid.IntRange(0, 9).Draw(t, "key")
				service := rapid.SampledFrom([]logspanel.ID{"123", "100", "137"}).Draw(t, "service")
				bought, err := c.BuyNumber(ctx, logspanel.Purchase{
					CountryID: "1", ServiceID: service, IdempotencyKey: strconv.Itoa(n),
				})
				if err == nil && !bought.Replayed {
					orders = append(orders, bought.Order)
				}
			},
			"cancel":  func(t *rapid.T) { _, _ = c.CancelNumber(ctx, pick().ID) },
			"check":   func(t *rapid.T) { _, _ = c.CheckNumber(ctx, pick().ID) },
			"deliver": func(t *rapid.T) { _, _ = p.SendSMS(pick().Number) },
			"wait": func(t *rapid.T) {
				p.AdvanceClock(time.Duration(rapid.IntRange(1, 1500).Draw(t, "seconds")) * time.Second)
			},
			"": func(t *rapid.T) {
				sum := start.Minor
				charges, refunds := map[string]int64{}, map[string]int64{}
				for _, e := range p.Ledger() {
					if e.Kind == sandbox.Charge {
						require.Zero(t, charges[e.OrderID])
						charges[e.OrderID] = e.Amount.Minor
						sum -= e.Amount.Minor
					} else {
						require.Zero(t, refunds[e.OrderID])
						refunds[e.OrderID] = e.Amount.Minor
						sum += e.Amount.Minor
					}
					require.GreaterOrEqual(t, sum, int64(0))
					require.Equal(t, sum, e.BalanceAfter.Minor)
				}
				balance, err := c.Wallet(ctx)
				require.NoError(t, err)
				require.Equal(t, sum, balance.Minor)
				listed, err := c.NumberOrders(ctx, 0)
				require.NoError(t, err)
				require.Len(t, listed.Orders, len(orders))
				for _, o := range listed.Orders {
					require.Equal(t, o.Price.Minor, charges[string(o.ID)])
					require.Equal(t, o.Refunded, refunds[string(o.ID)] == o.Price.Minor)
					require.False(t, o.Refunded && o.Code != "")
				}
			},
		})
	})
}
