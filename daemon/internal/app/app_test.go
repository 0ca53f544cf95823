package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const origin = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"

// fastRate is for providers that serve one test.
var fastRate = app.ProviderRate{CallsPerSecond: 1000, CheckInterval: 50 * time.Millisecond}

// shortDelay is long enough for the first check of an order to come before it.
const shortDelay = 200 * time.Millisecond

// testTimeout limits each wait of a test. It is long, for a machine that is busy.
const testTimeout = 2 * time.Minute

// startDaemon runs a daemon until the test ends, and returns the addresses that it prints
// first.
func startDaemon(t *testing.T, opts app.Options) (lines map[string]string) {
	t.Helper()
	out, in := io.Pipe()
	opts.Out, opts.NoTray, opts.Version, opts.Rate = in, true, "test", fastRate
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := app.Run(ctx, opts)
		_ = in.CloseWithError(io.EOF)
		done <- err
	}()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	lines = map[string]string{"dir": opts.Dir}
	scanner := bufio.NewScanner(out)
	last := "listening"
	if opts.Sandbox {
		last = "sign-up site"
	}
	for lines[last] == "" {
		require.True(t, scanner.Scan(), "the daemon stopped at once")
		what, where, _ := strings.Cut(scanner.Text(), " at ")
		what, where2, ok := strings.Cut(what, " on ")
		if ok {
			where = where2
		}
		lines[what] = where
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return lines
}

func startSandbox(t *testing.T) map[string]string {
	return startDaemon(t, app.Options{Sandbox: true, API: app.DefaultAPI})
}

// pairClient connects a new client as an extension does.
func pairClient(t *testing.T, dir string) *wsclient.Client {
	t.Helper()
	pairing, err := control.Dial(dir).Pair(t.Context())
	require.NoError(t, err)
	c, _, err := wsclient.Pair(t.Context(), pairing.Code, origin, protocol.Hello{Version: "test", Browser: "Chromium 156"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func call[T any](t *testing.T, c *wsclient.Client, method string, params any) (result T) {
	t.Helper()
	require.NoError(t, c.Call(t.Context(), method, params, &result))
	return result
}

// follow applies changes until the state is as wanted.
func follow(t *testing.T, c *wsclient.Client, state *protocol.Snapshot, wanted func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	for !wanted() {
		select {
		case change, ok := <-c.Changes():
			require.True(t, ok, "the session ended: %v", c.Err())
			require.True(t, state.Apply(change))
		case <-ctx.Done():
			require.Fail(t, "the state never became as wanted", "%+v", state)
		}
	}
}

func balance(t *testing.T, provider string) money.Money {
	t.Helper()
	res, err := http.Get(provider + "/sandbox/ledger")
	require.NoError(t, err)
	defer res.Body.Close()
	var ledger struct{ Balance money.Money }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&ledger))
	return ledger.Balance
}

func quoteTelegram(t *testing.T, c *wsclient.Client) protocol.Quote {
	t.Helper()
	var found protocol.Offers
	for found.Total == 0 {
		found = call[protocol.Offers](t, c, protocol.OfferSearch, protocol.Search{Query: "telegram nigeria", Limit: 5})
	}
	o := found.Offers[0]
	return call[protocol.Quote](t, c, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID})
}

func buy(t *testing.T, c *wsclient.Client) protocol.Intent {
	t.Helper()
	q := quoteTelegram(t, c)
	return call[protocol.Intent](t, c, protocol.OrderBuy, protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price})
}

func TestJourney(t *testing.T) {
	t.Parallel()
	journey(t, startSandbox(t))
}

// journey buys a number and gets its code, then buys another and gets the money back.
func journey(t *testing.T, daemon map[string]string) {
	provider := daemon["sandbox provider"]
	before := balance(t, provider)
	c := pairClient(t, daemon["dir"])
	state := c.Welcome().Snapshot
	follow(t, c, &state, func() bool { return state.Wallet != nil && state.Wallet.Balance == before })

	i := buy(t, c)
	require.Equal(t, protocol.IntentBought, i.State)
	order := func() (o protocol.Order) {
		for _, o = range state.Orders {
			if o.ID == i.OrderID {
				return o
			}
		}
		return protocol.Order{}
	}
	follow(t, c, &state, func() bool { return order().Number != "" })
	res, err := http.Post(provider+"/sandbox/sms", "application/json", strings.NewReader(`{"number": "`+order().Number+`"}`))
	require.NoError(t, err)
	var sms struct{ Code string }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&sms))
	require.NoError(t, res.Body.Close())
	follow(t, c, &state, func() bool { return order().Code == sms.Code })
	after, err := before.Sub(i.Charged)
	require.NoError(t, err)
	assert.Equal(t, after, balance(t, provider))

	i = buy(t, c)
	call[protocol.Order](t, c, protocol.OrderCancel, protocol.OrderRef{OrderID: i.OrderID})
	follow(t, c, &state, func() bool { return order().State == protocol.OrderRefunded && state.Wallet.Balance == after })
	assert.Equal(t, after, balance(t, provider))
	assert.Len(t, call[protocol.OrderPage](t, c, protocol.OrderList, protocol.Empty{}).Orders, 2)
	assert.NotEmpty(t, call[protocol.LogCategoryPage](t, c, protocol.LogCategories, protocol.Empty{}).Categories)
	assert.NotEmpty(t, call[protocol.BoostOrderPage](t, c, protocol.BoostOrders, protocol.Empty{}).Orders)
}

