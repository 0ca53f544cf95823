package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// JourneyReport is what the journey found.
type JourneyReport struct {
	Provider    string                `json:"provider"`
	Countries   int                   `json:"countries"`
	Offers      int                   `json:"offers"`
	Offer       protocol.Offer        `json:"offer"` // the offer that was bought
	AreaCodes   []string              `json:"area_codes"`
	Before      money.Money           `json:"balance_before"`
	After       money.Money           `json:"balance_after"`
	Delivered   *protocol.Order       `json:"delivered,omitempty"` // the order whose code arrived
	CodeSeconds float64               `json:"code_seconds,omitempty"`
	Refunded    *protocol.Order       `json:"refunded,omitempty"` // the order that was cancelled
	Orders      int                   `json:"orders"`
	LogKinds    int                   `json:"log_categories"`
	LogOrders   []protocol.LogOrder   `json:"log_orders"`
	Boosts      int                   `json:"boost_services"`
	BoostOrders []protocol.BoostOrder `json:"boost_orders"`
	Ledger      []control.Entry       `json:"ledger"`
	Differences []string              `json:"differences"`
}

func (r *JourneyReport) differencef(format string, args ...any) {
	r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
}

// journey goes through the whole product once: it reads the catalog, buys a number and
// receives its code, buys another and cancels it, and reads the account's orders of all
// kinds. Then it compares the books and searches for leaked secrets.
func journey(ctx context.Context, s settings) (report *JourneyReport, err error) {
	a, err := openAccount(s)
	if err != nil {
		return nil, err
	}
	defer a.stop()
	server := httptest.NewServer(http.HandlerFunc((&faultProxy{upstream: a.handler}).ServeHTTP))
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
	client.Tap(&c.transcript)
	report = &JourneyReport{Differences: []string{}}
	if out, err := exec.CommandContext(ctx, s.binary, "version").Output(); err != nil {
		return nil, fmt.Errorf("ask the companion for its version: %w", err)
	} else if version := strings.TrimSpace(string(out)); version != client.Welcome().Version {
		report.differencef("the companion is version %s and greets as %s", version, client.Welcome().Version)
	}
	b := &testBrowser{client, client.Welcome().Snapshot}
	if err := b.run(ctx, s, a, c, report); err != nil {
		return report, fmt.Errorf("%w\n%s", err, c.logTail())
	}
	_ = client.Close() // it ends the recording
	leaks, err := c.findLeaks(a.key)
	if err != nil {
		return report, err
	}
	if err := errors.Join(c.stop(), c.crashWithDump()); err != nil {
		return report, err
	}
	leaksAfterCrash, err := c.findLeaks(a.key)
	if err != nil {
		return report, err
	}
	report.Differences = append(report.Differences, append(leaks, leaksAfterCrash...)...)
	if n := len(report.Differences); n > 0 {
		return report, fmt.Errorf("%d differences", n)
	}
	return report, nil
}

func (b *testBrowser) run(ctx context.Context, s settings, a *providerAccount, c *companion, report *JourneyReport) error {
	before, err := a.readStatement(ctx)
	if err != nil {
		return err
	}
	if err := c.liftLimits(ctx); err != nil {
		return err
	}
	if err := b.browse(ctx, s, report); err != nil {
		return err
	}
	report.Before = b.state.Wallet.Balance
	if report.Before != before.balance {
		report.differencef("the companion shows a balance of %s, the provider has %s", report.Before, before.balance)
	}
	if err := b.buyAndReceiveCode(ctx, s, a, report); err != nil {
		return err
	}
	if err := b.buyAndRefund(ctx, s, report); err != nil {
		return err
	}
	if err := b.readEverything(ctx, report); err != nil {
		return err
	}
	return b.reconcile(ctx, a, c, before, report)
}

// browse reads the catalog and the balance.
func (b *testBrowser) browse(ctx context.Context, s settings, report *JourneyReport) error {
	var countries protocol.Countries
	var wallet protocol.Wallet
	var areas protocol.Areas
	if err := b.ask(ctx, protocol.CountryList, protocol.Empty{}, &countries); err != nil {
		return err
	}
	offers, err := cheapestOffers(ctx, b.Client, s.query, 1<<20)
	if err != nil {
		return err
	}
	report.Provider, report.Countries, report.Offers, report.Offer = b.state.Host, len(countries.Countries), len(offers), offers[0]
	place := protocol.Place{CountryID: report.Offer.CountryID, ServiceID: report.Offer.ServiceID}
	if err := b.ask(ctx, protocol.AreaList, place, &areas); err != nil {
		return err
	}
	report.AreaCodes = areas.Codes
	if err := b.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, &wallet); err != nil {
		return err
	}
	return b.follow(ctx, time.Minute, "a balance", func() bool { return b.state.Wallet != nil })
}

