package orders_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/protocol"
)

// setRefunded sets whether an order is refunded. The caller holds the lock.
func (a *fakeProvider) setRefunded(id string, back bool) {
	a.set(logspanel.ID(id), func(o *logspanel.NumberOrder) { o.Refunded = back })
}

// onCancel returns a hook that calls do for each cancellation.
func onCancel(do func()) func(string, int) error {
	return func(call string, _ int) error {
		if call == "cancel" {
			do()
		}
		return nil
	}
}

// refusing returns a hook that fails the first n cancellations, or all if n is 0.
func refusing(status int, code string, n int) func(string, int) error {
	return failing("cancel", n, refusal(status, code))
}

// The last request may still be in progress when the replay window ends.
func TestLastSendIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.changeProvider(func(a *fakeProvider) { a.before = onBuy(dropped()) })
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		pass(10*time.Minute + 40*time.Second)
		require.Len(t, s.Snapshot().Intents, 1, "too early to say that nothing was bought")
		sent := s.provider.count("buy")
		s.changeProvider(func(a *fakeProvider) { // it arrives
			a.orders = append(a.orders, logspanel.NumberOrder{
				ID: "1000", ServiceID: "123", CountryID: "1", Price: naira(850), Number: "+12025550000", TimeLeft: a.life, CreatedAt: time.Now(),
			})
		})
		pass(3 * time.Minute)
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, "1000", i.OrderID)
		assert.Equal(t, sent, s.provider.count("buy"))
	})
}

// The balance in the answer to a replay is old, even if the provider does not mark replays.
func TestReplayWithoutItsMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.changeProvider(func(a *fakeProvider) {
			a.hidesReplays = true
			a.after = func(call string, n int) error {
				if call == "buy" && n == 1 {
					a.balance, _ = a.balance.Add(naira(1_000)) // topped up meanwhile
					return dropped()
				}
				return nil
			}
		})
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		pass(4 * time.Second)
		assert.Empty(t, s.Snapshot().Intents)
		assert.Equal(t, naira(10_150), s.Snapshot().Wallet.Balance)
		assert.Equal(t, []orders.EntryKind{orders.EntryOpening, orders.EntryCharge, orders.EntryOther}, s.kinds(t))
	})
}

func TestReplayedOrderIsLookedAtAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		s.provider.deliverSMS("1000", "4711")
		s.changeProvider(func(a *fakeProvider) { a.after = nil })
		pass(4 * time.Second)
		i, err := s.Buy(t.Context(), "me", req)
		require.NoError(t, err)
		assert.Equal(t, "4711", s.order(t, i.OrderID).Code)
	})
}

func TestOnlyTheSameNumberWaitsForADoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		buyUnanswered(t, s)
		s.changeProvider(func(a *fakeProvider) { a.after = nil })
		q, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "125"})
		require.NoError(t, err)
		assert.Nil(t, q.Unresolved)
		i, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
	})
}

func TestTooLittleMoneyIsSaidInFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.changeProvider(func(a *fakeProvider) { a.balance = naira(100) })
		_, err := s.Buy(t.Context(), "me", confirm(q))
		problem := protocol.AsError(err)
		assert.Equal(t, protocol.CodeBalanceTooLow, problem.Code)
		require.NotNil(t, problem.Price)
		require.NotNil(t, problem.Balance)
		assert.Equal(t, naira(850), *problem.Price)
	})
}

// A provider that refuses to cancel an expired number may refund it on its own. For two
// minutes, no problem is shown.
func TestRefundThatDoesNotComeByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = refusing(409, "ORDER_EXPIRED", 0) })
		pass(21 * time.Minute)
		assert.Equal(t, protocol.OrderCancelling, s.order(t, i.OrderID).State)
		assert.Nil(t, s.order(t, i.OrderID).Problem)
		pass(2 * time.Minute)
		require.NotNil(t, s.order(t, i.OrderID).Problem)
		assert.Equal(t, protocol.CodeRefundFailed, s.order(t, i.OrderID).Problem.Code)
		s.changeProvider(func(a *fakeProvider) { a.setRefunded(i.OrderID, true) })
		pass(2 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
		assert.Nil(t, s.order(t, i.OrderID).Problem)
	})
}

// After a cancellation that is refused before the deadline, the number keeps waiting.
func TestRefusedCancellingBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) { a.before = refusing(400, "TOO_EARLY_TO_CANCEL", 1) })
		_, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.Error(t, err)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
		pass(21 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

// A failed price check delays a replay only until the next attempt.
func TestReplayWaitsForThePriceAndNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		looks := 0
		s.changeProvider(func(a *fakeProvider) {
			a.before = func(call string, n int) error {
				switch {
				case call == "buy" && n == 1:
					return dropped()
				case call == "services" && a.calls["buy"] > 0:
					if looks++; looks == 1 {
						return &logspanel.AmbiguousError{Call: "GET /numbers/services", Status: 502}
					}
				}
				return nil
			}
		})
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		pass(10 * time.Second)
		assert.Equal(t, 2, s.provider.count("buy"))
		assert.Empty(t, s.Snapshot().Intents)
		assert.Len(t, s.provider.orders, 1)
	})
}

// A cancellation is retried even if the person keeps expired numbers and the provider no
// longer checks the order.
func TestWishToCancelIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		require.NoError(t, s.SetKeepExpired(true))
		i := s.buy(t)
		pass(19 * time.Minute)
		s.changeProvider(func(a *fakeProvider) {
			a.before = func(call string, _ int) error {
				switch call {
				case "cancel":
					return dropped()
				case "check":
					return refusal(410, "ORDER_OVER")
				}
				return nil
			}
		})
		_, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		pass(2 * time.Minute)
		assert.Equal(t, protocol.OrderCancelling, s.order(t, i.OrderID).State)
		s.changeProvider(func(a *fakeProvider) { a.before = nil })
		pass(11 * time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

// A check without a time left does not end the watch.
func TestTimeLeftThatIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		for _, left := range []time.Duration{15 * time.Minute, 0, 0} {
			s.changeProvider(func(a *fakeProvider) {
				a.set(logspanel.ID(i.OrderID), func(o *logspanel.NumberOrder) { o.TimeLeft = left })
			})
			pass(time.Minute)
		}
		assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
		assert.Zero(t, s.provider.count("cancel"))
	})
}

func TestCodeThatOnlyALiveCheckFinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.omitsStoredCode = true })
		i := s.buy(t)
		s.provider.deliverSMS(i.OrderID, "4711")
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		assert.Equal(t, protocol.CodeAlreadyReceived, protocol.AsError(err).Code)
		assert.Equal(t, "4711", o.Code)
	})
}

func TestNumberThatIsToldLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.changeAnswer = func(b *logspanel.Bought) { b.Order.Number = "" } })
		i := s.buy(t)
		assert.Empty(t, s.order(t, i.OrderID).Number)
		pass(11 * time.Second)
		assert.Equal(t, "+12025550000", s.order(t, i.OrderID).Number)
	})
}
