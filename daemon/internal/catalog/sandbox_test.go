package catalog_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/catalog"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// newSandboxCatalog returns a catalog of a sandbox over real HTTP.
func newSandboxCatalog(t *testing.T, opts sandbox.Options) (*sandbox.Provider, *catalog.Catalog, <-chan struct{}) {
	t.Helper()
	p := sandbox.New(opts)
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	client, err := logspanel.New(server.URL+sandbox.Path, func(context.Context) (logspanel.Credential, error) {
		return logspanel.Credential{Key: sandbox.Key}, nil
	},
		logspanel.WithRate(1e6, 1000))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	changed := make(chan struct{}, 100)
	c := catalog.New(client, noDeliveryStats, func() { changed <- struct{}{} })
	t.Cleanup(start(c))
	return p, c, changed
}

func TestOverTheNetwork(t *testing.T) {
	_, c, changed := newSandboxCatalog(t, sandbox.Options{Lists: sandbox.PaginatedList, SwapIDTypes: true})
	search := protocol.Search{Query: "telegram", Limit: 200}
	found, err := c.Search(t.Context(), search)
	require.NoError(t, err)
	for found.Loading {
		<-changed
		found, err = c.Search(t.Context(), search)
		require.NoError(t, err)
	}
	assert.Equal(t, 12, found.Total)
	assert.Contains(t, found.Offers, protocol.Offer{
		ServiceID: "123", ServiceName: "Telegram", CountryID: "1", CountryName: "United States", CountryShort: "us",
		CallingCode: "1", Price: naira(850_00), Available: 92, Category: "Activation",
	})

	areas, err := c.Areas(t.Context(), protocol.Place{CountryID: "1", ServiceID: "123"})
	require.NoError(t, err)
	assert.Contains(t, areas.Codes, "917")
	areas, err = c.Areas(t.Context(), protocol.Place{CountryID: "3", ServiceID: "2123"})
	require.NoError(t, err)
	assert.Equal(t, []string{}, areas.Codes, "Random alone is not a choice")
	_, err = c.Areas(t.Context(), protocol.Place{CountryID: "3", ServiceID: "123"})
	assert.Equal(t, protocol.CodeCatalogueStale, protocol.AsError(err).Code)
}

func TestOtherProducts(t *testing.T) {
	p, c, _ := newSandboxCatalog(t, sandbox.Options{})
	logs, err := c.LogCategories(t.Context())
	require.NoError(t, err)
	require.Len(t, logs.Categories, 3)
	assert.Equal(t, protocol.LogCategory{
		ID: "12", Name: "Social network, aged", Description: "More than a year old", Parent: "Accounts", Price: naira(2500_00), Available: 34,
	}, logs.Categories[0])
	past, err := c.LogOrders(t.Context())
	require.NoError(t, err)
	require.Len(t, past.Orders, 2)
	assert.Equal(t, protocol.LogOrder{
		ID: "logs-ABC1234567-1777560000", Status: "completed", ProductName: "Social network, aged", Quantity: 2,
		Total: naira(5000_00), CreatedAt: time.Date(2026, 4, 30, 14, 40, 0, 0, time.UTC),
	}, past.Orders[1])
	boosts, err := c.BoostServices(t.Context())
	require.NoError(t, err)
	require.Len(t, boosts.Services, 4)
	assert.Equal(t, protocol.BoostService{
		ID: "101", Name: "Instagram Followers, slow", Category: "Instagram Followers", RatePer1000: naira(1500_00), Min: 100, Max: 10000,
	}, boosts.Services[0])

	orders, err := c.BoostOrders(t.Context())
	require.NoError(t, err)
	require.Len(t, orders.Orders, 4)
	assert.Equal(t, protocol.BoostOrder{
		ID: "987654321", Status: "pending", ServiceName: "Instagram Followers, refilled", Link: "https://www.instagram.com/example/",
		Quantity: 1000, Price: naira(2760_00), Cancellable: true, CreatedAt: orders.Orders[0].CreatedAt,
	}, orders.Orders[0])
	live, err := c.CheckBoost(t.Context(), "987654322")
	require.NoError(t, err)
	assert.Equal(t, 3400, *live.Remains)
	cancelled, err := c.CancelBoost(t.Context(), "987654322")
	require.NoError(t, err)
	assert.Equal(t, "canceling", cancelled.Status)
	_, err = c.CancelBoost(t.Context(), "987654323")
	assert.Equal(t, protocol.CodeNotCancellable, protocol.AsError(err).Code)
	_, err = c.CheckBoost(t.Context(), "../../logs/orders")
	assert.Equal(t, protocol.CodeBadRequest, protocol.AsError(err).Code)

	for _, call := range p.Calls() {
		if call.Method == http.MethodPost {
			assert.Regexp(t, `^/boost/orders/\d+/(check|cancel)$`, call.Path)
		}
	}
}