// buyAndReceiveCode buys a number and waits for its code.
func (b *testBrowser) buyAndReceiveCode(ctx context.Context, s settings, a *providerAccount, report *JourneyReport) error {
	order, err := b.buy(ctx, report.Offer, report)
	if err != nil {
		return err
	}
	if err := a.sendCode(order.Number); err != nil {
		return err
	}
	begun := time.Now()
	err = b.follow(ctx, s.patience, "a code", func() bool {
		order, _ = b.order(order.ID)
		return order.CodeReady || !order.Open()
	})
	if err != nil {
		return err
	}
	report.Delivered, report.CodeSeconds = &order, time.Since(begun).Seconds()
	if order.Code == "" {
		report.differencef("%s received no code: it is %s", order.Number, order.State)
	}
	var code protocol.ReceivedCode
	if err := b.ask(ctx, protocol.OrderCode, protocol.OrderRef{OrderID: order.ID}, &code); err != nil || code.Code != order.Code {
		report.differencef("the code on request is %q instead of %q: %v", code.Code, order.Code, err)
	}
	return nil
}

// buyAndRefund buys another number, cancels it and waits for the refund.
func (b *testBrowser) buyAndRefund(ctx context.Context, s settings, report *JourneyReport) error {
	order, err := b.buy(ctx, report.Offer, report)
	if err != nil {
		return err
	}
	if err := b.ask(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: order.ID}, nil); err != nil {
		return err
	}
	err = b.follow(ctx, s.patience, "the refund", func() bool {
		order, _ = b.order(order.ID)
		return !order.Open()
	})
	report.Refunded = &order
	if order.State != protocol.OrderRefunded {
		report.differencef("the cancelled order is %s", order.State)
	}
	return err
}

// readEverything reads the lists of all products and orders.
func (b *testBrowser) readEverything(ctx context.Context, report *JourneyReport) error {
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
		if err := b.ask(ctx, call.method, protocol.Empty{}, call.result); err != nil {
			return fmt.Errorf("%s: %w", call.method, err)
		}
	}
	report.Orders, report.LogKinds, report.LogOrders = len(orders.Orders), len(categories.Categories), logs.Orders
	report.Boosts, report.BoostOrders = len(services.Services), boosts.Orders
	for _, o := range []*protocol.Order{report.Delivered, report.Refunded} {
		listed := false
		for _, l := range orders.Orders {
			listed = listed || l.ID == o.ID && l.State == o.State
		}
		if !listed {
			report.differencef("order %s is not listed as %s", o.ID, o.State)
		}
	}
	return nil
}

// reconcile compares the companion's balance and ledger with the provider's statements.
func (b *testBrowser) reconcile(ctx context.Context, a *providerAccount, c *companion, before statement, report *JourneyReport) error {
	var wallet protocol.Wallet
	if err := b.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, &wallet); err != nil {
		return err
	}
	after, err := a.readStatement(ctx)
	if err != nil {
		return err
	}
	report.After = wallet.Balance
	if report.After != after.balance {
		report.differencef("the companion shows a balance of %s, the provider has %s", report.After, after.balance)
	}
	if fresh := len(after.orders) - len(before.orders); fresh != 2 {
		report.differencef("2 numbers were bought, the provider has %d more", fresh)
	}
	expected, err := before.balance.Sub(report.Delivered.Price)
	if err != nil {
		return err
	}
	if report.After != expected {
		report.differencef("after one number of %s the balance is %s and not %s", report.Delivered.Price, report.After, expected)
	}
	if report.Ledger, err = c.readLedger(ctx); err != nil {
		return err
	}
	if n := len(report.Ledger); n != 4 || report.Ledger[n-1].After != report.After {
		report.differencef("the ledger has %d entries and not an opening, two charges and a refund that leave %s", n, report.After)
	}
	return nil
}
