package logspanel

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/logspanel/companion/shared/money"
)

// LogParentCategory is a group of account log categories.
type LogParentCategory struct {
	ID          ID
	Name        string
	Description string
	Image       string // an absolute URL or a relative path
	Available   int    // number of categories
}

// LogParentCategories lists the groups of log categories.
func (c *Client) LogParentCategories(ctx context.Context) ([]LogParentCategory, error) {
	return list[logParentWire](ctx, c, logParentCategoriesEndpoint, nil)
}

type logParentWire struct {
	ID          ID    `json:"id"`
	Name        name  `json:"name"`
	Description text  `json:"description"`
	Image       text  `json:"image"`
	Available   count `json:"available_categories_count"`
}

func (w logParentWire) value() (LogParentCategory, error) {
	if w.ID == "" {
		return LogParentCategory{}, missing("id")
	}
	return LogParentCategory{
		ID: w.ID, Name: string(w.Name), Description: string(w.Description),
		Image: string(w.Image), Available: int(w.Available),
	}, nil
}

// LogCategory is a kind of account log on sale. This program shows it and never buys it.
type LogCategory struct {
	ID          ID
	Name        string
	Description string
	Image       string      // an absolute URL or a relative path
	Price       money.Money // zero where unknown
	Available   int         // logs in stock
	ParentID    ID
	ParentName  string
}

// LogCategories lists the categories of a parent category, or all where parentID is empty.
func (c *Client) LogCategories(ctx context.Context, parentID ID) ([]LogCategory, error) {
	query := url.Values{}
	if parentID != "" {
		query.Set("parent_category_id", string(parentID))
	}
	return list[logCategoryWire](ctx, c, logCategoriesEndpoint, query)
}

// LogCategory reads one category of account logs.
func (c *Client) LogCategory(ctx context.Context, id ID) (LogCategory, error) {
	return get[logCategoryWire](ctx, c, logCategoryEndpoint, id, nil)
}

type logCategoryWire struct {
	ID          ID        `json:"id"`
	Name        name      `json:"name"`
	Description text      `json:"description"`
	Image       text      `json:"image"`
	Price       amount    `json:"price"`
	Currency    text      `json:"currency"`
	Available   count     `json:"available_quantity"`
	Parent      parentRef `json:"parent_category"`
}

// parentRef is the parent of a category that has one.
type parentRef struct {
	id   ID
	name name
}

func (p *parentRef) UnmarshalJSON(raw []byte) error {
	var object struct {
		ID   ID   `json:"id"`
		Name name `json:"name"`
	}
	if json.Unmarshal(raw, &object) == nil {
		*p = parentRef{object.ID, object.Name}
	}
	return nil
}

func (w logCategoryWire) value() (LogCategory, error) {
	if w.ID == "" {
		return LogCategory{}, missing("id")
	}
	return LogCategory{
		ID: w.ID, Name: string(w.Name), Description: string(w.Description), Image: string(w.Image),
		Price: w.Price.price(w.Currency), Available: int(w.Available),
		ParentID: w.Parent.id, ParentName: string(w.Parent.name),
	}, nil
}

// LogOrder is a past purchase of account logs.
type LogOrder struct {
	ID          ID
	Status      string
	ProductID   ID
	ProductName string
	Quantity    int
	UnitPrice   money.Money
	Total       money.Money
	CreatedAt   time.Time // UTC
}

// LogOrders lists the account's past purchases of account logs.
func (c *Client) LogOrders(ctx context.Context) ([]LogOrder, error) {
	return list[logOrderWire](ctx, c, logOrdersEndpoint, nil)
}

type logOrderWire struct {
	OrderID     ID        `json:"order_id"`
	Status      name      `json:"status"`
	ProductID   ID        `json:"product_id"`
	ProductName name      `json:"product_name"`
	Quantity    count     `json:"quantity"`
	UnitPrice   amount    `json:"unit_price"`
	Total       amount    `json:"total"`
	Currency    text      `json:"currency"`
	CreatedAt   timestamp `json:"created_at"`
}

func (w logOrderWire) value() (LogOrder, error) {
	if w.OrderID == "" {
		return LogOrder{}, missing("order_id")
	}
	return LogOrder{
		ID: w.OrderID, Status: string(w.Status), ProductID: w.ProductID, ProductName: string(w.ProductName),
		Quantity: int(w.Quantity), UnitPrice: w.UnitPrice.price(w.Currency), Total: w.Total.price(w.Currency),
		CreatedAt: w.CreatedAt.Time,
	}, nil
}
