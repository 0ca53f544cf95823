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

// Figures are what a crash trial counted.
type Figures struct {
	Kills       map[step]int  `json:"kills"` // by the moment
	Faults      map[fault]int `json:"faults"`
	Intents     int           `json:"intents"`
	Bought      int           `json:"bought"`
	Refused     int           `json:"refused"`
	Charges     int           `json:"charges"` // by the provider
	Refunds     int           `json:"refunds"`
	Differences []string      `json:"differences"`
	Seconds     float64       `json:"seconds"`
}

func newFigures() *Figures {
	return &Figures{Kills: map[step]int{}, Faults: map[fault]int{}, Differences: []string{}}
}

func (f *Figures) add(g *Figures) {
	for s, n := range g.Kills {
		f.Kills[s] += n
	}
	for s, n := range g.Faults {
		f.Faults[s] += n
	}
	f.Intents, f.Bought, f.Refused = f.Intents+g.Intents, f.Bought+g.Bought, f.Refused+g.Refused
	f.Charges, f.Refunds = f.Charges+g.Charges, f.Refunds+g.Refunds
	f.Differences = append(f.Differences, g.Differences...)
}

func (f *Figures) differ(format string, args ...any) {
	f.Differences = append(f.Differences, fmt.Sprintf(format, args...))
}

