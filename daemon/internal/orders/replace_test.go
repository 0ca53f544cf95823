package orders_test

import (
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// quoteReplacement requests a quote for a number that replaces an order.
func (s *testService) quoteReplacement(t *testing.T, id string, areas ...string) (protocol.Quote, error) {
	t.Helper()
	return s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", Replaces: id, AreaCodes: areas})
}

// A refusal that can be foreseen does not cancel the first number.
func TestTheFirstNumberIsKeptWhereTheNextIsRefused(t *testing.T) {
	failing := func(call string, err error) func(*testing.T, *testService) {
		return func(_ *testing.T, s *testService) {
			s.changeProvider(func(a *fakeProvider) { a.before = failing(call, 0, err) })
		}
	}
	for name, c := range map[string]struct {
		change func(*testing.T, *testService) // between quote and confirmation
		want   protocol.Code
	}{
		"the day's limit":        {func(_ *testing.T, s *testService) { _ = s.SetLimits(naira(1_000), naira(900)) }, protocol.CodeNoRoomForReplacement},
		"the limit of one order": {func(_ *testing.T, s *testService) { _ = s.SetLimits(naira(800), naira(9_000)) }, protocol.CodeLimitOrder},
		"the balance":            {func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.balance = naira(100) }) }, protocol.CodeNoRoomForReplacement},
		"the price":              {func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.price = naira(900) }) }, protocol.CodePriceChanged},
		"no price":               {func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.price = naira(-900) }) }, protocol.CodeProvider},
		"the stock":              {func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.stock = 0 }) }, protocol.CodeOutOfStock},
		"another key":            {func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.generation = "g2" }) }, protocol.CodeKeyReplaced},
		"the offers unreachable": {failing("services", &logspanel.NotSentError{Cause: logspanel.ErrOutage}), protocol.CodeUnreachable},
		"the wallet unreachable": {failing("wallet", &logspanel.NotSentError{Cause: logspanel.ErrOutage}), protocol.CodeUnreachable},
		"the areas unreachable":  {failing("areas", &logspanel.NotSentError{Cause: logspanel.ErrOutage}), protocol.CodeUnreachable},
		"the key":                {failing("wallet", refusal(401, logspanel.CodeUnauthenticated)), protocol.CodeKeyRefused},
		"the time":               {func(*testing.T, *testService) { pass(6 * time.Minute) }, protocol.CodeIntentExpired},
		"the journal":            {func(_ *testing.T, s *testService) { _ = s.journal.Close() }, protocol.CodeJournal},
		"the same in doubt": {func(t *testing.T, s *testService) {
			q, _ := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
			s.changeProvider(func(a *fakeProvider) { a.after = onBuy(dropped()) })
			_, _ = s.Buy(t.Context(), "you", confirm(q))
		}, protocol.CodeUnresolved},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				first := s.buy(t)
				q, err := s.quoteReplacement(t, first.OrderID, "917")
				require.NoError(t, err)
				c.change(t, s)
				_, err = s.Buy(t.Context(), "me", confirm(q))
				assert.Equal(t, c.want, protocol.AsError(err).Code, "%v", err)
				assert.Empty(t, protocol.AsError(err).CancelledOrder)
				assert.Equal(t, protocol.OrderWaiting, s.order(t, first.OrderID).State)
				assert.Zero(t, s.provider.count("cancel"))
			})
		})
	}
}

// A refund counts once it has arrived. Until then a low limit allows only the first number.
func TestARefundThatIsLateGivesNoRoom(t *testing.T) {
	for name, tight := range map[string]func(*testing.T, *testService){
		"limit":   func(_ *testing.T, s *testService) { _ = s.SetLimits(naira(1_000), naira(900)) },
		"balance": func(_ *testing.T, s *testService) { s.changeProvider(func(a *fakeProvider) { a.balance = naira(900) }) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				s.changeProvider(func(a *fakeProvider) { a.delaysRefunds = true })
				tight(t, s)
				first := s.buy(t)
				_, err := s.quoteReplacement(t, first.OrderID)
				said := protocol.AsError(err)
				require.Equal(t, protocol.CodeNoRoomForReplacement, said.Code)
				assert.Contains(t, said.Next, "cancel the first number")
				assert.Equal(t, protocol.OrderWaiting, s.order(t, first.OrderID).State)

				_, err = s.Cancel(t.Context(), "me", first.OrderID)
				require.NoError(t, err)
				assert.Equal(t, naira(850), s.Limits().Spent, "the money is not back")
				_, err = s.quoteReplacement(t, first.OrderID)
				assert.Equal(t, protocol.CodeNoRoomForReplacement, protocol.AsError(err).Code)
				s.changeProvider(func(a *fakeProvider) { a.payRefunds() })
				pass(11 * time.Second)
				assert.Zero(t, s.Limits().Spent.Minor)
				q, err := s.quoteReplacement(t, first.OrderID)
				require.NoError(t, err)
				_, err = s.Buy(t.Context(), "me", confirm(q))
				require.NoError(t, err)
			})
		})
	}
}

