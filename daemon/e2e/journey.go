package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Sights are what a journey saw.
type Sights struct {
	Provider    string                `json:"provider"`
	Countries   int                   `json:"countries"`
	Offers      int                   `json:"offers"`
	Offer       protocol.Offer        `json:"offer"` // what was bought
	AreaCodes   []string              `json:"area_codes"`
	Before      money.Money           `json:"balance_before"`
	After       money.Money           `json:"balance_after"`
	Delivered   *protocol.Order       `json:"delivered,omitempty"` // the one whose code came
	CodeSeconds float64               `json:"code_seconds,omitempty"`
	Refunded    *protocol.Order       `json:"refunded,omitempty"` // the one that was cancelled
	Orders      int                   `json:"orders"`
	LogKinds    int                   `json:"log_categories"`
	LogOrders   []protocol.LogOrder   `json:"log_orders"`
	Boosts      int                   `json:"boost_services"`
	BoostOrders []protocol.BoostOrder `json:"boost_orders"`
	Ledger      []control.Entry       `json:"ledger"`
	Differences []string              `json:"differences"`
}

func (s *Sights) differ(format string, args ...any) {
	s.Differences = append(s.Differences, fmt.Sprintf(format, args...))
}

// traveller is a client and the state that it follows.
type traveller struct {
	*wsclient.Client
	state protocol.Snapshot
}

// journey goes the whole way once: the catalogue, a number and its code, another and
// its money back, and the account's orders of all kinds.
func journey(ctx context.Context, s settings) (sights *Sights, err error) {
	a, err := openAccount(s)
	if err != nil {
		return nil, err
	}
	defer a.close()
	server := httptest.NewServer(http.HandlerFunc((&line{to: a.handler}).ServeHTTP))
	defer server.Close()
	c, err := newCompanion(ctx, s.binary, server.URL+a.path, a.key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.remove()) }()
	client, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	client.Tap(&c.wire)
	sights = &Sights{Differences: []string{}}
	if said, err := exec.CommandContext(ctx, s.binary, "version").Output(); err != nil {
		return nil, fmt.Errorf("ask the companion for its version: %w", err)
	} else if own := strings.TrimSpace(string(said)); own != client.Welcome().Version {
		sights.differ("the companion is %s and greets as %s", own, client.Welcome().Version)
	}
	t := &traveller{client, client.Welcome().Snapshot}
	if err := t.travel(ctx, s, a, c, sights); err != nil {
		return sights, fmt.Errorf("%w\n%s", err, c.said())
	}
	_ = client.Close() // with it the recording ends
	while, err := c.leaks(a.key)
	if err != nil {
		return sights, err
	}
	if err := errors.Join(c.stop(), c.crash()); err != nil {
		return sights, err
	}
	after, err := c.leaks(a.key)
	if err != nil {
		return sights, err
	}
	sights.Differences = append(sights.Differences, append(while, after...)...)
	if n := len(sights.Differences); n > 0 {
		return sights, fmt.Errorf("%d differences", n)
	}
	return sights, nil
}

func (t *traveller) ask(ctx context.Context, method string, params, result any) error {
	return ask(ctx, t.Client, method, params, result)
}

func (t *traveller) travel(ctx context.Context, s settings, a *account, c *companion, saw *Sights) error {
	before, err := a.read(ctx)
	if err != nil {
		return err
	}
	if err := c.freely(ctx); err != nil {
		return err
	}
	if err := t.browse(ctx, s, saw); err != nil {
		return err
	}
	saw.Before = t.state.Wallet.Balance
	if saw.Before != before.balance {
		saw.differ("the companion shows a balance of %s, the provider has %s", saw.Before, before.balance)
	}
	if err := t.deliver(ctx, s, a, saw); err != nil {
		return err
	}
	if err := t.refund(ctx, s, saw); err != nil {
		return err
	}
	if err := t.look(ctx, saw); err != nil {
		return err
	}
	return t.settle(ctx, a, c, before, saw)
}

// browse looks at the catalogue.
func (t *traveller) browse(ctx context.Context, s settings, saw *Sights) error {
	var countries protocol.Countries
	var wallet protocol.Wallet
	var areas protocol.Areas
	if err := t.ask(ctx, protocol.CountryList, protocol.Empty{}, &countries); err != nil {
		return err
	}
	offers, err := find(ctx, t.Client, s.query, 1<<20)
	if err != nil {
		return err
	}
	saw.Provider, saw.Countries, saw.Offers, saw.Offer = t.state.Host, len(countries.Countries), len(offers), offers[0]
	place := protocol.Place{CountryID: saw.Offer.CountryID, ServiceID: saw.Offer.ServiceID}
	if err := t.ask(ctx, protocol.AreaList, place, &areas); err != nil {
		return err
	}
	saw.AreaCodes = areas.Codes
	if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, &wallet); err != nil {
		return err
	}
	return t.follow(ctx, time.Minute, "a balance", func() bool { return t.state.Wallet != nil })
}

