package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

// cheapestOffers searches for offers of which at least two numbers are in stock, waits until
// all prices are loaded, and returns the cheapest.
func cheapestOffers(ctx context.Context, client *wsclient.Client, query string, atMost int) ([]protocol.Offer, error) {
	var found protocol.Offers
	for {
		if err := client.Call(ctx, protocol.OfferSearch, protocol.Search{Query: query, Limit: 200}, &found); err != nil {
			if e := protocol.AsError(err); e.Code != protocol.CodeUnreachable && e.Code != protocol.CodeTooManyCalls {
				return nil, err
			}
			found.Loading = true
		}
		if !found.Loading {
			break
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-client.Done():
			return nil, client.Err()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	offers := slices.DeleteFunc(found.Offers, func(o protocol.Offer) bool { return o.Available < 2 })
	if len(offers) == 0 {
		return nil, errors.New("the provider has nothing in stock to buy")
	}
	return offers[:min(len(offers), atMost)], nil
}

// callWithRetry repeats a call, as a person would, while the provider has trouble.
func callWithRetry(ctx context.Context, client *wsclient.Client, method string, params, result any) error {
	for try := 1; ; try++ {
		err := client.Call(ctx, method, params, result)
		if err == nil || ignoreTransient(err) != nil || try == maxTries || client.Err() != nil {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// allOrders reads all pages of the list of orders.
func allOrders(ctx context.Context, client *wsclient.Client) (all []protocol.Order, err error) {
	for request := (protocol.ListRequest{}); ; {
		var page protocol.OrderPage
		if err := callWithRetry(ctx, client, protocol.OrderList, request, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Orders...)
		if request.Cursor = page.Next; request.Cursor == "" {
			return all, nil
		}
	}
}

// maxTries is how often a call without an effect is tried.
const maxTries = 60

// ignoreTransient returns nil for errors that another try may not meet: the companion was
// killed, the provider has trouble, or the error has one of the codes. It returns any other
// error as it is.
func ignoreTransient(err error, codes ...protocol.Code) error {
	problem := (*protocol.Error)(nil)
	if err == nil || !errors.As(err, &problem) {
		return nil // the session ended
	}
	codes = append(slices.Clip(codes), protocol.CodeUnreachable, protocol.CodeTooManyCalls, protocol.CodeOutcomeUnknown, protocol.CodeUnresolved, protocol.CodeRefundFailed)
	if slices.Contains(codes, problem.Code) {
		return nil
	}
	return err
}