// Another browser's purchase must not use up the limit while the first number is cancelled.
func TestRoomIsKeptWhileTheFirstIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.delaysRefunds = true })
		require.NoError(t, s.SetLimits(naira(1_000), naira(1_700)))
		first := s.buy(t)
		q, err := s.quoteReplacement(t, first.OrderID)
		require.NoError(t, err)
		other, err := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "125"})
		require.NoError(t, err)
		same, err := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		require.NoError(t, err)
		var meanwhile sync.WaitGroup
		s.changeProvider(func(a *fakeProvider) {
			a.before = func(call string, _ int) error {
				if call != "cancel" {
					return nil
				}
				meanwhile.Go(func() {
					_, err := s.Buy(t.Context(), "you", confirm(other))
					assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code)
					_, err = s.Buy(t.Context(), "you", confirm(same))
					assert.Equal(t, protocol.CodeUnresolved, protocol.AsError(err).Code)
					_, err = s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
					assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code)
				})
				a.mu.Unlock()
				meanwhile.Wait()
				<-time.After(6 * time.Minute) // longer than the quote is valid
				a.mu.Lock()
				return nil
			}
		})
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
		assert.Len(t, s.provider.orders, 2)
		assert.Equal(t, naira(1_700), s.Limits().Spent)
		_, err = s.Buy(t.Context(), "you", confirm(other))
		assert.Error(t, err, "nothing is reserved any more, and nothing is left")
	})
}

// While the first number is being cancelled, the same browser requests another quote and an
// hour passes. The purchase still follows.
func TestAPurchaseIsNotForgottenWhileTheFirstIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		first := s.buy(t)
		q, err := s.quoteReplacement(t, first.OrderID)
		require.NoError(t, err)
		s.changeProvider(func(a *fakeProvider) {
			a.before = func(call string, _ int) error {
				if call == "cancel" {
					a.mu.Unlock()
					<-time.After(time.Hour)
					assert.NotNil(t, s.quote(t).Unresolved)
					a.mu.Lock()
				}
				return nil
			}
		})
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
	})
}

// A refusal that only the provider can give says that the first number was cancelled.
func TestARefusalAfterGivingUpIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*fakeProvider) func(string, int) error
		want   protocol.Code
	}{
		"the purchase": {func(*fakeProvider) func(string, int) error {
			return onBuy(refusal(409, logspanel.CodeNumberOutOfStock))
		}, protocol.CodeOutOfStock},
		"the price, just then": {func(a *fakeProvider) func(string, int) error {
			return func(call string, _ int) error {
				if call == "cancel" {
					a.price = naira(900)
				}
				return nil
			}
		}, protocol.CodePriceChanged},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				first := s.buy(t)
				q, err := s.quoteReplacement(t, first.OrderID)
				require.NoError(t, err)
				s.changeProvider(func(a *fakeProvider) { a.before = c.before(a) })
				_, err = s.Buy(t.Context(), "me", confirm(q))
				said := protocol.AsError(err)
				assert.Equal(t, c.want, said.Code)
				assert.Equal(t, first.OrderID, said.CancelledOrder)
				assert.Contains(t, said.Next, "cancelled already")
				assert.Equal(t, protocol.OrderRefunded, s.order(t, first.OrderID).State)
				assert.Zero(t, s.Limits().Spent.Minor, "nothing stays reserved")
			})
		})
	}
}

// Concurrent requests to replace a number cancel it once and buy once.
func TestConcurrentReplacementsBuyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
		first := s.buy(t)
		q, err := s.quoteReplacement(t, first.OrderID)
		require.NoError(t, err)
		var clicks sync.WaitGroup
		for range 5 {
			clicks.Go(func() {
				i, err := s.Buy(t.Context(), "me", confirm(q))
				assert.NoError(t, err)
				assert.Equal(t, "1001", i.OrderID)
			})
		}
		clicks.Wait()
		assert.Equal(t, 1, s.provider.count("cancel"))
		assert.Len(t, s.provider.orders, 2)
	})
}
