package orders_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

func naira(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "NGN"} }

// fakeProvider is a provider in memory, for tests in fake time. Its hooks run before a call is
// carried out (before) and before its answer is returned (after).
type fakeProvider struct {
	mu              sync.Mutex
	generation      string
	balance         money.Money
	price           money.Money
	stock           int
	orders          []logspanel.NumberOrder
	byKey           map[string]logspanel.Bought
	keys            []string           // the idempotency keys of all purchase requests
	bought          logspanel.Purchase // the last purchase request
	calls           map[string]int
	at              map[string][]time.Time
	before          func(call string, n int) error
	after           func(call string, n int) error
	life            time.Duration
	countsDown      bool                       // the time left counts down
	omitsStoredCode bool                       // reading an order returns it without its code
	hidesReplays    bool                       // the answer to a replay is not marked as one
	checked         func(id string)            // called for each check
	changeAnswer    func(*logspanel.Bought)    // changes the answer to a purchase
	clock           func() (time.Time, bool)   // the time in its answers
	listOverride    func() logspanel.OrderList // replaces the list of orders
	omitted         int                        // how many of the newest orders the list omits; it says that there are more
	delaysRefunds   bool                       // cancellations are accepted but not refunded until payRefunds
	pendingRefunds  []string                   // ids of the orders to be refunded by payRefunds
}

// listed returns the list of orders as configured.
func (a *fakeProvider) listed() logspanel.OrderList {
	if a.listOverride != nil {
		return a.listOverride()
	}
	shown := max(len(a.orders)-a.omitted, 0)
	return logspanel.OrderList{Orders: slices.Clone(a.orders[:shown]), Gapless: true, Complete: a.omitted == 0}
}

// payRefunds refunds the cancelled orders. The caller holds the lock.
func (a *fakeProvider) payRefunds() {
	for _, id := range a.pendingRefunds {
		a.set(logspanel.ID(id), func(o *logspanel.NumberOrder) {
			o.Refunded = true
			a.balance, _ = a.balance.Add(o.Price)
		})
	}
	a.pendingRefunds = nil
}

func newFakeProvider() *fakeProvider {
	return &fakeProvider{
		generation: "g1", balance: naira(10_000), price: naira(850), stock: 5,
		byKey: map[string]logspanel.Bought{}, calls: map[string]int{}, at: map[string][]time.Time{}, life: 20 * time.Minute,
	}
}

// do counts a call and carries it out between the hooks, with the lock held.
func (a *fakeProvider) do(call string, act func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[call]++
	a.at[call] = append(a.at[call], time.Now())
	n := a.calls[call]
	if a.before != nil {
		if err := a.before(call, n); err != nil {
			return err
		}
	}
	if err := act(); err != nil {
		return err
	}
	if a.after != nil {
		return a.after(call, n)
	}
	return nil
}

func (a *fakeProvider) Generation(context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.generation, nil
}

func (a *fakeProvider) Wallet(context.Context) (m money.Money, err error) {
	err = a.do("wallet", func() error { m = a.balance; return nil })
	return m, err
}

func (a *fakeProvider) Services(context.Context, logspanel.ID) (s []logspanel.Service, err error) {
	err = a.do("services", func() error {
		s = []logspanel.Service{
			{ID: "123", Name: "Telegram", CountryID: "1", CountryName: "United States", Price: a.price, Available: a.stock},
			{ID: "125", Name: "Viber", CountryID: "1", CountryName: "United States", Price: a.price, Available: a.stock},
			{ID: "124", Name: "Signal", CountryID: "1", CountryName: "United States", Price: a.price},
		}
		return nil
	})
	return s, err
}

func (a *fakeProvider) BuyNumber(_ context.Context, generation string, p logspanel.Purchase) (bought logspanel.Bought, err error) {
	err = a.do("buy", func() error {
		if generation != a.generation {
			return &logspanel.NotSentError{Call: "POST /numbers/orders", Cause: errors.New("the key was replaced")}
		}
		a.keys = append(a.keys, p.IdempotencyKey)
		a.bought = p
		if earlier, known := a.byKey[p.IdempotencyKey]; known {
			bought = earlier
			bought.Replayed = !a.hidesReplays
			return nil
		}
		after, _ := a.balance.Sub(a.price)
		if after.Minor < 0 {
			return refusal(402, logspanel.CodeInsufficientBalance)
		}
		a.balance = after
		o := logspanel.NumberOrder{
			ID: logspanel.ID(fmt.Sprint(1000 + len(a.orders))), Status: "waiting_for_code", Number: fmt.Sprintf("+1202555%04d", len(a.orders)),
			ServiceID: p.ServiceID, ServiceName: "Telegram", CountryID: p.CountryID, CountryName: "United States",
			Price: a.price, TimeLeft: a.life, CreatedAt: time.Now().UTC(),
		}
		a.orders = append(a.orders, o)
		bought = logspanel.Bought{Order: o, BalanceAfter: after}
		if a.byKey != nil {
			a.byKey[p.IdempotencyKey] = bought
		}
		if a.changeAnswer != nil {
			a.changeAnswer(&bought)
		}
		return nil
	})
	return bought, err
}

func (a *fakeProvider) NumberOrders(context.Context, int) (list logspanel.OrderList, err error) {
	err = a.do("list", func() error { list = a.listed(); return nil })
	return list, err
}

func (a *fakeProvider) NumberOrder(_ context.Context, id logspanel.ID) (o logspanel.NumberOrder, err error) {
	err = a.do("read", func() error {
		o, err = a.find(id)
		if a.omitsStoredCode {
			o.Code = ""
		}
		return err
	})
	return o, err
}

