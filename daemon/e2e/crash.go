package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

// CrashReport is the result of the crash test.
type CrashReport struct {
	Kills       map[killPoint]int `json:"kills"` // by kill point
	Faults      map[fault]int     `json:"faults"`
	Intents     int               `json:"intents"`
	Bought      int               `json:"bought"`
	Refused     int               `json:"refused"`
	Charges     int               `json:"charges"` // on the provider's side
	Refunds     int               `json:"refunds"`
	Differences []string          `json:"differences"`
	Seconds     float64           `json:"seconds"`
}

func newCrashReport() *CrashReport {
	return &CrashReport{Kills: map[killPoint]int{}, Faults: map[fault]int{}, Differences: []string{}}
}

func (r *CrashReport) add(other *CrashReport) {
	for s, n := range other.Kills {
		r.Kills[s] += n
	}
	for s, n := range other.Faults {
		r.Faults[s] += n
	}
	r.Intents, r.Bought, r.Refused = r.Intents+other.Intents, r.Bought+other.Bought, r.Refused+other.Refused
	r.Charges, r.Refunds = r.Charges+other.Charges, r.Refunds+other.Refunds
	r.Differences = append(r.Differences, other.Differences...)
}

func (r *CrashReport) differencef(format string, args ...any) {
	r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
}

// crash kills companions in the middle of purchases and then reconciles everybody's books.
// Against the sandbox several companions run in parallel, each with its own account;
// another provider has one account and so one companion.
func crash(ctx context.Context, s settings) (*CrashReport, error) {
	begun := time.Now()
	workers := max(min(s.workers, s.kills), 1)
	if s.api != "" {
		workers = 1
	}
	total := newCrashReport()
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	for w := range workers {
		share := s.kills / workers
		if w < s.kills%workers {
			share++
		}
		all.Go(func() {
			report, err := runCrashTest(ctx, s, share, w)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			if report != nil {
				total.add(report)
			}
		})
	}
	all.Wait()
	total.Seconds = time.Since(begun).Seconds()
	if len(total.Differences) > 0 {
		failed = errors.Join(failed, fmt.Errorf("%d differences", len(total.Differences)))
	}
	return total, failed
}

// crashTest is one companion with its proxy, and the outcomes of its purchases.
type crashTest struct {
	settings settings
	account  *providerAccount
	proxy    *faultProxy
	*companion
	offers []protocol.Offer
	report *CrashReport
	orders map[string]string // order id by intent; empty: refused
}

func runCrashTest(ctx context.Context, s settings, kills, worker int) (report *CrashReport, err error) {
	a, err := openAccount(s)
	if err != nil {
		return nil, err
	}
	defer a.stop()
	l := &faultProxy{upstream: a.handler, errorRate: 0.01}
	server := httptest.NewServer(http.HandlerFunc(l.ServeHTTP))
	defer server.Close()
	one, err := newCompanion(ctx, s.binary, server.URL+a.path, a.key)
	if err != nil {
		return nil, err
	}
	c := &crashTest{settings: s, account: a, proxy: l, companion: one, report: newCrashReport(), orders: map[string]string{}}
	l.kill, l.setDiskFull = c.kill, c.setDiskFull
	defer func() { err = errors.Join(err, c.remove()) }()
	before, err := a.readStatement(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	for n, sc := range scenarios(kills, worker) {
		if err := c.runScenario(ctx, n, sc); err != nil {
			return c.report, fmt.Errorf("scenario %d, %s, %q: %w\n%s", n+1, sc.killAt, sc.fault, err, c.logTail())
		}
	}
	l.errorRate = 0
	return c.report, c.reconcile(ctx, before)
}

// prepare lifts the spending limits and finds offers to buy.
func (c *crashTest) prepare(ctx context.Context) error {
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := c.liftLimits(ctx); err != nil {
		return err
	}
	c.offers, err = cheapestOffers(ctx, client, c.settings.query, 8)
	return err
}

// runScenario buys one number while s happens, waits for the outcome, and cancels the
// number.
func (c *crashTest) runScenario(ctx context.Context, n int, s scenario) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.patience)
	defer cancel()
	q, err := c.quote(ctx, n)
	if err != nil {
		return err
	}
	killed, met := c.killCount(), c.proxy.arm(s.killAt, s.fault)
	defer c.proxy.arm("", noFault)
	request := protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
	if err := c.confirm(ctx, s, request, met); err != nil {
		return err
	}
	intent, err := c.awaitOutcome(ctx, request)
	if err != nil {
		return err
	}
	if before, known := c.orders[intent.ID]; known {
		c.report.differencef("intent %s appeared before, with order %q", intent.ID, before)
	}
	c.orders[intent.ID] = intent.OrderID
	c.report.Intents++
	if intent.State == protocol.IntentBought {
		c.report.Bought++
		err = c.cancelAndAwaitRefund(ctx, intent.OrderID)
	} else {
		c.report.Refused++
	}
	c.count(s, c.killCount() > killed, met)
	return err
}

// count adds to the report what really happened, which may be less than the scenario says.
func (c *crashTest) count(s scenario, killed bool, met <-chan struct{}) {
	if killed {
		c.report.Kills[s.killAt]++
	}
	if s.fault != noFault {
		select {
		case <-met:
			c.report.Faults[s.fault]++
		default:
		}
	}
}

