package orders_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

func TestTwentyOrdersKeepTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.balance, a.life = naira(1_000_000), 2*time.Hour })
		require.NoError(t, s.SetLimits(naira(1_000), naira(1_000_000)))
		looks := map[string][]time.Time{}
		s.changeProvider(func(a *fakeProvider) { a.checked = func(id string) { looks[id] = append(looks[id], time.Now()) } })
		bought := map[string]time.Time{}
		for range 20 {
			bought[s.buy(t).OrderID] = time.Now()
			pass(3 * time.Second)
		}
		pass(3 * time.Hour)
		require.Len(t, looks, 20)
		for id, times := range looks {
			assert.Greater(t, len(times), 2*3600/10)
			last := bought[id]
			for _, at := range times {
				assert.GreaterOrEqual(t, at.Sub(last), 5*time.Second, id)
				assert.LessOrEqual(t, at.Sub(last), 10*time.Second, id)
				last = at
			}
			assert.Equal(t, protocol.OrderRefunded, s.order(t, id).State)
		}
		calls := s.provider.total()
		pass(24 * time.Hour)
		assert.Equal(t, calls, s.provider.total(), "nothing waits, so nobody is called")
	})
}

func TestCancellingOutlivesTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = failing("cancel", 0, dropped()) })
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderCancelling, o.State)
		s.stop()
		s.provider.before = nil
		s = s.reopen(t)
		pass(11 * time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
		assert.Equal(t, naira(10_000), s.provider.balance)
	})
}

func TestCodeThatComesWhileCancellingWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = failing("cancel", 1, dropped()) })
		_, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		s.provider.deliverSMS(i.OrderID, "481902")
		pass(11 * time.Second)
		assert.Equal(t, protocol.OrderReceived, s.order(t, i.OrderID).State)
		assert.Equal(t, "481902", s.order(t, i.OrderID).Code)
		assert.Equal(t, 1, s.provider.count("cancel"), "not asked for again")
	})
}

func TestBannedAccountIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		q, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		require.NoError(t, err)
		s.changeProvider(func(a *fakeProvider) { a.after = onBuy(dropped()) })
		_, err = s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		s.changeProvider(func(a *fakeProvider) {
			a.after = nil
			a.before = func(string, int) error { return refusal(403, logspanel.CodeUserBanned) }
		})
		pass(time.Minute)
		assert.Equal(t, protocol.KeyBlocked, s.Snapshot().Key.State)
		calls := s.provider.total()
		pass(5 * time.Hour)
		assert.Equal(t, calls, s.provider.total())

		s.changeProvider(func(a *fakeProvider) { a.before = nil })
		s.KeyChanged(t.Context())
		pass(5 * time.Minute)
		assert.Empty(t, s.Snapshot().Intents, "the purchase in doubt is found")
		assert.Len(t, s.provider.orders, 2)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State, "its time is long over")
	})
}

func TestRefundThatFailsIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = refusing(500, logspanel.CodeNumberRefundFailed, 0) })
		pass(21 * time.Minute)
		o := s.order(t, i.OrderID)
		require.NotNil(t, o.Problem)
		assert.Equal(t, protocol.CodeRefundFailed, o.Problem.Code)
		asked := s.provider.count("cancel")
		pass(time.Hour)
		assert.InDelta(t, 60, s.provider.count("cancel")-asked, 10)
		s.changeProvider(func(a *fakeProvider) { a.before = nil })
		pass(2 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
		assert.Nil(t, s.order(t, i.OrderID).Problem)
	})
}

func TestRefundThatFailsForADayIsGivenUpAndStaysListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = refusing(500, logspanel.CodeNumberRefundFailed, 0) })
		pass(25 * time.Hour)
		assert.Equal(t, protocol.OrderExpired, s.order(t, i.OrderID).State)
		require.NotNil(t, s.order(t, i.OrderID).Problem)
		calls := s.provider.total()
		pass(24 * time.Hour)
		assert.Equal(t, calls, s.provider.total())
	})
}

// Setting the computer's clock forward must not cancel a number that is still valid.
func TestClockSetForwardCancelsNothingThatLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, set := openWithClock(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
		s.changeProvider(func(a *fakeProvider) { a.countsDown = true })
		i := s.buy(t)
		pass(time.Minute)
		set(2 * time.Hour)
		pass(17 * time.Minute)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
		assert.Zero(t, s.provider.count("cancel"))
		pass(3 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

func TestOrderOfAnotherAccountIsAskedForSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		ordersBefore := s.provider.orders
		s.changeProvider(func(a *fakeProvider) { a.orders, a.generation = nil, "g2" })
		s.KeyChanged(t.Context())
		pass(time.Minute)
		o := s.order(t, i.OrderID)
		require.NotNil(t, o.Problem)
		assert.Equal(t, protocol.CodeOrderNotFound, o.Problem.Code)
		asked := s.provider.count("check")
		pass(10 * time.Minute)
		assert.InDelta(t, 10, s.provider.count("check")-asked, 2)

		s.changeProvider(func(a *fakeProvider) { a.orders, a.generation = ordersBefore, "g1" })
		s.provider.deliverSMS(i.OrderID, "481902")
		s.KeyChanged(t.Context())
		pass(2 * time.Minute)
		assert.Equal(t, "481902", s.order(t, i.OrderID).Code)
		assert.Nil(t, s.order(t, i.OrderID).Problem)
	})
}

