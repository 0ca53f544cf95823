package server

import (
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// redact returns v without the codes and texts of orders that client may not read: those
// that other clients bought and the person did not hand over. The orders still say that a
// code is ready; with order.code a client asks the person for it. It leaves the original
// unchanged. A type that can hold an order and is missing here fails the tests.
func redact[T any](v T, client string) T {
	switch v := any(&v).(type) {
	case *protocol.Order:
		*v = redactOrder(*v, client)
	case *protocol.OrderPage:
		v.Orders = redactOrders(v.Orders, client)
	case *protocol.Snapshot:
		v.Orders = redactOrders(v.Orders, client)
	case *protocol.Change:
		if v.Order != nil {
			order := redactOrder(*v.Order, client)
			v.Order = &order
		}
	}
	return v
}

func redactOrders(orders []protocol.Order, client string) []protocol.Order {
	orders = slices.Clone(orders)
	for i, order := range orders {
		orders[i] = redactOrder(order, client)
	}
	return orders
}

func redactOrder(order protocol.Order, client string) protocol.Order {
	if !order.ReadableBy(client) {
		order.Code, order.Message, order.Received = "", "", protocol.OneTimeCode{}
	}
	return order
}
