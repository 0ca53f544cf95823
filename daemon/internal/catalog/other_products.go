package catalog

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// LogCategories lists the account logs on sale, which the companion does not buy.
func (c *Catalog) LogCategories(ctx context.Context) (protocol.LogCategoryPage, error) {
	listed, err := c.provider.LogCategories(ctx, "")
	if err != nil {
		return protocol.LogCategoryPage{}, usererr.From(err)
	}
	page := protocol.LogCategoryPage{Categories: []protocol.LogCategory{}}
	for _, l := range listed {
		page.Categories = append(page.Categories, protocol.LogCategory{
			ID: string(l.ID), Name: l.Name, Description: l.Description, Parent: l.ParentName,
			Price: l.Price, Available: l.Available,
		})
	}
	return page, nil
}

// LogOrders lists the account's past purchases of account logs.
func (c *Catalog) LogOrders(ctx context.Context) (protocol.LogOrderPage, error) {
	listed, err := c.provider.LogOrders(ctx)
	if err != nil {
		return protocol.LogOrderPage{}, usererr.From(err)
	}
	page := protocol.LogOrderPage{Orders: []protocol.LogOrder{}}
	for _, l := range listed {
		page.Orders = append(page.Orders, protocol.LogOrder{
			ID: string(l.ID), Status: l.Status, ProductName: l.ProductName, Quantity: l.Quantity,
			Total: l.Total, CreatedAt: l.CreatedAt,
		})
	}
	return page, nil
}

// BoostServices lists the boosts on sale, which the companion does not buy.
func (c *Catalog) BoostServices(ctx context.Context) (protocol.BoostServicePage, error) {
	listed, err := c.provider.BoostServices(ctx, "")
	if err != nil {
		return protocol.BoostServicePage{}, usererr.From(err)
	}
	page := protocol.BoostServicePage{Services: []protocol.BoostService{}}
	for _, l := range listed {
		page.Services = append(page.Services, protocol.BoostService{
			ID: string(l.ID), Name: l.Name, Category: l.Category, RatePer1000: l.RatePer1000, Min: l.Min, Max: l.Max,
		})
	}
	return page, nil
}

// BoostOrders lists the account's boost orders.
func (c *Catalog) BoostOrders(ctx context.Context) (protocol.BoostOrderPage, error) {
	listed, err := c.provider.BoostOrders(ctx)
	if err != nil {
		return protocol.BoostOrderPage{}, usererr.From(err)
	}
	page := protocol.BoostOrderPage{Orders: []protocol.BoostOrder{}}
	for _, l := range listed {
		page.Orders = append(page.Orders, boostOrder(l))
	}
	return page, nil
}

// CheckBoost asks the provider for a boost order's current state.
func (c *Catalog) CheckBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	order, err := c.provider.CheckBoost(ctx, logspanel.ID(id))
	if err != nil {
		return protocol.BoostOrder{}, usererr.From(err)
	}
	return boostOrder(order), nil
}

// CancelBoost asks the provider to cancel a boost order, and returns the order. The money
// is back only when a later check says so.
func (c *Catalog) CancelBoost(ctx context.Context, id string) (protocol.BoostOrder, error) {
	cancellation, err := c.provider.CancelBoost(ctx, logspanel.ID(id))
	if err != nil {
		return protocol.BoostOrder{}, usererr.From(err)
	}
	if cancellation.Order != nil {
		return boostOrder(*cancellation.Order), nil
	}
	order, err := c.provider.BoostOrder(ctx, logspanel.ID(id))
	if err != nil {
		problem := *usererr.From(err)
		problem.Next = "the cancellation was requested: reload the orders to see the result"
		return protocol.BoostOrder{}, &problem
	}
	return boostOrder(order), nil
}

func boostOrder(o logspanel.BoostOrder) protocol.BoostOrder {
	return protocol.BoostOrder{
		ID: string(o.ID), Status: o.Status, ServiceName: o.ServiceName, Link: o.Link, Quantity: o.Quantity,
		Price: o.Price, StartCount: o.StartCount, Remains: o.Remains, Refunded: o.Refunded,
		Cancellable: o.Cancellable, CreatedAt: o.CreatedAt,
	}
}