func TestOrderThatStaysUnknownIsGivenUpAndStaysListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.orders = nil })
		pass(2 * time.Hour)
		assert.Equal(t, protocol.OrderExpired, s.order(t, i.OrderID).State)
		assert.Zero(t, s.provider.count("cancel"))
		calls := s.provider.total()
		pass(24 * time.Hour)
		assert.Equal(t, calls, s.provider.total())
	})
}

func TestAnotherNumberInsteadOfOneThatASiteRefused(t *testing.T) {
	replace := func(t *testing.T, s *testService, id string) protocol.Quote {
		q, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", Replaces: id})
		require.NoError(t, err)
		return q
	}
	for name, c := range map[string]struct {
		change   func(*testService, string)
		want     protocol.Code
		old      protocol.OrderState
		orders   int
		cancels  int
		restarts bool
	}{
		"refunded first":   {change: func(*testService, string) {}, old: protocol.OrderRefunded, orders: 2, cancels: 1},
		"the code is here": {change: func(s *testService, id string) { s.provider.deliverSMS(id, "4711") }, want: protocol.CodeAlreadyReceived, old: protocol.OrderReceived, orders: 1, cancels: 1},
		"dearer": {
			change: func(s *testService, _ string) { s.changeProvider(func(a *fakeProvider) { a.price = naira(900) }) },
			want:   protocol.CodePriceChanged, old: protocol.OrderWaiting, orders: 1,
		},
		"killed in between": {change: func(*testService, string) {}, old: protocol.OrderRefunded, orders: 2, cancels: 1, restarts: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				require.NoError(t, s.SetLimits(naira(1_000), naira(1_700))) // enough for both at once, and no more
				s.changeProvider(func(a *fakeProvider) { a.balance = naira(1_700) })
				first := s.buy(t)
				q := replace(t, s, first.OrderID)
				assert.Equal(t, naira(850), q.BalanceAfter, "with the refund")
				c.change(s, first.OrderID)
				if c.restarts {
					_, err := s.Cancel(t.Context(), "me", first.OrderID)
					require.NoError(t, err)
					s = s.reopen(t)
				}
				i, err := s.Buy(t.Context(), "me", confirm(q))
				if c.want != "" {
					assert.Equal(t, c.want, protocol.AsError(err).Code)
				} else {
					require.NoError(t, err)
					assert.Equal(t, "1001", i.OrderID)
				}
				assert.Equal(t, c.old, s.order(t, first.OrderID).State)
				assert.Len(t, s.provider.orders, c.orders)
				assert.Equal(t, c.cancels, s.provider.count("cancel"))
			})
		})
	}
}

func TestWhatCannotBeReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.deliverSMS(i.OrderID, "4711")
		pass(time.Minute)
		for id, want := range map[string]protocol.Code{i.OrderID: protocol.CodeAlreadyReceived, "nobody's": protocol.CodeOrderNotFound} {
			_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", Replaces: id})
			assert.Equal(t, want, protocol.AsError(err).Code)
		}
	})
}

// sandboxProvider connects the real client to the sandbox through an in-memory network, so that the
// tests can use fake time.
type sandboxProvider struct {
	*logspanel.Client
	provider *sandbox.Provider
}

func (sandboxProvider) Generation(context.Context) (string, error) { return "g1", nil }

func (w sandboxProvider) BuyNumber(ctx context.Context, _ string, p logspanel.Purchase) (logspanel.Bought, error) {
	return w.Client.BuyNumber(ctx, p)
}

// memoryListener is an in-memory net.Listener.
type memoryListener struct {
	conns chan net.Conn
	ctx   context.Context
}

