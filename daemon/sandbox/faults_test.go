package sandbox_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
)

// A fault affects the calls that it names, as often as it says.
func TestFaultMatching(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{})
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	failed := func(_ any, err error) bool { return logspanel.CodeOf(err) == "NO" }
	require.NoError(t, p.InjectFault(sandbox.Fault{
		Kind: sandbox.Refuse, Code: "NO", Method: http.MethodPost, Path: "/numbers/orders/*/check", Times: 2, Skip: 1,
	}))
	assert.False(t, failed(c.Wallet(t.Context())))
	assert.False(t, failed(c.NumberOrder(t.Context(), bought.Order.ID)))
	var results []bool
	for range 4 {
		results = append(results, failed(c.CheckNumber(t.Context(), bought.Order.ID)))
	}
	assert.Equal(t, []bool{false, true, true, false}, results)
	assert.Empty(t, p.Faults())

	require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Code: "NO", Times: -1}))
	for range 3 {
		assert.True(t, failed(c.Wallet(t.Context())))
	}
	p.ClearFaults()
	assert.False(t, failed(c.Wallet(t.Context())))
}

// Each kind of fault, before and after processing: what the client sees, and what is charged.
func TestFaultKinds(t *testing.T) {
	for name, try := range map[string]struct {
		fault   sandbox.Fault
		status  int // that the client saw; 0: none
		charged int64
	}{
		"drop":           {sandbox.Fault{Kind: sandbox.Drop}, 0, 0},
		"drop after":     {sandbox.Fault{Kind: sandbox.Drop, Processed: true}, 0, 850_00},
		"page":           {sandbox.Fault{Kind: sandbox.HTML}, 502, 0},
		"page after":     {sandbox.Fault{Kind: sandbox.HTML, Processed: true, Status: 504}, 504, 850_00},
		"refusal":        {sandbox.Fault{Kind: sandbox.Refuse, Status: 503, Code: "DOWN"}, 503, 0},
		"refusal after":  {sandbox.Fault{Kind: sandbox.Refuse, Status: 500, Code: "OOPS", Processed: true}, 500, 850_00},
		"redirect":       {sandbox.Fault{Kind: sandbox.Redirect, Location: "/"}, 302, 0},
		"truncated":      {sandbox.Fault{Kind: sandbox.TruncateJSON}, 200, 850_00},
		"cut":            {sandbox.Fault{Kind: sandbox.CutConnection}, 200, 850_00},
		"huge":           {sandbox.Fault{Kind: sandbox.OversizedBody}, 200, 0},
		"slow":           {sandbox.Fault{Kind: sandbox.Slow, DelayMS: 1}, 200, 850_00},
		"dearer":         {sandbox.Fault{Kind: sandbox.PriceRise}, 200, 1020_00},
		"sold out":       {sandbox.Fault{Kind: sandbox.SoldOut}, 409, 0},
		"slow and gone":  {sandbox.Fault{Kind: sandbox.Drop, DelayMS: 1}, 0, 0},
		"dearer by name": {sandbox.Fault{Kind: sandbox.PriceRise, Path: "/numbers/orders"}, 200, 1020_00},
	} {
		t.Run(name, func(t *testing.T) {
			p, c, _ := serve(t, sandbox.Options{})
			require.NoError(t, p.InjectFault(try.fault))
			_, err := c.BuyNumber(t.Context(), telegram("key-1"))
			status := 0
			var refusal *logspanel.Error
			var ambiguous *logspanel.AmbiguousError
			switch {
			case err == nil:
				status = http.StatusOK
			case errors.As(err, &refusal):
				status = refusal.Status
			case errors.As(err, &ambiguous):
				status = ambiguous.Status
			}
			assert.Equal(t, try.status, status, "%v", err)
			assert.Equal(t, 12_500_00-try.charged, p.Balance().Minor)
		})
	}
}

func TestPartialListAndLateRefund(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{})
	var last logspanel.ID
	for _, key := range []string{"key-1", "key-2", "key-3"} {
		bought, err := c.BuyNumber(t.Context(), telegram(key))
		require.NoError(t, err)
		last = bought.Order.ID
	}
	require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.PartialList, Method: http.MethodGet, Path: "/numbers/orders", Times: 2}))
	listed, err := c.NumberOrders(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, listed.Orders, 1)
	assert.NotEqual(t, last, listed.Orders[0].ID, "only the oldest")
	assert.False(t, listed.Complete)
	listed, err = c.NumberOrders(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, listed.Orders, 3)
	assert.True(t, listed.Complete)

	require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.LateRefund, Path: "/numbers/orders/*/cancel", RefundS: 60}))
	cancelled, err := c.CancelNumber(t.Context(), last)
	require.NoError(t, err)
	assert.False(t, cancelled.Order.Refunded)
	p.AdvanceClock(time.Minute)
	order, err := c.NumberOrder(t.Context(), last)
	require.NoError(t, err)
	assert.True(t, order.Refunded)
}

