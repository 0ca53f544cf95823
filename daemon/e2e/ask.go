package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

// find is the cheapest offers in stock.
func find(ctx context.Context, client *wsclient.Client, query string, atMost int) ([]protocol.Offer, error) {
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

// ask calls until a provider in trouble has recovered, as a person would.
func ask(ctx context.Context, client *wsclient.Client, method string, params, result any) error {
	for try := 1; ; try++ {
		err := client.Call(ctx, method, params, result)
		if err == nil || passing(err) != nil || try == maxTries || client.Err() != nil {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// allOrders reads every part of the list of orders.
func allOrders(ctx context.Context, client *wsclient.Client) (all []protocol.Order, err error) {
	for asked := (protocol.ListRequest{}); ; {
		var page protocol.OrderPage
		if err := ask(ctx, client, protocol.OrderList, asked, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Orders...)
		if asked.Cursor = page.Next; asked.Cursor == "" {
			return all, nil
		}
	}
}

// maxTries is how often a question without an effect is asked.
const maxTries = 60

// passing takes away errors that another try may not meet: of a companion that was
// killed, of a provider in trouble, and of the kinds that are named.
func passing(err error, codes ...protocol.Code) error {
	said := (*protocol.Error)(nil)
	if err == nil || !errors.As(err, &said) {
		return nil // the session ended
	}
	codes = append(slices.Clip(codes), protocol.CodeUnreachable, protocol.CodeTooManyCalls, protocol.CodeOutcomeUnknown, protocol.CodeUnresolved, protocol.CodeRefundFailed)
	if slices.Contains(codes, said.Code) {
		return nil
	}
	return err
}
