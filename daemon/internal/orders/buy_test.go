package orders_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

func TestBuy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		assert.Equal(t, naira(850), q.Intent.Price)
		assert.Equal(t, naira(9150), q.BalanceAfter)
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
		assert.Equal(t, naira(850), i.Charged)

		snap := s.Snapshot()
		require.Len(t, snap.Orders, 1)
		assert.Equal(t, protocol.OrderWaiting, snap.Orders[0].State)
		assert.Equal(t, "+12025550000", snap.Orders[0].Number)
		assert.Equal(t, naira(9150), snap.Wallet.Balance)
		assert.Equal(t, naira(850), snap.Limits.Spent)
		assert.Empty(t, snap.Intents)
	})
}

func TestTheSameIntentBuysOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		var clicks sync.WaitGroup
		for range 10 {
			clicks.Go(func() {
				i, err := s.Buy(t.Context(), "me", confirm(q))
				assert.NoError(t, err)
				assert.Equal(t, "1000", i.OrderID)
			})
		}
		clicks.Wait()
		s = s.reopen(t)
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, "1000", i.OrderID)
		assert.Equal(t, 1, s.provider.count("buy"))
		assert.Equal(t, naira(9150), s.provider.balance)
	})
}

func TestNothingIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeProvider, *protocol.BuyRequest)
		wait   time.Duration
		client string
		want   protocol.Code
	}{
		"dearer":          {change: func(a *fakeProvider, _ *protocol.BuyRequest) { a.price = naira(900) }, want: protocol.CodePriceChanged},
		"another price":   {change: func(_ *fakeProvider, r *protocol.BuyRequest) { r.Price = naira(1) }, want: protocol.CodePriceChanged},
		"sold out":        {change: func(a *fakeProvider, _ *protocol.BuyRequest) { a.stock = 0 }, want: protocol.CodeOutOfStock},
		"too late":        {wait: 6 * time.Minute, want: protocol.CodeIntentExpired},
		"another journal": {change: func(_ *fakeProvider, r *protocol.BuyRequest) { r.Journal = "other" }, want: protocol.CodeIntentUnknown},
		"another intent":  {change: func(_ *fakeProvider, r *protocol.BuyRequest) { r.IntentID = "other" }, want: protocol.CodeIntentUnknown},
		"another client":  {client: "thief", want: protocol.CodeIntentUnknown},
		"another key":     {change: func(a *fakeProvider, _ *protocol.BuyRequest) { a.generation = "g2" }, want: protocol.CodeKeyReplaced},
		"provider away": {change: func(a *fakeProvider, _ *protocol.BuyRequest) {
			a.before = func(call string, _ int) error {
				return &logspanel.NotSentError{Call: call, Cause: logspanel.ErrOutage}
			}
		}, want: protocol.CodeUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				req := confirm(s.quote(t))
				if c.change != nil {
					s.provider.mu.Lock()
					c.change(s.provider, &req)
					s.provider.mu.Unlock()
				}
				pass(c.wait)
				client := "me"
				if c.client != "" {
					client = c.client
				}
				_, err := s.Buy(t.Context(), client, req)
				assert.Equal(t, c.want, protocol.AsError(err).Code)
				assert.Zero(t, s.provider.count("buy"))
				assert.Empty(t, s.Snapshot().Orders)
			})
		})
	}
}

func TestQuoteRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeProvider)
		req    protocol.QuoteRequest
		want   protocol.Code
	}{
		"too little":    {change: func(a *fakeProvider) { a.balance = naira(100) }, want: protocol.CodeBalanceTooLow},
		"order limit":   {change: func(a *fakeProvider) { a.price, a.balance = naira(10_001), naira(50_000) }, want: protocol.CodeLimitOrder},
		"no stock":      {req: protocol.QuoteRequest{CountryID: "1", ServiceID: "124"}, want: protocol.CodeOutOfStock},
		"no service":    {req: protocol.QuoteRequest{CountryID: "1", ServiceID: "9"}, want: protocol.CodeCatalogueStale},
		"no country":    {req: protocol.QuoteRequest{CountryID: "9", ServiceID: "123"}, want: protocol.CodeCatalogueStale},
		"odd area code": {req: protocol.QuoteRequest{CountryID: "1", ServiceID: "123", AreaCodes: []string{""}}, want: protocol.CodeBadRequest},
		"key refused": {change: func(a *fakeProvider) {
			a.before = func(string, int) error { return refusal(401, logspanel.CodeUnauthenticated) }
		}, want: protocol.CodeKeyRefused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				synctest.Wait()
				if c.change != nil {
					c.change(s.provider)
				}
				if c.req.CountryID == "" {
					c.req = protocol.QuoteRequest{CountryID: "1", ServiceID: "123"}
				}
				_, err := s.Quote(t.Context(), "me", c.req)
				require.Error(t, err)
				assert.Equal(t, c.want, protocol.AsError(err).Code)
			})
		})
	}
}

func TestDayLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.provider.balance, s.provider.price = naira(100_000), naira(9_000)
		for range 3 {
			i := s.buy(t)
			s.provider.deliverSMS(i.OrderID, "12345")
		}
		_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code)
		pass(24*time.Hour + time.Minute)
		s.buy(t)
		assert.Equal(t, naira(9_000), s.Snapshot().Limits.Spent)
	})
}

// The outcome of a purchase whose first request got no answer.
func TestLostAnswer(t *testing.T) {
	never := func(string, int) error { return nil }
	first := func(err error) func(string, int) error {
		return func(call string, n int) error {
			if call == "buy" && n == 1 {
				return err
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		before, after func(call string, n int) error
		state         protocol.IntentState // in the end
		charges       int
		sends         int
	}{
		"dropped after acting":  {before: never, after: first(dropped()), state: protocol.IntentBought, charges: 1, sends: 2},
		"dropped before acting": {before: first(dropped()), after: never, state: protocol.IntentBought, charges: 1, sends: 2},
		"refused at once":       {before: first(refusal(409, logspanel.CodeNumberOutOfStock)), after: never, state: protocol.IntentRefused, sends: 1},
		"never sent":            {before: first(&logspanel.NotSentError{Cause: logspanel.ErrOutage}), after: never, state: protocol.IntentRefused, sends: 1},
		"dropped, then refused": {before: func(call string, n int) error {
			switch {
			case call != "buy":
				return nil
			case n == 1:
				return dropped()
			}
			return refusal(409, logspanel.CodeNumberOutOfStock)
		}, after: never, state: protocol.IntentRefused, sends: 2},
		"acted, then refused all the same": {before: func(call string, n int) error {
			if call == "buy" && n > 1 {
				return refusal(409, logspanel.CodeIdempotencyKeyReused)
			}
			return nil
		}, after: first(dropped()), state: protocol.IntentBought, charges: 1, sends: 20},
		"acted, never answered": {before: never, after: func(call string, _ int) error {
			if call == "buy" {
				return dropped()
			}
			return nil
		}, state: protocol.IntentBought, charges: 1, sends: 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				q := s.quote(t)
				s.provider.mu.Lock()
				s.provider.before, s.provider.after = c.before, c.after
				s.provider.mu.Unlock()
				i, err := s.Buy(t.Context(), "me", confirm(q))
				if c.sends > 1 {
					require.NoError(t, err)
					assert.Equal(t, protocol.IntentUnknown, i.State)
					assert.Equal(t, protocol.CodeOutcomeUnknown, i.Problem.Code)
					require.Len(t, s.Snapshot().Intents, 1)
					second, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
					require.NoError(t, err)
					require.NotNil(t, second.Unresolved)
					_, err = s.Buy(t.Context(), "me", confirm(second))
					assert.Equal(t, protocol.CodeUnresolved, protocol.AsError(err).Code)
				}
				pass(15 * time.Minute)
				again, err := s.Buy(t.Context(), "me", confirm(q))
				if c.state == protocol.IntentRefused {
					require.Error(t, err)
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, c.state, again.State)
				assert.Len(t, s.provider.orders, c.charges)
				assert.LessOrEqual(t, s.provider.count("buy"), c.sends)
				for _, key := range s.provider.keys {
					assert.Equal(t, s.provider.keys[0], key)
				}
				assert.Empty(t, s.Snapshot().Intents)
				assert.Equal(t, s.provider.balance, s.Snapshot().Wallet.Balance)
			})
		})
	}
}

func TestRestartBetweenSendAndAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.provider.mu.Lock()
		s.provider.after = func(call string, _ int) error {
			if call == "buy" {
				return dropped()
			}
			return nil
		}
		s.provider.mu.Unlock()
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		s.stop()
		s.provider.after = nil
		s = s.reopen(t)
		synctest.Wait()
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
		assert.Len(t, s.provider.orders, 1)
		assert.Equal(t, 2, s.provider.count("buy"))
	})
}

func TestNothingIsSentAgainUnderAnotherKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.provider.mu.Lock()
		s.provider.before = func(call string, n int) error {
			if call == "buy" && n == 1 {
				return dropped()
			}
			return nil
		}
		s.provider.mu.Unlock()
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		s.provider.mu.Lock()
		s.provider.generation = "g2"
		s.provider.mu.Unlock()
		s.KeyChanged(t.Context())
		pass(time.Hour)
		assert.Equal(t, 1, s.provider.count("buy"))
		snap := s.Snapshot()
		require.Len(t, snap.Intents, 1)
		assert.Equal(t, protocol.IntentUnknown, snap.Intents[0].State)
	})
}

func TestDearerChargeIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.provider.mu.Lock()
		s.provider.before = func(call string, _ int) error {
			if call == "buy" {
				s.provider.price = naira(999)
			}
			return nil
		}
		s.provider.mu.Unlock()
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, naira(999), i.Charged)
		problem := s.order(t, i.OrderID).Problem
		require.NotNil(t, problem)
		assert.Equal(t, protocol.CodePriceChanged, problem.Code)
		assert.Equal(t, naira(999), *problem.Price)
		assert.Equal(t, naira(850), *problem.OldPrice)
	})
}