func TestRetryAfter(t *testing.T) {
	for _, date := range []bool{false, true} {
		p, c, _ := serve(t, sandbox.Options{})
		require.NoError(t, p.InjectFault(sandbox.Fault{
			Kind: sandbox.Refuse, Status: http.StatusTooManyRequests, Code: "TOO_MANY_REQUESTS", RetryAfter: 30, RetryDate: date,
		}))
		_, err := c.Wallet(t.Context())
		assert.Equal(t, 30*time.Second, logspanel.RetryAfter(err))
		_, err = c.Wallet(t.Context())
		require.ErrorIs(t, err, logspanel.ErrPaused)
		assert.Len(t, p.Calls(), 1)
	}
}

func TestInvalidFaults(t *testing.T) {
	p := sandbox.New(sandbox.Options{})
	for _, f := range []sandbox.Fault{
		{},
		{Kind: "fire"},
		{Kind: sandbox.Refuse},
		{Kind: sandbox.HTML, Status: 99},
		{Kind: sandbox.Drop, Times: -2},
		{Kind: sandbox.Drop, Skip: -1},
		{Kind: sandbox.Slow, DelayMS: -1},
		{Kind: sandbox.HTML, RetryAfter: -1},
	} {
		require.Error(t, p.InjectFault(f), "%+v", f)
	}
	assert.Empty(t, p.Faults())
}

func TestControl(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{})
	send := func(method, path, body string) (int, string) {
		res, response := call(t, method, url+"/sandbox"+path, body)
		return res.StatusCode, strings.TrimSpace(response)
	}
	status, _ := send("POST", "/faults", `{"kind":"drop","path":"/wallet","times":3}`)
	assert.Equal(t, http.StatusNoContent, status)
	_, faults := send("GET", "/faults", "")
	assert.JSONEq(t, `[{"kind":"drop","path":"/wallet","times":3}]`, faults)
	_, err := c.Wallet(t.Context())
	require.Error(t, err)
	status, _ = send("DELETE", "/faults", "")
	assert.Equal(t, http.StatusNoContent, status)
	assert.Empty(t, p.Faults())

	status, _ = send("POST", "/offer", `{"service_id":"123","stock":5,"price_kobo":90000}`)
	assert.Equal(t, http.StatusNoContent, status)
	bought, err := c.BuyNumber(t.Context(), telegram("key-1"))
	require.NoError(t, err)
	assert.Equal(t, naira(900_00), bought.Order.Price)
	_, sms := send("POST", "/sms", `{"number":"`+bought.Order.Number+`"}`)
	assert.Regexp(t, `^{"code":"\d{6}"}$`, sms)
	status, _ = send("POST", "/clock", `{"advance_s":60}`)
	assert.Equal(t, http.StatusNoContent, status)
	order, err := c.CheckNumber(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	assert.Equal(t, `{"code":"`+order.Code+`"}`, sms)

	_, ledger := send("GET", "/ledger", "")
	assert.Contains(t, ledger, `"balance":{"minor":1160000,"currency":"NGN"}`)
	assert.Contains(t, ledger, `"order_id":"123456789"`)
	_, calls := send("GET", "/calls", "")
	assert.Contains(t, calls, `"path":"/numbers/orders","body":"{\"country_id\":1,\"service_id\":123,\"idempotency_key\":\"key-1\"}"`)
	assert.NotContains(t, calls, sandbox.Key)

	for path, body := range map[string]string{
		"/faults": `{"kind":"fire"}`, "/sms": `{"number":"+1"}`, "/clock": `{"seconds":1}`, "/offer": `{"service_id":"9"}`,
	} {
		status, response := send("POST", path, body)
		assert.Equal(t, http.StatusBadRequest, status, path)
		assert.NotEmpty(t, response)
	}
}

// Neither a web page nor another computer can control the sandbox.
func TestControlIsLocal(t *testing.T) {
	_, _, url := serve(t, sandbox.Options{})
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Header.Set("Origin", "https://example.com") },
		func(r *http.Request) { r.Header.Set("Origin", "null") },
		func(r *http.Request) { r.Host = "rebound.example" },
		func(r *http.Request) { r.Host = "10.0.0.1:80" },
	} {
		req, err := http.NewRequest(http.MethodGet, url+"/sandbox/ledger", nil)
		require.NoError(t, err)
		change(req)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, http.StatusForbidden, res.StatusCode)
	}
}
