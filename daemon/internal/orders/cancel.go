package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

// Cancel gives a number back for its money, if no code has come. The refund is
// watched; the order says when it is there.
func (b *Book) Cancel(ctx context.Context, client, orderID string) (protocol.Order, error) {
	order, err := b.find(ctx, orderID)
	if err != nil {
		return protocol.Order{}, err
	}
	switch order.State {
	case protocol.OrderReceived:
		return order, sentence.Of(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	case protocol.OrderRefunded:
		return order, nil
	}
	err = b.cancel(ctx, orderID)
	b.observe(err)
	b.plan()
	b.mu.Lock()
	defer b.mu.Unlock()
	order = b.rentals[orderID].Order
	if err != nil {
		return order, sentence.Of(err)
	}
	return order, nil
}

// cancel asks the provider to cancel, and reads the order afterwards, because the
// answer need not hold it.
func (b *Book) cancel(ctx context.Context, id string) error {
	answer, err := b.opts.Provider.CancelNumber(ctx, logspanel.ID(id))
	switch {
	case err == nil:
		if err := b.cancelled(id, nil); err != nil {
			return err
		}
		if answer.Order != nil && answer.Order.ID == logspanel.ID(id) {
			_, err = b.take(ctx, id, *answer.Order)
			if err != nil || answer.Order.Refunded {
				return err
			}
		}
		o, err := b.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
		if err == nil {
			_, err = b.take(ctx, id, o)
		}
		if err != nil {
			b.opts.Log.Warn("a cancelled order could not be read", "order", id, "cause", err)
		}
		return nil // it is cancelled, and the watcher reads it again
	case logspanel.CodeOf(err) == logspanel.CodeNumberCodeReceived:
		if o, err := b.opts.Provider.CheckNumber(ctx, logspanel.ID(id)); err == nil {
			if _, err := b.take(ctx, id, o); err != nil {
				return err
			}
		}
		return err
	case logspanel.CodeOf(err) == logspanel.CodeNumberRefundFailed:
		if failed := b.refundFailed(id, sentence.Of(err)); failed != nil {
			return failed
		}
		return err
	}
	return b.afterDeadline(ctx, id, err)
}

// afterDeadline: an order whose time is over and that can't be cancelled may have
// been refunded by the provider itself.
func (b *Book) afterDeadline(ctx context.Context, id string, refusal error) error {
	if logspanel.OutcomeOf(refusal) != logspanel.Refused {
		return refusal
	}
	o, err := b.opts.Provider.NumberOrder(ctx, logspanel.ID(id))
	if err != nil {
		return refusal
	}
	order, err := b.take(ctx, id, o)
	if err != nil || order.State == protocol.OrderRefunded {
		return err
	}
	if time.Now().After(order.Deadline) && order.State == protocol.OrderWaiting {
		return b.cancelled(id, nil)
	}
	return refusal
}

// cancelled begins the wait for the refund.
func (b *Book) cancelled(id string, problem *protocol.Error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	if r.Order.State != protocol.OrderCancelling {
		r.CancelledAt = time.Now().UTC()
	}
	r.Order.State, r.Order.Problem = protocol.OrderCancelling, problem
	return b.save(&r, nil)
}

// refundFailed keeps the order listed with what the provider said; cancelling can
// be tried again.
func (b *Book) refundFailed(id string, problem *protocol.Error) error {
	b.mu.Lock()
	late := time.Now().After(b.rentals[id].Order.Deadline)
	b.mu.Unlock()
	if late {
		return b.cancelled(id, problem)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r := *b.rentals[id]
	r.Order.Problem = problem
	return b.save(&r, nil)
}

// Code hands over an order's code, also to a client that did not buy it.
func (b *Book) Code(ctx context.Context, client, orderID string) (protocol.ReceivedCode, error) {
	order, err := b.find(ctx, orderID)
	if err != nil {
		return protocol.ReceivedCode{}, err
	}
	if !order.CodeReady {
		return protocol.ReceivedCode{}, &protocol.Error{
			Code: protocol.CodeOrderNotFound, Message: "no code has come for this number yet", Next: "wait for it",
		}
	}
	b.opts.Log.Info("a code was handed over", "order", orderID, "client", client)
	return protocol.ReceivedCode{OrderID: order.ID, Code: order.Code, Message: order.Message}, nil
}

// find is an order of the book, or one that the account got by other ways, such as
// the provider's site; that one is in the book from then on.
func (b *Book) find(ctx context.Context, id string) (protocol.Order, error) {
	b.mu.Lock()
	r, known := b.rentals[id]
	b.mu.Unlock()
	if known {
		return r.Order, nil
	}
	o, err := b.opts.Provider.CheckNumber(ctx, logspanel.ID(id))
	b.observe(err)
	if err != nil {
		return protocol.Order{}, sentence.Of(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, known := b.rentals[id]; known {
		return r.Order, nil
	}
	found := &rental{Order: foreign(o)}
	return found.Order, b.save(found, nil)
}

// List reads the account's number orders, with what the book knows better.
func (b *Book) List(ctx context.Context) (protocol.OrderPage, error) {
	listed, err := b.opts.Provider.NumberOrders(ctx)
	b.observe(err)
	if err != nil {
		return protocol.OrderPage{}, sentence.Of(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	page := protocol.OrderPage{Orders: []protocol.Order{}}
	for _, o := range listed {
		if r, known := b.rentals[string(o.ID)]; known {
			page.Orders = append(page.Orders, r.Order)
		} else {
			page.Orders = append(page.Orders, foreign(o))
		}
	}
	slices.SortStableFunc(page.Orders, func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return page, nil
}

// foreign is an order that this book did not buy. How long it lasts is not known,
// since the provider doesn't say whether its time left counts down.
func foreign(o logspanel.NumberOrder) protocol.Order {
	r := rental{Order: protocol.Order{
		ID: string(o.ID), State: protocol.OrderWaiting,
		ServiceID: string(o.ServiceID), ServiceName: o.ServiceName,
		CountryID: string(o.CountryID), CountryName: o.CountryName,
		Price: o.Price, CreatedAt: o.CreatedAt, Deadline: o.CreatedAt.Add(min(max(o.TimeLeft, 0), defaultLife)),
	}}
	r.read(o)
	if r.Order.State == protocol.OrderWaiting && time.Now().After(r.Order.Deadline) {
		r.Order.State = protocol.OrderExpired
	}
	return r.Order
}