// buy quotes and confirms one number.
func (t *traveller) buy(ctx context.Context, o protocol.Offer, saw *Sights) (protocol.Order, error) {
	var q protocol.Quote
	if err := t.ask(ctx, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, &q); err != nil {
		return protocol.Order{}, err
	}
	request := protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
	var i, again protocol.Intent
	for !i.Finished() {
		if err := t.ask(ctx, protocol.OrderBuy, request, &i); err != nil {
			return protocol.Order{}, err
		}
		if err := t.follow(ctx, time.Minute, "an outcome", func() bool { return !t.undecided(i.ID) }); err != nil {
			return protocol.Order{}, err
		}
	}
	if i.State != protocol.IntentBought {
		return protocol.Order{}, fmt.Errorf("the purchase is %s: %w", i.State, i.Problem)
	}
	if err := t.ask(ctx, protocol.OrderBuy, request, &again); err != nil || again.OrderID != i.OrderID {
		saw.differ("the same intent again gave order %q and not %q: %v", again.OrderID, i.OrderID, err)
	}
	err := t.follow(ctx, time.Minute, "the order", func() bool { _, known := t.order(i.OrderID); return known })
	order, _ := t.order(i.OrderID)
	if i.Charged != q.Intent.Price && order.Problem == nil {
		saw.differ("%s was charged, %s was confirmed, and nothing was said of it", i.Charged, q.Intent.Price)
	}
	return order, err
}

func (t *traveller) undecided(intent string) bool {
	return slices.ContainsFunc(t.state.Intents, func(i protocol.Intent) bool { return i.ID == intent })
}

func (t *traveller) order(id string) (protocol.Order, bool) {
	for _, o := range t.state.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return protocol.Order{}, false
}

// deliver buys a number and waits for its code.
func (t *traveller) deliver(ctx context.Context, s settings, a *account, saw *Sights) error {
	order, err := t.buy(ctx, saw.Offer, saw)
	if err != nil {
		return err
	}
	if err := a.text(order.Number); err != nil {
		return err
	}
	begun := time.Now()
	err = t.follow(ctx, s.patience, "a code", func() bool {
		order, _ = t.order(order.ID)
		return order.CodeReady || !order.Open()
	})
	if err != nil {
		return err
	}
	saw.Delivered, saw.CodeSeconds = &order, time.Since(begun).Seconds()
	if order.Code == "" {
		saw.differ("no code came to %s: it is %s", order.Number, order.State)
	}
	var code protocol.ReceivedCode
	if err := t.ask(ctx, protocol.OrderCode, protocol.OrderRef{OrderID: order.ID}, &code); err != nil || code.Code != order.Code {
		saw.differ("asked for, the code is %q and not %q: %v", code.Code, order.Code, err)
	}
	return nil
}

// refund buys another number and gives it back.
func (t *traveller) refund(ctx context.Context, s settings, saw *Sights) error {
	order, err := t.buy(ctx, saw.Offer, saw)
	if err != nil {
		return err
	}
	if err := t.ask(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: order.ID}, nil); err != nil {
		return err
	}
	err = t.follow(ctx, s.patience, "the refund", func() bool {
		order, _ = t.order(order.ID)
		return !order.Open()
	})
	saw.Refunded = &order
	if order.State != protocol.OrderRefunded {
		saw.differ("the cancelled order is %s", order.State)
	}
	return err
}

// look reads what the account has of everything.
func (t *traveller) look(ctx context.Context, saw *Sights) error {
	var orders protocol.OrderPage
	var categories protocol.LogCategoryPage
	var logs protocol.LogOrderPage
	var services protocol.BoostServicePage
	var boosts protocol.BoostOrderPage
	for _, call := range []struct {
		method string
		result any
	}{
		{protocol.OrderList, &orders},
		{protocol.LogCategories, &categories},
		{protocol.LogOrders, &logs},
		{protocol.BoostServices, &services},
		{protocol.BoostOrders, &boosts},
	} {
		if err := t.ask(ctx, call.method, protocol.Empty{}, call.result); err != nil {
			return fmt.Errorf("%s: %w", call.method, err)
		}
	}
	saw.Orders, saw.LogKinds, saw.LogOrders = len(orders.Orders), len(categories.Categories), logs.Orders
	saw.Boosts, saw.BoostOrders = len(services.Services), boosts.Orders
	for _, o := range []*protocol.Order{saw.Delivered, saw.Refunded} {
		listed := false
		for _, l := range orders.Orders {
			listed = listed || l.ID == o.ID && l.State == o.State
		}
		if !listed {
			saw.differ("order %s is not listed as %s", o.ID, o.State)
		}
	}
	return nil
}

// settle holds the companion's balance and ledger against the provider's.
func (t *traveller) settle(ctx context.Context, a *account, c *companion, before statement, saw *Sights) error {
	var wallet protocol.Wallet
	if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, &wallet); err != nil {
		return err
	}
	after, err := a.read(ctx)
	if err != nil {
		return err
	}
	saw.After = wallet.Balance
	if saw.After != after.balance {
		saw.differ("the companion shows a balance of %s, the provider has %s", saw.After, after.balance)
	}
	if fresh := len(after.orders) - len(before.orders); fresh != 2 {
		saw.differ("2 numbers were bought, the provider has %d more", fresh)
	}
	expected, err := before.balance.Sub(saw.Delivered.Price)
	if err != nil {
		return err
	}
	if saw.After != expected {
		saw.differ("after one number of %s the balance is %s and not %s", saw.Delivered.Price, saw.After, expected)
	}
	if saw.Ledger, err = c.ledger(ctx); err != nil {
		return err
	}
	if n := len(saw.Ledger); n != 4 || saw.Ledger[n-1].After != saw.After {
		saw.differ("the ledger has %d entries and not an opening, two charges and a refund that leave %s", n, saw.After)
	}
	return nil
}

// follow applies changes until the state is as wanted.
func (t *traveller) follow(ctx context.Context, patience time.Duration, what string, wanted func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !wanted() {
		select {
		case change, open := <-t.Changes():
			if !open {
				return t.Err()
			}
			if !t.state.Apply(change) {
				if err := t.ask(ctx, protocol.StateGet, protocol.Empty{}, &t.state); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return fmt.Errorf("%s did not come: %w", what, ctx.Err())
		}
	}
	return nil
}
