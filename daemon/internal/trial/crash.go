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

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/dial"
	"github.com/logspanel/companion/shared/money"
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

// find is the cheapest offers in stock.
func find(ctx context.Context, client *dial.Client, query string, atMost int) ([]protocol.Offer, error) {
	var found protocol.Offers
	for {
		if err := client.Call(ctx, protocol.OfferSearch, protocol.Search{Query: query, Limit: 200}, &found); err != nil {
			if e := protocol.AsError(err); e.Code != protocol.CodeUnreachable && e.Code != protocol.CodeSpeed {
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
	err = c.insist(ctx, func(client *dial.Client) (bool, error) {
		o := c.offers[n%len(c.offers)]
		err := client.Call(ctx, protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, &q)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && final(e.Code) {
			n++
		}
		return err == nil, passing(err, append(finalCodes, protocol.CodeBalance)...)
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
func (c *crasher) refusedFor(ctx context.Context, client *dial.Client, request protocol.BuyRequest) error {
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
	err = c.insist(ctx, func(client *dial.Client) (bool, error) {
		err := client.Call(ctx, protocol.OrderBuy, request, &i)
		if refusal := (*protocol.Error)(nil); errors.As(err, &refusal) && (final(refusal.Code) || refusal.Code == protocol.CodeBalance) {
			i = protocol.Intent{ID: request.IntentID, State: protocol.IntentRefused, Problem: refusal}
			return true, nil
		}
		return err == nil && i.Finished(), passing(err)
	})
	return i, err
}

// finalCodes are refusals that are an outcome.
var finalCodes = []protocol.Code{
	protocol.CodeOutOfStock, protocol.CodePriceChanged, protocol.CodeStale, protocol.CodeIntentExpired, protocol.CodeProvider,
}

// final reports that a refusal is an outcome, rather than that now is a bad time.
func final(code protocol.Code) bool { return slices.Contains(finalCodes, code) }

// cancel gives a number back, and waits for its money.
func (c *crasher) cancel(ctx context.Context, orderID string) error {
	return c.insist(ctx, func(client *dial.Client) (bool, error) {
		var o protocol.Order
		err := client.Call(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: orderID}, &o)
		if e := (*protocol.Error)(nil); errors.As(err, &e) && e.Code == protocol.CodeCodeReceived {
			return true, nil // the code was faster, and is paid for
		}
		return err == nil && o.State == protocol.OrderRefunded, passing(err, protocol.CodeProvider, protocol.CodeNotCancellable)
	})
}

// ask calls until a provider in trouble has recovered, as a person would.
func ask(ctx context.Context, client *dial.Client, method string, params, result any) error {
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

// maxTries is how often a question without an effect is asked.
const maxTries = 60

// passing takes away errors that another try may not meet: of a companion that was
// killed, of a provider in trouble, and of the kinds that are named.
func passing(err error, codes ...protocol.Code) error {
	said := (*protocol.Error)(nil)
	if err == nil || !errors.As(err, &said) {
		return nil // the session ended
	}
	codes = append(slices.Clip(codes), protocol.CodeUnreachable, protocol.CodeSpeed, protocol.CodeUndecided, protocol.CodeUnresolved, protocol.CodeRefundFailed)
	if slices.Contains(codes, said.Code) {
		return nil
	}
	return err
}

// insist tries, with a companion that runs, until it is done. Between two tries it
// waits for something to change, but not for long.
func (c *crasher) insist(ctx context.Context, try func(*dial.Client) (bool, error)) error {
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

// compare holds the intents, the journal, the orders shown and the provider's own
// books against each other.
func (c *crasher) compare(ctx context.Context, before statement) error {
	f := c.figures
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	var wallet protocol.Wallet
	var shown protocol.OrderPage
	var state protocol.Snapshot
	for method, result := range map[string]any{protocol.WalletRefresh: &wallet, protocol.OrderList: &shown, protocol.StateGet: &state} {
		if err := ask(ctx, client, method, protocol.Nothing{}, result); err != nil {
			return err
		}
	}
	book, err := c.ledger(ctx)
	if err != nil {
		return err
	}
	after, err := c.account.read(ctx)
	if err != nil {
		return err
	}

	intents := map[string]string{} // by order
	for intent, order := range c.orders {
		if other, taken := intents[order]; taken && order != "" {
			f.differ("order %s is the outcome of both %s and %s", order, intent, other)
		}
		intents[order] = intent
	}
	if n := len(state.Intents); n > 0 {
		f.differ("%d purchases have no outcome", n)
	}
	c.compareOrders(before, after, intents, shown)
	c.compareLedger(book, after, wallet.Balance)
	if wallet.Balance != after.balance {
		f.differ("the companion shows a balance of %s, the provider has %s", wallet.Balance, after.balance)
	}
	spent, err := before.balance.Sub(after.balance)
	if err != nil {
		return err
	}
	owed := money.Money{Currency: spent.Currency}
	for id, o := range after.orders {
		if _, old := before.orders[id]; old {
			continue
		}
		f.Charges++
		if o.Refunded {
			f.Refunds++
		} else if owed, err = owed.Add(o.Price); err != nil {
			return err
		}
	}
	if spent != owed {
		f.differ("the wallet lost %s, and the orders that were not refunded cost %s", spent, owed)
	}
	return nil
}

// compareOrders: each order of the provider's is one intent's, and is shown as such.
func (c *crasher) compareOrders(before, after statement, intents map[string]string, shown protocol.OrderPage) {
	f := c.figures
	seen := map[string]protocol.Order{}
	for _, o := range shown.Orders {
		seen[o.ID] = o
	}
	for id := range after.orders {
		if _, old := before.orders[id]; old {
			continue
		}
		intent, ours := intents[id]
		if !ours {
			f.differ("order %s was charged, and no intent asked for it", id)
		} else if seen[id].Intent != intent {
			f.differ("order %s came of intent %s, and is shown as of %q", id, intent, seen[id].Intent)
		}
	}
	for intent, order := range c.orders {
		if _, there := after.orders[order]; order != "" && !there {
			f.differ("intent %s is said to have bought order %s, which the provider does not know", intent, order)
		}
	}
}

// compareLedger: one charge an intent, one refund an order that was refunded, nothing
// else that moved the wallet, and each entry begins where the last one ended.
func (c *crasher) compareLedger(book []control.Entry, after statement, balance money.Money) {
	f := c.figures
	charged, repaid := map[string]int{}, map[string]int{}
	last := money.Money{}
	for n, e := range book {
		if n > 0 && e.Before != last {
			f.differ("ledger entry %d begins at %s, the one before ended at %s", e.N, e.Before, last)
		}
		last = e.After
		switch e.Kind {
		case "charge":
			charged[e.OrderID]++
		case "refund":
			repaid[e.OrderID]++
		case "other":
			f.differ("ledger entry %d: the wallet moved by %s without the companion", e.N, e.Amount)
		}
	}
	if last != balance {
		f.differ("the ledger ends at %s, the balance is %s", last, balance)
	}
	for intent, order := range c.orders {
		if order == "" {
			continue
		}
		refunds := 0
		if after.orders[order].Refunded {
			refunds = 1
		}
		if charged[order] != 1 || repaid[order] != refunds {
			f.differ("intent %s, order %s: the ledger has %d charges and %d refunds, the provider 1 and %d", intent, order, charged[order], repaid[order], refunds)
		}
	}
}
