package orders

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Provider is the part of the provider's API that a Service needs. Its errors are those of
// package logspanel, so that logspanel.OutcomeOf tells whether a call had an effect.
type Provider interface {
	// Generation identifies the API key in use. It is different after every change of the key.
	Generation(ctx context.Context) (string, error)
	Wallet(ctx context.Context) (money.Money, error)
	Services(ctx context.Context, countryID logspanel.ID) ([]logspanel.Service, error)
	AreaCodes(ctx context.Context, countryID, serviceID logspanel.ID) ([]string, error)
	// BuyNumber sends nothing and fails if the key of generation is no longer in use.
	BuyNumber(ctx context.Context, generation string, p logspanel.Purchase) (logspanel.Bought, error)
	// NumberOrders lists all orders, or at least the first atMost if that is not 0. The list
	// says whether it is complete.
	NumberOrders(ctx context.Context, atMost int) (logspanel.OrderList, error)
	NumberOrder(ctx context.Context, id logspanel.ID) (logspanel.NumberOrder, error)
	CheckNumber(ctx context.Context, id logspanel.ID) (logspanel.NumberOrder, error)
	CancelNumber(ctx context.Context, id logspanel.ID) (logspanel.Cancellation[logspanel.NumberOrder], error)
}

// Countries lists the countries that numbers are available in. The list may be cached.
type Countries interface {
	Countries(ctx context.Context) (protocol.Countries, error)
}
