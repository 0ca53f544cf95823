package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

// testBrowser is a connected client with a copy of the companion's state, as the extension
// has one.
type testBrowser struct {
	*wsclient.Client
	state protocol.Snapshot
}

// ask makes a call, and retries it while the provider has trouble.
func (b *testBrowser) ask(ctx context.Context, method string, params, result any) error {
	return callWithRetry(ctx, b.Client, method, params, result)
}

// buy gets a quote, confirms it, waits for the outcome, and checks that repeating the intent
// gives the same order.
func (b *testBrowser) buy(ctx context.Context, o protocol.Offer, report *JourneyReport) (protocol.Order, error) {
	var q protocol.Quote
	if err := b.ask(ctx, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, &q); err != nil {
		return protocol.Order{}, err
	}
	request := protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
	var i, again protocol.Intent
	for !i.Finished() {
		if err := b.ask(ctx, protocol.OrderBuy, request, &i); err != nil {
			return protocol.Order{}, err
		}
		if err := b.follow(ctx, time.Minute, "an outcome", func() bool { return !b.isUndecided(i.ID) }); err != nil {
			return protocol.Order{}, err
		}
	}
	if i.State != protocol.IntentBought {
		return protocol.Order{}, fmt.Errorf("the purchase is %s: %w", i.State, i.Problem)
	}
	if err := b.ask(ctx, protocol.OrderBuy, request, &again); err != nil || again.OrderID != i.OrderID {
		report.differencef("repeating the intent gave order %q instead of %q: %v", again.OrderID, i.OrderID, err)
	}
	err := b.follow(ctx, time.Minute, "the order", func() bool { _, known := b.order(i.OrderID); return known })
	order, _ := b.order(i.OrderID)
	if i.Charged != q.Intent.Price && order.Problem == nil {
		report.differencef("%s was charged, %s was confirmed, and the order does not mention it", i.Charged, q.Intent.Price)
	}
	return order, err
}

func (b *testBrowser) isUndecided(intent string) bool {
	return slices.ContainsFunc(b.state.Intents, func(i protocol.Intent) bool { return i.ID == intent })
}

func (b *testBrowser) order(id string) (protocol.Order, bool) {
	for _, o := range b.state.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return protocol.Order{}, false
}

// follow applies changes to the state until done reports true. What names the awaited change
// for the error.
func (b *testBrowser) follow(ctx context.Context, timeout time.Duration, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for !done() {
		select {
		case change, open := <-b.Changes():
			if !open {
				return b.Err()
			}
			if !b.state.Apply(change) {
				if err := b.ask(ctx, protocol.StateGet, protocol.Empty{}, &b.state); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return fmt.Errorf("%s did not arrive: %w", what, ctx.Err())
		}
	}
	return nil
}
