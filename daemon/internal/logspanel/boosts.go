package logspanel

import (
	"context"
	"net/url"
	"time"

	"github.com/logspanel/companion/shared/money"
)

// BoostCategories lists the names of the boost categories.
func (c *Client) BoostCategories(ctx context.Context) ([]string, error) {
	return list[boostCategoryWire](ctx, c, boostCategoriesEndpoint, nil)
}

type boostCategoryWire struct {
	Name name `json:"name"`
}

func (w boostCategoryWire) value() (string, error) {
	if w.Name == "" {
		return "", missing("name")
	}
	return string(w.Name), nil
}

// BoostService is a boost on sale. This program shows it and never buys it.
type BoostService struct {
	ID             ID
	Name           string
	Category       string
	Type           string
	RatePer1000    money.Money // price of 1000 units; zero where unknown
	USDRatePer1000 string      // a decimal in dollars, finer than a cent
	Min, Max       int
	Refill         bool
	Cancellable    bool
}

// BoostServices lists the boosts of a category, or all where category is empty.
func (c *Client) BoostServices(ctx context.Context, category string) ([]BoostService, error) {
	query := url.Values{}
	if category != "" {
		query.Set("category", category)
	}
	return list[boostServiceWire](ctx, c, boostServicesEndpoint, query)
}

// BoostService reads one boost.
func (c *Client) BoostService(ctx context.Context, id ID) (BoostService, error) {
	return get[boostServiceWire](ctx, c, boostServiceEndpoint, id, nil)
}

type boostServiceWire struct {
	ServiceID   ID     `json:"service_id"`
	ServiceName name   `json:"service_name"`
	Category    name   `json:"category"`
	Type        text   `json:"type"`
	Rate        amount `json:"rate_per_1000"`
	USDRate     text   `json:"usd_rate_per_1000"`
	Currency    text   `json:"currency"`
	Min         count  `json:"min"`
	Max         count  `json:"max"`
	Refill      flag   `json:"refill"`
	Cancel      flag   `json:"cancel"`
}

func (w boostServiceWire) value() (BoostService, error) {
	if w.ServiceID == "" {
		return BoostService{}, missing("service_id")
	}
	return BoostService{
		ID: w.ServiceID, Name: string(w.ServiceName), Category: string(w.Category), Type: string(w.Type),
		RatePer1000: w.Rate.price(w.Currency), USDRatePer1000: string(w.USDRate),
		Min: int(w.Min), Max: int(w.Max), Refill: bool(w.Refill), Cancellable: bool(w.Cancel),
	}, nil
}

// BoostOrder is an order of a boost that the account already has.
type BoostOrder struct {
	ID          ID
	Status      string // "pending", "processing", "canceling" or an unpublished one
	ServiceID   ID
	ServiceName string
	Link        string
	Quantity    int
	Price       money.Money // zero where unknown
	StartCount  *int        // nil until the provider has counted
	Remains     *int        // nil until the provider has counted
	Refunded    bool
	Cancellable bool
	CreatedAt   time.Time // UTC
}

// BoostOrders lists the account's boost orders.
func (c *Client) BoostOrders(ctx context.Context) ([]BoostOrder, error) {
	return list[boostOrderWire](ctx, c, boostOrdersEndpoint, nil)
}

// BoostOrder reads an order as the provider stored it.
func (c *Client) BoostOrder(ctx context.Context, id ID) (BoostOrder, error) {
	return get[boostOrderWire](ctx, c, boostOrderEndpoint, id, nil)
}

// CheckBoost asks the provider for an order's current state.
func (c *Client) CheckBoost(ctx context.Context, id ID) (BoostOrder, error) {
	return get[boostOrderWire](ctx, c, checkBoostEndpoint, id, nil)
}

// CancelBoost asks the provider to cancel an order. The money is back only when a later
// read of the order says so.
func (c *Client) CancelBoost(ctx context.Context, id ID) (Cancellation[BoostOrder], error) {
	return cancel[boostOrderWire](ctx, c, cancelBoostEndpoint, id)
}

type boostOrderWire struct {
	OrderID     ID        `json:"order_id"`
	Status      name      `json:"status"`
	ServiceID   ID        `json:"service_id"`
	ServiceName name      `json:"service_name"`
	Link        text      `json:"link"`
	Quantity    count     `json:"quantity"`
	Price       amount    `json:"price"`
	Currency    text      `json:"currency"`
	StartCount  *count    `json:"start_count"`
	Remains     *count    `json:"remains"`
	Refunded    flag      `json:"refunded"`
	Cancel      flag      `json:"cancel"`
	CreatedAt   timestamp `json:"created_at"`
}

func (w boostOrderWire) value() (BoostOrder, error) {
	if w.OrderID == "" {
		return BoostOrder{}, missing("order_id")
	}
	return BoostOrder{
		ID: w.OrderID, Status: string(w.Status), ServiceID: w.ServiceID, ServiceName: string(w.ServiceName),
		Link: string(w.Link), Quantity: int(w.Quantity), Price: w.Price.price(w.Currency),
		StartCount: optionalInt(w.StartCount), Remains: optionalInt(w.Remains),
		Refunded: bool(w.Refunded), Cancellable: bool(w.Cancel), CreatedAt: w.CreatedAt.Time,
	}, nil
}
