package orders_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// changeProvider changes the provider with its lock held.
func (s *testService) changeProvider(change func(*fakeProvider)) {
	s.provider.mu.Lock()
	defer s.provider.mu.Unlock()
	change(s.provider)
}

// failing returns a hook that fails the first n calls of a kind, or all if n is 0.
func failing(kind string, n int, err error) func(string, int) error {
	return func(call string, nth int) error {
		if call == kind && (n == 0 || nth <= n) {
			return err
		}
		return nil
	}
}

// onBuy returns a hook that fails all purchases.
func onBuy(err error) func(string, int) error { return failing("buy", 0, err) }

// kinds returns the kinds of the ledger's entries. It checks that each entry begins with the
// balance of the last one, and that the ledger ends with the account's balance.
func (s *testService) kinds(t *testing.T) (kinds []orders.EntryKind) {
	t.Helper()
	list, err := s.Ledger()
	require.NoError(t, err)
	last := orders.Entry{Before: naira(0), After: naira(0)}
	for n, e := range list {
		assert.Equal(t, last.After, e.Before, "entry %d", n+1)
		after, err := e.Before.Add(e.Amount)
		require.NoError(t, err)
		assert.Equal(t, after, e.After, "entry %d", n+1)
		assert.EqualValues(t, n+1, e.N)
		last, kinds = e, append(kinds, e.Kind)
	}
	assert.Equal(t, s.provider.balance, last.After)
	return kinds
}

func TestLedger(t *testing.T) {
	const opening, charge, refund, other = orders.EntryOpening, orders.EntryCharge, orders.EntryRefund, orders.EntryOther
	for name, c := range map[string]struct {
		live func(*testing.T, *testService)
		want []orders.EntryKind
	}{
		"a number": {func(t *testing.T, s *testService) { s.buy(t) }, []orders.EntryKind{opening, charge}},
		"a refund": {func(t *testing.T, s *testService) {
			_, err := s.Cancel(t.Context(), "me", s.buy(t).OrderID)
			require.NoError(t, err)
		}, []orders.EntryKind{opening, charge, refund}},
		"topping up before a purchase": {func(t *testing.T, s *testService) {
			s.changeProvider(func(a *fakeProvider) { a.balance = naira(15_000) })
			s.buy(t)
		}, []orders.EntryKind{opening, other, charge}},
		"topping up between quote and purchase": {func(t *testing.T, s *testService) {
			q := s.quote(t)
			s.changeProvider(func(a *fakeProvider) { a.balance = naira(15_000) })
			_, err := s.Buy(t.Context(), "me", confirm(q))
			require.NoError(t, err)
		}, []orders.EntryKind{opening, other, charge}},
		"a lost answer": {func(t *testing.T, s *testService) {
			s.changeProvider(func(a *fakeProvider) { a.after = failing("buy", 1, dropped()) })
			s.buy(t)
			_, err := s.RefreshWallet(t.Context()) // the balance lacks the price of an unresolved purchase
			require.NoError(t, err)
			pass(10 * time.Second)
		}, []orders.EntryKind{opening, charge}},
		"a refund that is seen late": {func(t *testing.T, s *testService) {
			i := s.buy(t)
			s.changeProvider(func(a *fakeProvider) { a.after = failing("cancel", 0, dropped()) })
			_, err := s.Cancel(t.Context(), "me", i.OrderID)
			require.NoError(t, err)
			_, err = s.RefreshWallet(t.Context()) // the refund arrives before the order shows it
			require.NoError(t, err)
			pass(time.Minute)
		}, []orders.EntryKind{opening, charge, refund}},
		"another account's key": {func(t *testing.T, s *testService) {
			s.changeProvider(func(a *fakeProvider) { a.generation, a.balance = "g2", naira(77) })
			s.KeyChanged(t.Context())
		}, []orders.EntryKind{opening, opening}},
		"a restart after each step": {func(t *testing.T, s *testService) {
			i := s.buy(t)
			*s = *s.reopen(t)
			_, err := s.Cancel(t.Context(), "me", i.OrderID)
			require.NoError(t, err)
			*s = *s.reopen(t)
			s.buy(t)
		}, []orders.EntryKind{opening, charge, refund, charge}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				c.live(t, s)
				s = s.reopen(t)
				assert.Equal(t, c.want, s.kinds(t))
			})
		})
	}
}

func TestLimitsThePersonSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		require.NoError(t, s.SetLimits(naira(900), naira(1_000)))
		s = s.reopen(t)
		assert.Equal(t, protocol.Limits{PerOrder: naira(900), PerDay: naira(1_000), Spent: naira(0)}, s.Limits())
		q := s.quote(t)
		require.NoError(t, s.SetLimits(naira(800), money.Money{}))
		_, err := s.Buy(t.Context(), "me", confirm(q))
		assert.Equal(t, protocol.CodeLimitOrder, protocol.AsError(err).Code, "lowered after the quote")
		assert.Equal(t, naira(800), *protocol.AsError(err).Limit)
		assert.Zero(t, s.provider.count("buy"))

		require.NoError(t, s.SetLimits(naira(900), money.Money{}))
		i := s.buy(t)
		_, err = s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code)
		_, err = s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		s.quote(t) // the refund freed the limit

		for _, wrong := range []money.Money{{Minor: 5, Currency: "USD"}, naira(-1)} {
			assert.Equal(t, protocol.CodeBadRequest, protocol.AsError(s.SetLimits(wrong, money.Money{})).Code)
			assert.Equal(t, protocol.CodeBadRequest, protocol.AsError(s.SetLimits(money.Money{}, wrong)).Code)
		}
	})
}