func TestRevokedInMidSession(t *testing.T) {
	t.Parallel()
	daemon := startSandbox(t)
	c := pairClient(t, daemon["dir"])
	remote := control.Dial(daemon["dir"])
	list, err := remote.Browsers(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "Chromium 156", list[0].Product)
	require.NoError(t, remote.Revoke(t.Context(), list[0].ID))
	<-c.Done()
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(c.Err()))
}

func TestRunRefuses(t *testing.T) {
	daemon := startSandbox(t)
	_, port, _ := strings.Cut(daemon["listening"], ":")
	for name, c := range map[string]struct {
		opts app.Options
		want string
	}{
		"second in one directory": {app.Options{Sandbox: true, API: app.DefaultAPI, Dir: daemon["dir"]}, "already running"},
		"taken port":              {app.Options{Sandbox: true, API: app.DefaultAPI, Port: number(t, port)}, "--port"},
		"no such port":            {app.Options{Sandbox: true, API: app.DefaultAPI, Port: 70_000}, "invalid port"},
		"sandbox and another API": {app.Options{Sandbox: true, API: "https://other.test"}, "leave out --api-url"},
		"unencrypted API URL":     {app.Options{API: "http://other.test/api/v1"}, "https://"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.opts.Dir == "" {
				c.opts.Dir = t.TempDir()
			}
			c.opts.Out, c.opts.NoTray = io.Discard, true
			assert.ErrorContains(t, app.Run(t.Context(), c.opts), c.want)
		})
	}
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &n))
	return n
}

// No file that a run leaves behind contains the API key.
func TestKeyStaysOutOfFiles(t *testing.T) {
	t.Parallel()
	daemon := startSandbox(t)
	buy(t, pairClient(t, daemon["dir"]))
	require.NoError(t, os.CopyFS(t.TempDir(), os.DirFS(daemon["dir"]+"/sandbox")))
	raw, err := os.ReadFile(daemon["dir"] + "/sandbox/journal.db")
	require.NoError(t, err)
	assert.NotEmpty(t, raw)
	assert.False(t, bytes.Contains(raw, []byte(sandbox.Key)))
}

// Providers that keep the same contract, and choose differently where it leaves a choice,
// work just as well.
func TestOtherProviders(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]sandbox.Options{
		"paginator": {Lists: sandbox.PaginatedList, SwapIDTypes: true, TerseCancels: true, CodeDelay: shortDelay},
		"siblings":  {Lists: sandbox.MetaLinksList, RefundDelay: shortDelay, CodeDelay: shortDelay},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := httptest.NewServer(sandbox.New(opts))
			t.Cleanup(provider.Close)
			keyring := secrets.Memory()
			keys := app.NewKeys(keyring, strings.TrimPrefix(provider.URL, "http://"))
			require.NoError(t, keys.Set(t.Context(), sandbox.Key))
			daemon := startDaemon(t, app.Options{API: provider.URL + sandbox.Path, Secrets: keyring})
			daemon["sandbox provider"] = provider.URL
			journey(t, daemon)
		})
	}
}

func TestKeySetWhileRunning(t *testing.T) {
	t.Parallel()
	provider := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(provider.Close)
	keyring := secrets.Memory()
	daemon := startDaemon(t, app.Options{API: provider.URL + sandbox.Path, Secrets: keyring})
	c := pairClient(t, daemon["dir"])
	state := c.Welcome().Snapshot
	follow(t, c, &state, func() bool { return state.Key.State == protocol.KeyMissing })
	require.NoError(t, app.NewKeys(keyring, strings.TrimPrefix(provider.URL, "http://")).Set(t.Context(), sandbox.Key))
	require.NoError(t, control.Dial(daemon["dir"]).KeyChanged(t.Context()))
	follow(t, c, &state, func() bool { return state.Key.State == protocol.KeyOK && state.Wallet != nil })
}
