package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/logspanel/companion/shared/protocol"
)

// method answers one kind of request of a client.
type method struct {
	do      func(ctx context.Context, client string, params json.RawMessage) (any, error)
	finish  func(result any, client string) (any, error) // makes of a result what the client gets
	shared  func(params json.RawMessage) bool            // whoever asks at the same time may get the same result; nil: nobody
	outlive bool                                         // goes on when the browser closes
}

// methods is every request that a session passes on.
func methods(orders Orders, catalog Catalog, askKey func(context.Context) error) map[string]method {
	r := new(continuations)
	return map[string]method{
		protocol.WalletRefresh: sharing(bare(orders.RefreshWallet)),
		protocol.OrderQuote:    by(orders.Quote),
		protocol.OrderBuy:      outliving(by(orders.Buy)),
		protocol.OrderCancel:   outliving(by(ofOrder(orders.Cancel))),
		protocol.OrderDecide:   by(orders.Decide),
		protocol.OrderCode:     by(ofOrder(orders.Code)),
		protocol.OrderList: inParts(r, protocol.OrderList, orders.List, func(p *protocol.OrderPage) (*[]protocol.Order, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.CountryList: sharing(bare(catalog.Countries)),
		protocol.OfferSearch: sharing(with(catalog.Search)),
		protocol.AreaList:    sharing(with(catalog.Areas)),
		protocol.LogCategories: inParts(r, protocol.LogCategories, catalog.LogCategories, func(p *protocol.LogCategoryPage) (*[]protocol.LogCategory, *string) {
			return &p.Categories, &p.Next
		}),
		protocol.LogOrders: inParts(r, protocol.LogOrders, catalog.LogOrders, func(p *protocol.LogOrderPage) (*[]protocol.LogOrder, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.BoostServices: inParts(r, protocol.BoostServices, catalog.BoostServices, func(p *protocol.BoostServicePage) (*[]protocol.BoostService, *string) {
			return &p.Services, &p.Next
		}),
		protocol.BoostOrders: inParts(r, protocol.BoostOrders, catalog.BoostOrders, func(p *protocol.BoostOrderPage) (*[]protocol.BoostOrder, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.BoostCheck:  with(ofBoost(catalog.CheckBoost)),
		protocol.BoostCancel: outliving(with(ofBoost(catalog.CancelBoost))),
		protocol.KeyAsk: bare(func(ctx context.Context) (protocol.Empty, error) {
			return protocol.Empty{}, askKey(ctx)
		}),
	}
}

func by[P, R any](do func(context.Context, string, P) (R, error)) method {
	return method{
		do: func(ctx context.Context, client string, raw json.RawMessage) (any, error) {
			var params P
			if err := protocol.Bind(raw, &params); err != nil {
				return nil, err
			}
			return do(ctx, client, params)
		},
		finish: func(result any, client string) (any, error) { return withhold(result.(R), client), nil },
	}
}

func with[P, R any](do func(context.Context, P) (R, error)) method {
	return by(func(ctx context.Context, _ string, params P) (R, error) { return do(ctx, params) })
}

func bare[R any](do func(context.Context) (R, error)) method {
	return by(func(ctx context.Context, _ string, _ protocol.Empty) (R, error) { return do(ctx) })
}

func ofOrder[R any](do func(context.Context, string, string) (R, error)) func(context.Context, string, protocol.OrderRef) (R, error) {
	return func(ctx context.Context, client string, ref protocol.OrderRef) (R, error) {
		return do(ctx, client, ref.OrderID)
	}
}

func ofBoost[R any](do func(context.Context, string) (R, error)) func(context.Context, protocol.OrderRef) (R, error) {
	return func(ctx context.Context, ref protocol.OrderRef) (R, error) { return do(ctx, ref.OrderID) }
}

func outliving(m method) method {
	m.outlive = true
	return m
}

func sharing(m method) method {
	m.shared = func(json.RawMessage) bool { return true }
	return m
}

func (m method) isShared(params json.RawMessage) bool { return m.shared != nil && m.shared(params) }

// shareKey is equal for requests that may have one answer, and empty for one that
// shares its answer with no other.
func (s *Server) shareKey(m protocol.Message) string {
	if !s.methods[m.Method].isShared(m.Params) {
		return ""
	}
	return s.reads.key(m)
}

// perform does what a request asks for; ctx ends with the session, visit with the
// daemon. The result is finished for each request that it answers.
func (s *Server) perform(ctx, visit context.Context, client string, m protocol.Message) (any, error) {
	method, known := s.methods[m.Method]
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err() // the last that a revoked client asked for
	case m.Method == protocol.SessionHello:
		return nil, &protocol.Error{Code: protocol.CodeBadRequest, Message: "the session has already begun"}
	case !known:
		return nil, &protocol.Error{
			Code: protocol.CodeUnknownMethod, Message: "the companion can't do this", Next: "update the companion",
		}
	case method.outlive:
		ctx = visit
	}
	do := func(ctx context.Context) (any, error) { return method.do(ctx, client, m.Params) }
	var result any
	var err error
	if method.isShared(m.Params) {
		result, err = s.reads.share(ctx, s.reads.key(m), do)
	} else {
		result, err = do(ctx)
		s.reads.changed()
	}
	if err != nil && ctx.Err() == nil {
		s.complain(m.Method, client, err)
	}
	return result, err
}

// finish makes of a result what the client gets.
func (s *Server) finish(method, client string, result any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s.methods[method].finish(result, client)
}

// complain logs faults of our own; what the person is told says nothing of them.
func (s *Server) complain(method, client string, err error) {
	if e := protocol.AsError(err); e.Code == protocol.CodeInternal {
		s.opts.Log.Error("a request failed", "method", method, "client", client, "error", e, "cause", errors.Unwrap(e))
	}
}
