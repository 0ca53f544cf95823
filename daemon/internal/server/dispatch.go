package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/logspanel/companion/shared/protocol"
)

// method answers one kind of request.
type method struct {
	do       func(ctx context.Context, client string, params json.RawMessage) (any, error)
	finish   func(result any, client string) (any, error) // turns a result, which may be shared, into the client's answer
	shared   func(params json.RawMessage) bool            // whether simultaneous requests may share a result; nil: never
	detached bool                                         // continues when the session ends
}

// methods returns every method that a session dispatches, by its name on the wire.
func methods(orders Orders, catalog Catalog, askKey func(context.Context) error) map[string]method {
	cs := new(cursors)
	return map[string]method{
		protocol.WalletRefresh: shareable(withoutParams(orders.RefreshWallet)),
		protocol.OrderQuote:    forClient(orders.Quote),
		protocol.OrderBuy:      detached(forClient(orders.Buy)),
		protocol.OrderCancel:   detached(forClient(byOrderID(orders.Cancel))),
		protocol.OrderDecide:   forClient(orders.Decide),
		protocol.OrderCode:     forClient(byOrderID(orders.Code)),
		protocol.OrderList: paged(cs, protocol.OrderList, orders.List, func(p *protocol.OrderPage) (*[]protocol.Order, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.CountryList: shareable(withoutParams(catalog.Countries)),
		protocol.OfferSearch: shareable(withParams(catalog.Search)),
		protocol.AreaList:    shareable(withParams(catalog.Areas)),
		protocol.LogCategories: paged(cs, protocol.LogCategories, catalog.LogCategories, func(p *protocol.LogCategoryPage) (*[]protocol.LogCategory, *string) {
			return &p.Categories, &p.Next
		}),
		protocol.LogOrders: paged(cs, protocol.LogOrders, catalog.LogOrders, func(p *protocol.LogOrderPage) (*[]protocol.LogOrder, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.BoostServices: paged(cs, protocol.BoostServices, catalog.BoostServices, func(p *protocol.BoostServicePage) (*[]protocol.BoostService, *string) {
			return &p.Services, &p.Next
		}),
		protocol.BoostOrders: paged(cs, protocol.BoostOrders, catalog.BoostOrders, func(p *protocol.BoostOrderPage) (*[]protocol.BoostOrder, *string) {
			return &p.Orders, &p.Next
		}),
		protocol.BoostCheck:  withParams(byBoostID(catalog.CheckBoost)),
		protocol.BoostCancel: detached(withParams(byBoostID(catalog.CancelBoost))),
		protocol.KeyAsk: withoutParams(func(ctx context.Context) (protocol.Empty, error) {
			return protocol.Empty{}, askKey(ctx)
		}),
	}
}

// forClient makes a method of a function that needs to know which client asks.
func forClient[P, R any](do func(context.Context, string, P) (R, error)) method {
	return method{
		do: func(ctx context.Context, client string, raw json.RawMessage) (any, error) {
			var params P
			if err := protocol.Bind(raw, &params); err != nil {
				return nil, err
			}
			return do(ctx, client, params)
		},
		finish: func(result any, client string) (any, error) { return redact(result.(R), client), nil },
	}
}

func withParams[P, R any](do func(context.Context, P) (R, error)) method {
	return forClient(func(ctx context.Context, _ string, params P) (R, error) { return do(ctx, params) })
}

func withoutParams[R any](do func(context.Context) (R, error)) method {
	return forClient(func(ctx context.Context, _ string, _ protocol.Empty) (R, error) { return do(ctx) })
}

// byOrderID adapts a function that takes an order's ID for forClient.
func byOrderID[R any](do func(context.Context, string, string) (R, error)) func(context.Context, string, protocol.OrderRef) (R, error) {
	return func(ctx context.Context, client string, ref protocol.OrderRef) (R, error) {
		return do(ctx, client, ref.OrderID)
	}
}

// byBoostID adapts a function that takes a boost order's ID for withParams.
func byBoostID[R any](do func(context.Context, string) (R, error)) func(context.Context, protocol.OrderRef) (R, error) {
	return func(ctx context.Context, ref protocol.OrderRef) (R, error) { return do(ctx, ref.OrderID) }
}

func detached(m method) method {
	m.detached = true
	return m
}

func shareable(m method) method {
	m.shared = func(json.RawMessage) bool { return true }
	return m
}

func (m method) isShared(params json.RawMessage) bool { return m.shared != nil && m.shared(params) }

// shareKey returns a key that is equal for requests that may share an answer, and empty
// for a request that shares with no other.
func (s *Server) shareKey(m protocol.Message) string {
	if !s.methods[m.Method].isShared(m.Params) {
		return ""
	}
	return s.reads.key(m)
}

// dispatch calls the method of a request. ctx ends with the session; detached methods get
// serverCtx instead. The result has yet to pass finish, for each request that it answers.
func (s *Server) dispatch(ctx, serverCtx context.Context, client string, m protocol.Message) (any, error) {
	method, known := s.methods[m.Method]
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err() // a revoked client's queued requests must not run
	case m.Method == protocol.SessionHello:
		return nil, &protocol.Error{Code: protocol.CodeBadRequest, Message: "the session has already begun"}
	case !known:
		return nil, &protocol.Error{
			Code: protocol.CodeUnknownMethod, Message: "the companion can't do this", Next: "update the companion",
		}
	case method.detached:
		ctx = serverCtx
	}
	do := func(ctx context.Context) (any, error) { return method.do(ctx, client, m.Params) }
	var result any
	var err error
	if method.isShared(m.Params) {
		result, err = s.reads.share(ctx, s.reads.key(m), do)
	} else {
		result, err = do(ctx)
		s.reads.invalidate()
	}
	if err != nil && ctx.Err() == nil {
		s.logInternal(m.Method, client, err)
	}
	return result, err
}

// finish turns the result of dispatch into the client's own answer.
func (s *Server) finish(method, client string, result any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s.methods[method].finish(result, client)
}

// logInternal logs internal errors, because their answer says nothing about the cause.
func (s *Server) logInternal(method, client string, err error) {
	if e := protocol.AsError(err); e.Code == protocol.CodeInternal {
		s.opts.Log.Error("a request failed", "method", method, "client", client, "error", e, "cause", errors.Unwrap(e))
	}
}
