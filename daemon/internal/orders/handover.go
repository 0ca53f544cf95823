package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// maxAsking is how many clients may wait for the person's word on one order.
const maxAsking = 8

// Code gives an order's code to the client that bought it, and to those to whom the
// person handed it over. Anyone else has only asked by it: a client's secret that was
// stolen reads no codes of numbers that others bought.
func (s *Service) Code(ctx context.Context, client, orderID string) (protocol.ReceivedCode, error) {
	order, err := s.find(ctx, orderID)
	if err != nil {
		return protocol.ReceivedCode{}, err
	}
	if !order.CodeReady {
		return protocol.ReceivedCode{}, &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "no code has arrived for this number yet", Next: "wait for it",
		}
	}
	if order.Erased {
		return protocol.ReceivedCode{}, &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "this code was erased because its order is old",
			Next: "look on the provider's site; logspanel-companion retention shows how long codes are kept",
		}
	}
	if order.ReadableBy(client) {
		return protocol.ReceivedCode{OrderID: order.ID, Code: order.Code, Message: order.Message, Received: order.Received}, nil
	}
	if err := s.updateRental(order.ID, func(r *rental) bool { return r.requestCode(client) }); err != nil {
		return protocol.ReceivedCode{}, err
	}
	whose := "this number was bought in another browser"
	if order.Client == "" { // ordered elsewhere, or only a browser's word says where
		whose = "it is not certain that this number was bought in this browser"
	}
	return protocol.ReceivedCode{}, &protocol.Error{
		Code: protocol.CodeHandOver, Message: whose,
		Next: "allow it in the companion's menu, or run logspanel-companion hand-over",
	}
}

// ErrNobodyAsked says that a code is to go to nobody in particular.
var ErrNobodyAsked = errors.New("no other browser has asked for this code: ask for it in that browser first")

// HandOver gives an order's code to a client that asked for it, by the person's word;
// an empty one is the only one that did.
func (s *Service) HandOver(orderID, client string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, there := s.state.rentals[orderID]
	if !there {
		return fmt.Errorf("there is no order %q", orderID)
	}
	r := *known
	if client == "" && len(r.Order.AskedBy) > 1 {
		return fmt.Errorf("%d browsers ask for this code: name one from logspanel-companion clients list", len(r.Order.AskedBy))
	}
	if client == "" && len(r.Order.AskedBy) == 1 {
		client = r.Order.AskedBy[0]
	}
	i := slices.Index(r.Order.AskedBy, client)
	if i < 0 {
		return ErrNobodyAsked
	}
	r.Order.AskedBy = slices.Delete(slices.Clone(r.Order.AskedBy), i, i+1)
	r.Order.HandedTo = append(slices.Clone(r.Order.HandedTo), client)
	s.opts.Log.Info("a code was handed over", "order", orderID, "client", client)
	return s.state.save(&r, nil)
}