func (p memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (memoryListener) Close() error   { return nil }
func (memoryListener) Addr() net.Addr { return &net.TCPAddr{} }

func (p memoryListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type sandboxCountries struct{ w sandboxProvider }

func (s sandboxCountries) Countries(ctx context.Context) (list protocol.Countries, err error) {
	all, err := s.w.Client.Countries(ctx)
	for _, c := range all {
		list.Countries = append(list.Countries, protocol.Country{ID: string(c.ID), Name: c.Name, CallingCode: c.CallingCode})
	}
	return list, err
}

// openWithSandbox returns a running service with the real client and the sandbox, and enough money.
func openWithSandbox(t *testing.T) (*orders.Service, sandboxProvider) {
	ctx, cancel := context.WithCancel(context.Background())
	w := sandboxProvider{provider: sandbox.New(sandbox.Options{Balance: money.Money{Minor: 1_000_000_00, Currency: "NGN"}})}
	network := memoryListener{conns: make(chan net.Conn), ctx: ctx}
	server := &http.Server{Handler: w.provider}
	served := make(chan error, 1)
	go func() { served <- server.Serve(network) }()
	var err error
	w.Client, err = logspanel.New("http://127.0.0.1:1"+sandbox.Path, func(context.Context) (logspanel.Credential, error) {
		return logspanel.Credential{Key: sandbox.Key}, nil
	},
		logspanel.WithDialer(network.dial))
	require.NoError(t, err)
	j, err := store.Open(filepath.Join(t.TempDir(), "journal.db"), "127.0.0.1:1")
	require.NoError(t, err)
	settings, err := orders.OpenSettings(j)
	require.NoError(t, err)
	b, err := orders.Open(orders.Options{
		Provider: w, Countries: sandboxCountries{w}, Journal: j, Settings: settings, Host: "127.0.0.1:1", Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		w.Client.Close()
		require.NoError(t, server.Close())
		require.Error(t, <-served)
		require.NoError(t, j.Close())
	})
	return b, w
}

// buyNumbers buys n numbers of the cheapest services of the first country.
func buyNumbers(t *testing.T, b *orders.Service, w sandboxProvider, n int) (ids []string) {
	t.Helper()
	require.NoError(t, b.SetLimits(naira(100_000), naira(1_000_000)))
	services, err := w.Services(t.Context(), "1")
	require.NoError(t, err)
	for k := 0; len(ids) < n; k++ {
		service := services[k%len(services)]
		q, err := b.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: string(service.ID)})
		if protocol.AsError(err).Code == protocol.CodeOutOfStock {
			continue
		}
		require.NoError(t, err)
		i, err := b.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		ids = append(ids, i.OrderID)
	}
	return ids
}

func TestOneRateForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := openWithSandbox(t)
		ids := buyNumbers(t, b, w, 20)
		pass(5 * time.Minute)
		for _, o := range b.Snapshot().Orders {
			_, err := w.provider.SendSMS(o.Number)
			require.NoError(t, err, o.ID)
		}
		pass(30 * time.Second)
		for _, o := range b.Snapshot().Orders {
			assert.True(t, o.CodeReady, o.ID)
		}
		assert.Len(t, ids, 20)
		assertRate(t, w.provider.Calls())
		calls := len(w.provider.Calls())
		pass(2 * time.Hour)
		assert.Len(t, w.provider.Calls(), calls)
	})
}

// assertRate asserts at most five calls a second after a burst of ten.
func assertRate(t *testing.T, calls []sandbox.Call) {
	t.Helper()
	for first := range calls {
		n := 0
		for _, c := range calls[first:] {
			if c.At.Sub(calls[first].At) >= 10*time.Second {
				break
			}
			n++
		}
		require.LessOrEqual(t, n, 10+5*10+1, "in ten seconds from %s", calls[first].At)
	}
}

func TestPauseHoldsAllCalls(t *testing.T) {
	for name, dated := range map[string]bool{"in seconds": false, "as a date": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, w := openWithSandbox(t)
				buyNumbers(t, b, w, 5)
				require.NoError(t, w.provider.InjectFault(sandbox.Fault{
					Kind: sandbox.Refuse, Path: "/numbers/orders/*/check", Status: 429, Code: "TOO_MANY", Message: "Too Many Attempts.",
					RetryAfter: 120, RetryDate: dated,
				}))
				pass(10 * time.Second)
				asked := len(w.provider.Calls())
				pass(105 * time.Second)
				assert.Len(t, w.provider.Calls(), asked, "the pause is kept by all")
				pass(25 * time.Second)
				assert.Greater(t, len(w.provider.Calls()), asked)
				for _, o := range b.Snapshot().Orders {
					assert.Equal(t, protocol.OrderWaiting, o.State)
				}
			})
		})
	}
}

func TestOutageIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := openWithSandbox(t)
		ids := buyNumbers(t, b, w, 10)
		require.NoError(t, w.provider.InjectFault(sandbox.Fault{Kind: sandbox.HTML, Status: 502, Times: -1}))
		pass(time.Minute)
		assert.False(t, b.Snapshot().Provider.Reachable)
		asked := len(w.provider.Calls())
		pass(10 * time.Minute)
		// Without the outage, ten orders would have been checked about 800 times.
		assert.Less(t, len(w.provider.Calls())-asked, 60)
		w.provider.ClearFaults()
		_, err := w.provider.SendSMS(b.Snapshot().Orders[0].Number)
		require.NoError(t, err)
		pass(time.Minute)
		assert.True(t, b.Snapshot().Provider.Reachable)
		assert.True(t, b.Snapshot().Orders[0].CodeReady)
		assert.Len(t, b.Snapshot().Orders, len(ids))
		pass(20 * time.Minute)
		entries, err := b.Ledger()
		require.NoError(t, err)
		assert.Equal(t, w.provider.Balance(), entries[len(entries)-1].After, fmt.Sprint(entries))
	})
}
