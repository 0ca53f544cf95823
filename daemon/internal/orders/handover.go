package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/logspanel/companion/shared/protocol"
)

// maxAsking is how many clients may wait for the person's decision about one order.
const maxAsking = 8

// Code returns an order's code to the client that bought it, and to clients to whom the
// person handed it over. For any other client it records that the client asked and fails:
// a stolen client secret must not read the codes of other clients.
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
	if order.Client == "" { // bought elsewhere, or only a browser says that it was bought here
		whose = "it is not certain that this number was bought in this browser"
	}
	return protocol.ReceivedCode{}, &protocol.Error{
		Code: protocol.CodeHandOver, Message: whose,
		Next: "allow it in the companion's menu, or run logspanel-companion hand-over",
	}
}

// ErrNobodyAsked means that the client of a HandOver has not asked for the code.
var ErrNobodyAsked = errors.New("no other browser has asked for this code: ask for it in that browser first")

// HandOver lets a client read an order's code. The person decides this at the companion
// itself. The client must have asked for the code. An empty client stands for the only one
// that asked; HandOver fails if several did.
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
	s.opts.Log.Info("code handed over", "order", orderID, "client", client)
	return s.state.save(&r, nil)
}