// Where the response to a cancellation has no order, the order is read.
func TestTerseBoostCancel(t *testing.T) {
	order := logspanel.BoostOrder{ID: "7", Status: "canceling"}
	provider := &terseProvider{order: order}
	c := catalog.New(provider, noDeliveryStats, func() {})
	t.Cleanup(start(c))
	got, err := c.CancelBoost(t.Context(), "7")
	require.NoError(t, err)
	assert.Equal(t, "canceling", got.Status)

	provider.err = &logspanel.AmbiguousError{Status: 502}
	_, err = c.CancelBoost(t.Context(), "7")
	require.ErrorContains(t, err, "the cancellation was requested")
	require.ErrorIs(t, err, provider.err)
}

// terseProvider answers a cancellation without the order.
type terseProvider struct {
	catalog.Provider
	order logspanel.BoostOrder
	err   error
}

func (p *terseProvider) CancelBoost(context.Context, logspanel.ID) (logspanel.Cancellation[logspanel.BoostOrder], error) {
	return logspanel.Cancellation[logspanel.BoostOrder]{Message: "Cancellation request submitted."}, nil
}

func (p *terseProvider) BoostOrder(context.Context, logspanel.ID) (logspanel.BoostOrder, error) {
	return p.order, p.err
}

// Every method returns a *protocol.Error where the provider refused.
func TestErrorsAreProtocolErrors(t *testing.T) {
	p, c, _ := newSandboxCatalog(t, sandbox.Options{})
	require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Code: logspanel.CodeUserBanned, Times: -1}))
	ctx := t.Context()
	of := func(_ any, err error) error { return err }
	for _, err := range []error{
		of(c.Countries(ctx)), of(c.Search(ctx, protocol.Search{})), of(c.Areas(ctx, protocol.Place{CountryID: "1", ServiceID: "123"})),
		of(c.LogCategories(ctx)), of(c.LogOrders(ctx)), of(c.BoostServices(ctx)), of(c.BoostOrders(ctx)),
		of(c.CheckBoost(ctx, "1")), of(c.CancelBoost(ctx, "1")),
	} {
		require.Error(t, err)
		problem := protocol.AsError(err)
		assert.Equal(t, protocol.CodeAccountBlocked, problem.Code)
		assert.Equal(t, logspanel.CodeUserBanned, problem.Provider)
	}
}

// An empty list is encoded as [], not as null.
func TestEmptyLists(t *testing.T) {
	c := catalog.New(emptyProvider{}, noDeliveryStats, func() {})
	t.Cleanup(start(c))
	ctx := t.Context()
	of := func(v any, err error) any {
		require.NoError(t, err)
		return v
	}
	for _, page := range []any{
		of(c.Countries(ctx)), of(c.Search(ctx, protocol.Search{})), of(c.Areas(ctx, protocol.Place{})),
		of(c.LogCategories(ctx)), of(c.LogOrders(ctx)), of(c.BoostServices(ctx)), of(c.BoostOrders(ctx)),
	} {
		raw, err := json.Marshal(page)
		require.NoError(t, err)
		assert.Contains(t, string(raw), ":[]")
		assert.NotContains(t, string(raw), "null")
	}
}

// emptyProvider sells nothing.
type emptyProvider struct{ catalog.Provider }

func (emptyProvider) Countries(context.Context) ([]logspanel.Country, error) { return nil, nil }

func (emptyProvider) AreaCodes(context.Context, logspanel.ID, logspanel.ID) ([]string, error) {
	return nil, nil
}

func (emptyProvider) LogCategories(context.Context, logspanel.ID) ([]logspanel.LogCategory, error) {
	return nil, nil
}

func (emptyProvider) LogOrders(context.Context) ([]logspanel.LogOrder, error) { return nil, nil }

func (emptyProvider) BoostServices(context.Context, string) ([]logspanel.BoostService, error) {
	return nil, nil
}

func (emptyProvider) BoostOrders(context.Context) ([]logspanel.BoostOrder, error) { return nil, nil }