// Each of two quotes fits the limit, but not both together.
func TestLimitHoldsForConfirmationsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		require.NoError(t, s.SetLimits(naira(900), naira(1_000)))
		first := s.quote(t)
		second, err := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		require.NoError(t, err)
		_, err = s.Buy(t.Context(), "me", confirm(first))
		require.NoError(t, err)
		_, err = s.Buy(t.Context(), "you", confirm(second))
		assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code)
		assert.Equal(t, 1, s.provider.count("buy"))
	})
}

func TestLateNumberIsKeptWhereThePersonWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		require.NoError(t, s.SetKeepExpired(true))
		i := s.buy(t)
		s = s.reopen(t)
		assert.True(t, s.Snapshot().KeepExpired)
		pass(time.Hour)
		assert.Equal(t, protocol.OrderExpired, s.order(t, i.OrderID).State)
		assert.Zero(t, s.provider.count("cancel"))
		s.changeProvider(func(a *fakeProvider) { a.after = onCancel(func() { a.setRefunded(i.OrderID, false) }) })
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderCancelling, o.State)
		s.changeProvider(func(a *fakeProvider) { a.setRefunded(i.OrderID, true) })
		pass(11 * time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

func TestPriceRisesBeforeTheReplay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeProvider)
		want   protocol.Code
	}{
		"dearer":   {func(a *fakeProvider) { a.price = naira(900) }, protocol.CodePriceChanged},
		"sold out": {func(a *fakeProvider) { a.stock = 0 }, protocol.CodeOutOfStock},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				q := s.quote(t)
				s.changeProvider(func(a *fakeProvider) { a.before = onBuy(dropped()) })
				_, err := s.Buy(t.Context(), "me", confirm(q))
				require.NoError(t, err)
				s.changeProvider(func(a *fakeProvider) { a.before = nil; c.change(a) })
				pass(time.Minute)
				require.Len(t, s.Snapshot().Intents, 1, "it may still be under way")
				pass(5 * time.Minute)
				_, err = s.Buy(t.Context(), "me", confirm(q))
				assert.Equal(t, c.want, protocol.AsError(err).Code)
				assert.Equal(t, 1, s.provider.count("buy"))
				assert.Empty(t, s.provider.orders)
			})
		})
	}
}

func TestProvidersNewPriceIsSaidWithTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.changeProvider(func(a *fakeProvider) {
			a.before = func(call string, _ int) error {
				if call == "buy" {
					a.price = naira(900)
					return refusal(409, logspanel.CodeNumberPriceChanged)
				}
				return nil
			}
		})
		_, err := s.Buy(t.Context(), "me", confirm(q))
		problem := protocol.AsError(err)
		assert.Equal(t, protocol.CodePriceChanged, problem.Code)
		require.NotNil(t, problem.Price)
		require.NotNil(t, problem.OldPrice)
		assert.Equal(t, naira(900), *problem.Price)
		assert.Equal(t, naira(850), *problem.OldPrice)
		assert.Equal(t, 1, s.provider.count("buy"))
	})
}

func TestAreaCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		for _, codes := range [][]string{{"999"}, {"212", ""}, {"Random"}} {
			_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", AreaCodes: codes})
			assert.Equal(t, protocol.CodeBadRequest, protocol.AsError(err).Code, "%q", codes)
		}
		q, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", AreaCodes: []string{"917"}})
		require.NoError(t, err)
		_, err = s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, []string{"917"}, s.provider.bought.AreaCodes)
	})
}

func TestDeliveryStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.balance = naira(1_000_000) })
		require.NoError(t, s.SetLimits(naira(1_000), naira(1_000_000)))
		assert.Nil(t, s.DeliveryStats("1", "123"))
		for n := range 4 {
			i := s.buy(t)
			if n < 3 {
				pass(30 * time.Second)
				s.provider.deliverSMS(i.OrderID, "12345")
			}
			pass(25 * time.Minute)
		}
		for range 2 {
			_, err := s.Cancel(t.Context(), "me", s.buy(t).OrderID) // cancelled at once, so not for lack of a code
			require.NoError(t, err)
		}
		r := s.DeliveryStats("1", "123")
		require.NotNil(t, r)
		assert.Equal(t, 4, r.Orders)
		assert.Equal(t, 3, r.Delivered)
		assert.InDelta(t, 35, r.Seconds, 6)
		assert.Nil(t, s.DeliveryStats("1", "124"))
		s = s.reopen(t)
		assert.Equal(t, r, s.DeliveryStats("1", "123"))
	})
}

// Orders bought elsewhere count for the delivery rate, but not for the delivery time.
func TestDeliveryStatsOfOrdersBoughtElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newFakeProvider()
		for _, code := range []string{"1234", "", "5678"} {
			a.orders = append(a.orders, logspanel.NumberOrder{
				ID: logspanel.ID("e" + code), CountryID: "1", ServiceID: "123", Code: code, Refunded: code == "", CreatedAt: time.Now().AddDate(0, -1, 0),
			})
		}
		s := open(t, a, t.TempDir()+"/journal.db")
		assert.Equal(t, &protocol.DeliveryStats{Orders: 3, Delivered: 2}, s.DeliveryStats("1", "123"))
	})
}
