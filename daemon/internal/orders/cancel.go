package orders

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// Cancel cancels an order for a refund. It fails if a code has arrived. The request is
// journaled before the provider is asked, so it survives a restart. The watcher waits for
// the refund; the order's state shows when it has arrived.
func (s *Service) Cancel(ctx context.Context, client, orderID string) (protocol.Order, error) {
	order, err := s.find(ctx, orderID)
	if err != nil {
		return protocol.Order{}, err
	}
	switch order.State {
	case protocol.OrderReceived:
		return order, usererr.From(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	case protocol.OrderRefunded:
		return order, nil
	}
	s.opts.Log.Info("cancelling an order", "order", orderID, "client", client)
	err = s.requestCancel(ctx, orderID)
	s.observe(err)
	s.replan.raise()
	s.mu.Lock()
	defer s.mu.Unlock()
	order = s.state.rentals[orderID].shown()
	if err != nil && (order.State != protocol.OrderCancelling || order.Problem != nil) {
		return order, usererr.From(err)
	}
	return order, nil // if the provider did not answer, the watcher asks again
}

// requestCancel journals that an order is to be cancelled, and asks the provider to cancel it.
// Concurrent calls for one order share one request.
func (s *Service) requestCancel(ctx context.Context, id string) error {
	_, err, _ := s.cancels.Do(id, func() (any, error) {
		if err := s.updateRental(id, (*rental).startCancelling); err != nil {
			return nil, err
		}
		return nil, s.cancelOnce(ctx, id)
	})
	return err
}

// cancelOnce asks the provider to cancelOnce an order. It reads the order afterwards, because the
// answer may not include it.
func (s *Service) cancelOnce(ctx context.Context, id string) error {
	answer, err := s.opts.Provider.CancelNumber(ctx, logspanel.ID(id))
	if err != nil {
		return s.notCancelled(ctx, id, err)
	}
	if err := s.updateRental(id, func(r *rental) bool { return r.cancelAccepted(s.clock.latestNow()) }); err != nil {
		return err
	}
	if answer.Order != nil && answer.Order.ID == logspanel.ID(id) {
		if _, err := s.recordAnswer(ctx, id, *answer.Order); err != nil || answer.Order.Refunded {
			return err
		}
	}
	o, err := s.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
	if err == nil {
		_, err = s.recordAnswer(ctx, id, o)
	}
	if err != nil {
		s.opts.Log.Warn("reading a cancelled order failed", "order", id, "cause", err)
	}
	return nil // it is cancelled, and the watcher reads it again
}

// notCancelled finds out why the provider did not cancel. Unless it certainly refused, the
// order stays in cancelling, and the watcher asks again.
func (s *Service) notCancelled(ctx context.Context, id string, refusal error) error {
	code := logspanel.CodeOf(refusal)
	if code != logspanel.CodeNumberRefundFailed && logspanel.OutcomeOf(refusal) != logspanel.Refused {
		return refusal
	}
	look := s.opts.Provider.NumberOrder
	if code == logspanel.CodeNumberCodeReceived {
		look = s.opts.Provider.CheckNumber // a stored order may not know its code yet
	}
	if o, err := look(ctx, logspanel.ID(id)); err == nil {
		order, err := s.recordAnswer(ctx, id, o)
		if err != nil || order.State == protocol.OrderRefunded {
			return err // the provider may have refunded it on its own
		}
	}
	var problem *protocol.Error
	if code == logspanel.CodeNumberRefundFailed {
		problem = usererr.From(refusal)
	}
	if err := s.updateRental(id, func(r *rental) bool { return r.cancelRefused(problem, s.clock.now()) }); err != nil {
		return err
	}
	return refusal
}