// crash kills companions in the middle of purchases. Against a sandbox several do it
// side by side; an account that is not ours has one companion at a time.
func crash(ctx context.Context, s settings) (*Figures, error) {
	begun := time.Now()
	workers := max(min(s.workers, s.kills), 1)
	if s.api != "" {
		workers = 1
	}
	total := newFigures()
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	for w := range workers {
		share := s.kills / workers
		if w < s.kills%workers {
			share++
		}
		all.Go(func() {
			f, err := crashOne(ctx, s, share, w)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			if f != nil {
				total.add(f)
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

// round is one purchase: when the companion dies, and what else goes wrong.
type round struct {
	step  step
	fault fault
}

// course is the rounds for so many kills, spread over all moments and faults, and
// here and there one that the companion survives.
func course(kills, offset int) (rounds []round) {
	var each []round
	for _, s := range steps {
		each = append(each, round{step: s})
	}
	for _, f := range faults {
		each = append(each, round{atRandom, f})
		if f != silence { // of which the companion learns after half a minute
			each = append(each, round{told, f})
		}
	}
	for k := range kills {
		rounds = append(rounds, each[(k+offset*7)%len(each)])
		if k%len(each) == len(each)-1 {
			rounds = append(rounds, round{notKilled, faults[(k/len(each)+offset*2)%len(faults)]}, round{step: diskFull})
		}
	}
	return rounds
}

// crasher is one companion, its line, and what came of its purchases.
type crasher struct {
	settings settings
	account  *account
	line     *line
	*companion
	offers  []protocol.Offer
	figures *Figures
	orders  map[string]string // by intent; empty: refused
}

func crashOne(ctx context.Context, s settings, kills, worker int) (figures *Figures, err error) {
	a, err := openAccount(s)
	if err != nil {
		return nil, err
	}
	defer a.close()
	l := &line{to: a.handler, noise: 0.01}
	server := httptest.NewServer(http.HandlerFunc(l.ServeHTTP))
	defer server.Close()
	one, err := newCompanion(ctx, s.binary, server.URL+a.path, a.key)
	if err != nil {
		return nil, err
	}
	c := &crasher{settings: s, account: a, line: l, companion: one, figures: newFigures(), orders: map[string]string{}}
	l.kill, l.fill = c.kill, c.fill
	defer func() { err = errors.Join(err, c.remove()) }()
	before, err := a.read(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	for n, r := range course(kills, worker) {
		if err := c.play(ctx, n, r); err != nil {
			return c.figures, fmt.Errorf("round %d, %s, %q: %w\n%s", n+1, r.step, r.fault, err, c.said())
		}
	}
	l.noise = 0
	return c.figures, c.compare(ctx, before)
}

// prepare finds out what can be bought, and lifts the limits.
func (c *crasher) prepare(ctx context.Context) error {
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := c.freely(ctx); err != nil {
		return err
	}
	c.offers, err = find(ctx, client, c.settings.query, 8)
	return err
}

// play buys one number while r happens, finds out what became of it, and gives it back.
func (c *crasher) play(ctx context.Context, n int, r round) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.patience)
	defer cancel()
	q, err := c.quote(ctx, n)
	if err != nil {
		return err
	}
	killed, met := c.killed(), c.line.next(r.step, r.fault)
	defer c.line.next("", none)
	request := protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
	if err := c.click(ctx, r, request, met); err != nil {
		return err
	}
	intent, err := c.outcome(ctx, request)
	if err != nil {
		return err
	}
	if before, known := c.orders[intent.ID]; known {
		c.figures.differ("intent %s was there before, with order %q", intent.ID, before)
	}
	c.orders[intent.ID] = intent.OrderID
	c.figures.Intents++
	if intent.State == protocol.IntentBought {
		c.figures.Bought++
		err = c.cancel(ctx, intent.OrderID)
	} else {
		c.figures.Refused++
	}
	c.count(r, c.killed() > killed, met)
	return err
}

// count notes what has happened of a round, which is not always what was planned.
func (c *crasher) count(r round, killed bool, met <-chan struct{}) {
	if killed {
		c.figures.Kills[r.step]++
	}
	if r.fault != none {
		select {
		case <-met:
			c.figures.Faults[r.fault]++
		default:
		}
	}
}

// quote asks until there is a quote: what was lately killed may have no money back yet,
// and what was on offer may be gone.
func (c *crasher) quote(ctx context.Context, n int) (q protocol.Quote, err error) {
	err = c.insist(ctx, func(client *wsclient.Client) (bool, error) {
		o := c.offers[n%len(c.offers)]
		err := client.Call(ctx, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, &q)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && final(e.Code) {
			n++
		}
		return err == nil, passing(err, append(finalCodes, protocol.CodeBalanceTooLow)...)
	})
	return q, err
}

// click confirms the purchase, and sees to it that the companion dies as r says. Met is
// closed when the purchase meets its fault.
func (c *crasher) click(ctx context.Context, r round, request protocol.BuyRequest, met <-chan struct{}) error {
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if r.step == diskFull {
		if err := c.refusedFor(ctx, client, request); err != nil {
			return err
		}
	}
	answer := make(chan struct{})
	go func() {
		defer close(answer)
		_ = client.Call(ctx, protocol.OrderBuy, request, nil) // asked again below
	}()
	if r.step == diskFullLate {
		c.unwritten(ctx, request, met, answer)
	}
	if r.step == atRandom {
		if r.fault != none {
			select {
			case <-met:
			case <-answer:
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
	case <-answer:
	case <-ctx.Done():
		return fmt.Errorf("no answer to the purchase: %w", ctx.Err())
	}
	if r.step == told {
		c.kill()
	}
	return nil
}

// unwritten kills a companion that has the provider's answer and can't write it down. One
// that could not check the price has sent nothing, and answers before any disk is full.
func (c *crasher) unwritten(ctx context.Context, request protocol.BuyRequest, met, answer <-chan struct{}) {
	select {
	case <-met:
		select {
		case <-time.After(rand.N(500 * time.Millisecond)):
		case <-answer:
			c.figures.differ("intent %s was told of before it was written", request.IntentID)
		case <-ctx.Done():
		}
		c.kill()
	case <-answer:
		select {
		case <-met:
			c.figures.differ("intent %s was told of before it was written", request.IntentID)
		default:
			c.line.next("", none)
		}
	case <-ctx.Done():
	}
}

// refusedFor a full disk: the purchase is refused before anything is sent.
func (c *crasher) refusedFor(ctx context.Context, client *wsclient.Client, request protocol.BuyRequest) error {
	before, err := c.account.read(ctx)
	if err != nil {
		return err
	}
	if err := c.fill(true); err != nil {
		return err
	}
	err = client.Call(ctx, protocol.OrderBuy, request, nil)
	if e := (*protocol.Error)(nil); !errors.As(err, &e) || e.Code != protocol.CodeJournal && passing(err) != nil {
		c.figures.differ("with a full disk the purchase %s ended with: %v", request.IntentID, err)
	}
	after, err := c.account.read(ctx)
	if err != nil {
		return err
	}
	if len(after.orders) != len(before.orders) {
		c.figures.differ("with a full disk the purchase %s was sent", request.IntentID)
	}
	return c.fill(false)
}

// outcome asks for the same intent until it has one.
func (c *crasher) outcome(ctx context.Context, request protocol.BuyRequest) (i protocol.Intent, err error) {
	err = c.insist(ctx, func(client *wsclient.Client) (bool, error) {
		err := client.Call(ctx, protocol.OrderBuy, request, &i)
		if refusal := (*protocol.Error)(nil); errors.As(err, &refusal) && (final(refusal.Code) || refusal.Code == protocol.CodeBalanceTooLow) {
			i = protocol.Intent{ID: request.IntentID, State: protocol.IntentRefused, Problem: refusal}
			return true, nil
		}
		return err == nil && i.Finished(), passing(err)
	})
	return i, err
}

// finalCodes are refusals that are an outcome.
var finalCodes = []protocol.Code{
	protocol.CodeOutOfStock, protocol.CodePriceChanged, protocol.CodeCatalogueStale, protocol.CodeIntentExpired, protocol.CodeProvider,
}

// final reports that a refusal is an outcome, rather than that now is a bad time.
func final(code protocol.Code) bool { return slices.Contains(finalCodes, code) }

// cancel gives a number back, and waits for its money.
func (c *crasher) cancel(ctx context.Context, orderID string) error {
	return c.insist(ctx, func(client *wsclient.Client) (bool, error) {
		var o protocol.Order
		err := client.Call(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: orderID}, &o)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && e.Code == protocol.CodeAlreadyReceived {
			return true, nil // the code was faster, and is paid for
		}
		return err == nil && o.State == protocol.OrderRefunded, passing(err, protocol.CodeProvider, protocol.CodeNotCancellable)
	})
}

// insist tries, with a companion that runs, until it is done. Between two tries it
// waits for something to change, but not for long.
func (c *crasher) insist(ctx context.Context, try func(*wsclient.Client) (bool, error)) error {
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