// quote retries until it gets a quote: refunds of earlier scenarios may still be due, and
// an offer may be gone.
func (c *crashTest) quote(ctx context.Context, n int) (q protocol.Quote, err error) {
	err = c.retryUntilDone(ctx, func(client *wsclient.Client) (bool, error) {
		o := c.offers[n%len(c.offers)]
		err := client.Call(ctx, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, &q)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && isFinal(e.Code) {
			n++
		}
		return err == nil, ignoreTransient(err, append(finalCodes, protocol.CodeBalanceTooLow)...)
	})
	return q, err
}

// confirm confirms the purchase, and kills the companion where the proxy does not. Met is
// closed when the purchase reaches its fault.
func (c *crashTest) confirm(ctx context.Context, s scenario, request protocol.BuyRequest, met <-chan struct{}) error {
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if s.killAt == diskFullBeforeClick {
		if err := c.checkFullDiskRefusal(ctx, client, request); err != nil {
			return err
		}
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_ = client.Call(ctx, protocol.OrderBuy, request, nil) // awaitOutcome repeats it
	}()
	if s.killAt == diskFullBeforeResponse {
		c.killBeforeWrite(ctx, request, met, answered)
	}
	if s.killAt == atRandom {
		if s.fault != noFault {
			select {
			case <-met:
			case <-answered:
			case <-ctx.Done():
			}
		}
		select {
		case <-time.After(rand.N(25 * time.Millisecond)):
		case <-ctx.Done():
		}
		c.kill()
	}
	select {
	case <-answered:
	case <-ctx.Done():
		return fmt.Errorf("no answer to the purchase: %w", ctx.Err())
	}
	if s.killAt == afterNotify {
		c.kill()
	}
	return nil
}

// killBeforeWrite kills a companion that has the provider's response and can't write it to
// the full disk. A companion that could not check the price has sent nothing, and answers
// before the disk is full.
func (c *crashTest) killBeforeWrite(ctx context.Context, request protocol.BuyRequest, met, answered <-chan struct{}) {
	select {
	case <-met:
		select {
		case <-time.After(rand.N(500 * time.Millisecond)):
		case <-answered:
			c.report.differencef("intent %s was reported before it was written", request.IntentID)
		case <-ctx.Done():
		}
		c.kill()
	case <-answered:
		select {
		case <-met:
			c.report.differencef("intent %s was reported before it was written", request.IntentID)
		default:
			c.proxy.arm("", noFault)
		}
	case <-ctx.Done():
	}
}

// checkFullDiskRefusal checks that a purchase with a full disk is refused and not sent.
func (c *crashTest) checkFullDiskRefusal(ctx context.Context, client *wsclient.Client, request protocol.BuyRequest) error {
	before, err := c.account.readStatement(ctx)
	if err != nil {
		return err
	}
	if err := c.setDiskFull(true); err != nil {
		return err
	}
	err = client.Call(ctx, protocol.OrderBuy, request, nil)
	if e := (*protocol.Error)(nil); !errors.As(err, &e) || e.Code != protocol.CodeJournal && ignoreTransient(err) != nil {
		c.report.differencef("with a full disk the purchase %s ended with: %v", request.IntentID, err)
	}
	after, err := c.account.readStatement(ctx)
	if err != nil {
		return err
	}
	if len(after.orders) != len(before.orders) {
		c.report.differencef("with a full disk the purchase %s was sent", request.IntentID)
	}
	return c.setDiskFull(false)
}

// awaitOutcome repeats the purchase under the same intent until it has an outcome.
func (c *crashTest) awaitOutcome(ctx context.Context, request protocol.BuyRequest) (i protocol.Intent, err error) {
	err = c.retryUntilDone(ctx, func(client *wsclient.Client) (bool, error) {
		err := client.Call(ctx, protocol.OrderBuy, request, &i)
		if refusal := (*protocol.Error)(nil); errors.As(err, &refusal) && (isFinal(refusal.Code) || refusal.Code == protocol.CodeBalanceTooLow) {
			i = protocol.Intent{ID: request.IntentID, State: protocol.IntentRefused, Problem: refusal}
			return true, nil
		}
		return err == nil && i.Finished(), ignoreTransient(err)
	})
	return i, err
}

// finalCodes are the refusals that end a purchase.
var finalCodes = []protocol.Code{
	protocol.CodeOutOfStock, protocol.CodePriceChanged, protocol.CodeCatalogueStale, protocol.CodeIntentExpired, protocol.CodeProvider,
}

// isFinal reports whether a refusal ends a purchase, rather than asking to try later.
func isFinal(code protocol.Code) bool { return slices.Contains(finalCodes, code) }

// cancelAndAwaitRefund cancels a number and waits for its refund.
func (c *crashTest) cancelAndAwaitRefund(ctx context.Context, orderID string) error {
	return c.retryUntilDone(ctx, func(client *wsclient.Client) (bool, error) {
		var o protocol.Order
		err := client.Call(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: orderID}, &o)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && e.Code == protocol.CodeAlreadyReceived {
			return true, nil // the code arrived first, so the number is paid for
		}
		return err == nil && o.State == protocol.OrderRefunded, ignoreTransient(err, protocol.CodeProvider, protocol.CodeNotCancellable)
	})
}

// retryUntilDone starts the companion if necessary and calls try until it is done or fails.
// Between two tries it waits for a change of the state, for 300 ms at most.
func (c *crashTest) retryUntilDone(ctx context.Context, try func(*wsclient.Client) (bool, error)) error {
	for {
		client, err := c.connect(ctx)
		if err != nil {
			return err
		}
		done, err := try(client)
		if !done && err == nil {
			select {
			case <-client.Changes():
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		_ = client.Close()
		if done || err != nil {
			return err
		}
	}
}