func (a *fakeProvider) CheckNumber(_ context.Context, id logspanel.ID) (o logspanel.NumberOrder, err error) {
	err = a.do("check", func() error {
		if a.checked != nil {
			a.checked(string(id))
		}
		o, err = a.find(id)
		if a.countsDown {
			o.TimeLeft = max(a.life-time.Since(o.CreatedAt), 0)
		}
		return err
	})
	return o, err
}

func (a *fakeProvider) CancelNumber(_ context.Context, id logspanel.ID) (c logspanel.Cancellation[logspanel.NumberOrder], err error) {
	err = a.do("cancel", func() error {
		o, err := a.find(id)
		if err != nil {
			return err
		}
		if o.Code != "" {
			return refusal(409, logspanel.CodeNumberCodeReceived)
		}
		if o.Refunded || slices.Contains(a.pendingRefunds, string(id)) {
			return nil
		}
		if a.delaysRefunds {
			a.set(id, func(o *logspanel.NumberOrder) { o.Status = "canceled" })
			a.pendingRefunds = append(a.pendingRefunds, string(id))
			return nil
		}
		a.set(id, func(o *logspanel.NumberOrder) { o.Status, o.Refunded = "canceled", true })
		a.balance, _ = a.balance.Add(o.Price)
		return nil
	})
	return c, err
}

func (a *fakeProvider) find(id logspanel.ID) (logspanel.NumberOrder, error) {
	for _, o := range a.orders {
		if o.ID == id {
			return o, nil
		}
	}
	return logspanel.NumberOrder{}, refusal(404, logspanel.CodeNumberOrderNotFound)
}

// set changes an order. The caller holds the lock unless nothing runs concurrently.
func (a *fakeProvider) set(id logspanel.ID, change func(*logspanel.NumberOrder)) {
	for i := range a.orders {
		if a.orders[i].ID == id {
			change(&a.orders[i])
		}
	}
}

// deliverSMS delivers an SMS with a code.
func (a *fakeProvider) deliverSMS(id, code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set(logspanel.ID(id), func(o *logspanel.NumberOrder) { o.Status, o.Code, o.Message = "completed", code, "Your code is "+code })
}

// deliverMessage sets a message whose code the provider has not found.
func (a *fakeProvider) deliverMessage(id, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set(logspanel.ID(id), func(o *logspanel.NumberOrder) { o.Message = text })
}

func (a *fakeProvider) count(call string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[call]
}

// total returns the number of all calls.
func (a *fakeProvider) total() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, calls := range a.calls {
		n += calls
	}
	return n
}

func refusal(status int, code string) error {
	return &logspanel.Error{Status: status, Code: code, Message: "no"}
}

func dropped() error {
	return &logspanel.AmbiguousError{Call: "POST /numbers/orders", Cause: errors.New("connection reset")}
}

type oneCountry struct{}

func (oneCountry) Countries(context.Context) (protocol.Countries, error) {
	return protocol.Countries{Countries: []protocol.Country{{ID: "1", Name: "United States", Short: "us", CallingCode: "1"}}}, nil
}

// testService is a running Service with an in-memory provider and a journal file.
type testService struct {
	*orders.Service
	journal  *store.Store
	provider *fakeProvider
	path     string
	stop     func()
}

// setup holds options of a testService.
type setup struct {
	now          func() time.Time         // the wall clock
	providerTime func() (time.Time, bool) // the provider's time
	prepare      func(*orders.Service)    // called before Run
}

func open(t *testing.T, a *fakeProvider, path string, own ...setup) *testService {
	t.Helper()
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	decided, err := store.Open(filepath.Join(filepath.Dir(path), "settings.db"), "example.test")
	require.NoError(t, err)
	settings, err := orders.OpenSettings(decided)
	require.NoError(t, err)
	opts := orders.Options{
		Provider: a, Countries: oneCountry{}, Journal: j, Settings: settings, Host: "example.test", Log: slog.New(slog.DiscardHandler),
		ProviderTime: a.clock,
	}
	for _, o := range own {
		opts.Now = o.now
		if o.providerTime != nil {
			opts.ProviderTime = o.providerTime
		}
	}
	b, err := orders.Open(opts)
	require.NoError(t, err)
	for _, o := range own {
		if o.prepare != nil {
			o.prepare(b)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	synctest.Wait()
	stop := sync.OnceFunc(func() {
		cancel()
		<-done
		require.NoError(t, errors.Join(j.Close(), decided.Close()))
	})
	t.Cleanup(stop)
	return &testService{Service: b, journal: j, provider: a, path: path, stop: stop}
}

func newTestService(t *testing.T) *testService {
	return open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
}

// reopen stops the service cleanly and opens it again with the same journal.
func (s *testService) reopen(t *testing.T) *testService {
	s.stop()
	return open(t, s.provider, s.path)
}

func (s *testService) quote(t *testing.T) protocol.Quote {
	t.Helper()
	q, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
	require.NoError(t, err)
	return q
}

func confirm(q protocol.Quote) protocol.BuyRequest {
	return protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
}

func (s *testService) buy(t *testing.T) protocol.Intent {
	t.Helper()
	i, err := s.Buy(t.Context(), "me", confirm(s.quote(t)))
	require.NoError(t, err)
	return i
}

func (s *testService) order(t *testing.T, id string) protocol.Order {
	t.Helper()
	for _, o := range s.Snapshot().Orders {
		if o.ID == id {
			return o
		}
	}
	require.Fail(t, "no such order", id)
	return protocol.Order{}
}

// pass advances the fake time and waits until everything due has happened.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (a *fakeProvider) AreaCodes(context.Context, logspanel.ID, logspanel.ID) (codes []string, err error) {
	err = a.do("areas", func() error { codes = []string{"212", "917"}; return nil })
	return codes, err
}
