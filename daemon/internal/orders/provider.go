package orders

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Provider is what the book asks of the provider. Errors are logspanel's, so that
// logspanel.OutcomeOf tells what became of a call.
type Provider interface {
	// Generation names the API key in use, and is another after every change of it.
	Generation(ctx context.Context) (string, error)
	Wallet(ctx context.Context) (money.Money, error)
	Services(ctx context.Context, countryID logspanel.ID) ([]logspanel.Service, error)
	AreaCodes(ctx context.Context, countryID, serviceID logspanel.ID) ([]string, error)
	// BuyNumber sends only while generation's key is in use.
	BuyNumber(ctx context.Context, generation string, p logspanel.Purchase) (logspanel.Bought, error)
	// NumberOrders lists all orders, or at least the first atMost where that is not 0, and
	// says whether it could.
	NumberOrders(ctx context.Context, atMost int) (logspanel.OrderList, error)
	NumberOrder(ctx context.Context, id logspanel.ID) (logspanel.NumberOrder, error)
	CheckNumber(ctx context.Context, id logspanel.ID) (logspanel.NumberOrder, error)
	CancelNumber(ctx context.Context, id logspanel.ID) (logspanel.Cancellation[logspanel.NumberOrder], error)
}

// Countries tells where numbers can come from; its answers may be remembered ones.
type Countries interface {
	Countries(ctx context.Context) (protocol.Countries, error)
}
