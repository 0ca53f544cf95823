package server

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// withhold takes out of v, whatever it is, the codes and texts of orders that other
// clients bought. They stay marked as ready; order.code asks the person for them.
func withhold[T any](v T, client string) T {
	switch v := any(&v).(type) {
	case *protocol.Order:
		*v = withheld(*v, client)
	case *protocol.OrderPage:
		v.Orders = allWithheld(v.Orders, client)
	case *protocol.Snapshot:
		v.Orders = allWithheld(v.Orders, client)
	case *protocol.Change:
		if v.Order != nil {
			order := withheld(*v.Order, client)
			v.Order = &order
		}
	}
	return v
}

func allWithheld(orders []protocol.Order, client string) []protocol.Order {
	orders = slices.Clone(orders)
	for i, order := range orders {
		orders[i] = withheld(order, client)
	}
	return orders
}

func withheld(order protocol.Order, client string) protocol.Order {
	if !order.ReadableBy(client) {
		order.Code, order.Message, order.Received = "", "", protocol.OneTimeCode{}
	}
	return order
}
