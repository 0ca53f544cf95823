package orders_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

func TestCodeArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		_, changes, stop := s.Subscribe()
		defer stop()
		pass(time.Minute)
		s.provider.deliverSMS(i.OrderID, "481902")
		var got *protocol.Order
		for got == nil {
			if c := <-changes; c.Order != nil && c.Order.CodeReady {
				got = c.Order
			}
		}
		assert.Equal(t, "481902", got.Code)
		assert.Equal(t, "481902", got.Received.Code)
		assert.Equal(t, protocol.OrderReceived, got.State)
		checks := s.provider.count("check")
		for n := 1; n < checks; n++ {
			gap := s.provider.at["check"][n].Sub(s.provider.at["check"][n-1])
			assert.GreaterOrEqual(t, gap, 5*time.Second)
			assert.LessOrEqual(t, gap, 10*time.Second)
		}
		pass(time.Hour)
		assert.Equal(t, checks, s.provider.count("check"), "nothing waits, so nobody is called")

		_, err := s.Cancel(t.Context(), "me", i.OrderID)
		assert.Equal(t, protocol.CodeAlreadyReceived, protocol.AsError(err).Code)
	})
}

func TestTheCodeIsReadOutOfASentence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.deliverSMS(i.OrderID, "G-573920 is your code.\n@example.com #573920")
		pass(11 * time.Second)
		got := s.reopen(t).order(t, i.OrderID).Received
		assert.Equal(t, "573920", got.Code)
		assert.Equal(t, "example.com", got.Site)
	})
}

func TestMessageMayComeWithoutItsCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.deliverMessage(i.OrderID, "Still waiting for the message to order 48213...")
		pass(11 * time.Second)
		got := s.order(t, i.OrderID)
		assert.False(t, got.CodeReady)
		assert.Equal(t, protocol.OrderWaiting, got.State)
		assert.NotEmpty(t, got.Received.Why)

		s.provider.deliverMessage(i.OrderID, "Your code is 481902")
		pass(11 * time.Second)
		got = s.order(t, i.OrderID)
		assert.Equal(t, "481902", got.Code)
		assert.Equal(t, "481902", got.Received.Code)
		assert.Equal(t, protocol.OrderReceived, got.State)
		assert.NotNil(t, got.CodeAt)
	})
}

func TestWatchGoesOnAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s = s.reopen(t)
		s.provider.deliverSMS(i.OrderID, "481902")
		pass(11 * time.Second)
		assert.Equal(t, "481902", s.order(t, i.OrderID).Code)
	})
}

func TestTimeRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		pass(20*time.Minute + 11*time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
		assert.Equal(t, 1, s.provider.count("cancel"))
		snap := s.Snapshot()
		assert.Equal(t, naira(10_000), snap.Wallet.Balance)
		assert.Zero(t, snap.Limits.Spent.Minor)
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderRefunded, o.State)
		o, err = s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderRefunded, o.State)
		assert.Equal(t, 1, s.provider.count("cancel"))
		assert.Equal(t, naira(10_000), s.provider.balance)
	})
}

func TestCancelMeetsTheCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		synctest.Wait()
		s.provider.deliverSMS(i.OrderID, "481902")
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		assert.Equal(t, protocol.CodeAlreadyReceived, protocol.AsError(err).Code)
		assert.Equal(t, "481902", o.Code)
		assert.Equal(t, "481902", s.order(t, i.OrderID).Code)
	})
}

func TestRefundThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.mu.Lock()
		s.provider.before = func(call string, n int) error {
			if call == "cancel" && n == 1 {
				return refusal(500, logspanel.CodeNumberRefundFailed)
			}
			return nil
		}
		s.provider.mu.Unlock()
		_, err := s.Cancel(t.Context(), "me", i.OrderID)
		assert.Equal(t, protocol.CodeRefundFailed, protocol.AsError(err).Code)
		o := s.order(t, i.OrderID)
		require.NotNil(t, o.Problem)
		assert.Equal(t, protocol.OrderWaiting, o.State)
		looks := s.provider.count("check")
		pass(time.Minute)
		assert.GreaterOrEqual(t, s.provider.count("check")-looks, 6, "a code may come yet")
		o, err = s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderRefunded, o.State)
		assert.Nil(t, o.Problem)
	})
}

func TestRefundThatNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.mu.Lock()
		s.provider.after = func(call string, _ int) error {
			if call == "cancel" {
				s.provider.set(logspanel.ID(i.OrderID), func(o *logspanel.NumberOrder) { o.Refunded = false })
			}
			return nil
		}
		s.provider.mu.Unlock()
		o, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, protocol.OrderCancelling, o.State)
		pass(3 * time.Minute)
		require.NotNil(t, s.order(t, i.OrderID).Problem)
		assert.Equal(t, protocol.CodeRefundFailed, s.order(t, i.OrderID).Problem.Code)
		assert.Equal(t, protocol.OrderCancelling, s.order(t, i.OrderID).State)
		pass(25 * time.Hour)
		assert.Equal(t, protocol.OrderExpired, s.order(t, i.OrderID).State)
		assert.Less(t, s.provider.count("read"), 2000)
	})
}

func TestKeyRefusedStopsTheWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.mu.Lock()
		s.provider.before = func(string, int) error { return refusal(401, logspanel.CodeUnauthenticated) }
		s.provider.mu.Unlock()
		pass(time.Minute)
		assert.Equal(t, protocol.KeyRefused, s.Snapshot().Key.State)
		calls := s.provider.count("check")
		pass(10 * time.Minute)
		assert.Equal(t, calls, s.provider.count("check"))

		s.provider.mu.Lock()
		s.provider.before = nil
		s.provider.mu.Unlock()
		s.provider.deliverSMS(i.OrderID, "481902")
		s.KeyChanged(t.Context())
		pass(11 * time.Second)
		assert.Equal(t, protocol.KeyOK, s.Snapshot().Key.State)
		assert.Equal(t, "481902", s.order(t, i.OrderID).Code)
	})
}

func TestPauseIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.buy(t)
		s.provider.mu.Lock()
		s.provider.before = func(call string, n int) error {
			if call == "check" && n == 2 {
				return &logspanel.Error{Status: 429, RetryAfter: 2 * time.Minute}
			}
			return nil
		}
		s.provider.mu.Unlock()
		pass(5 * time.Minute)
		at := s.provider.at["check"]
		assert.GreaterOrEqual(t, at[2].Sub(at[1]), 2*time.Minute)
	})
}

func TestOrdersOfOtherWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.provider.mu.Lock()
		s.provider.orders = append(s.provider.orders, logspanel.NumberOrder{
			ID: "7", Number: "+12025550100", ServiceName: "Signal", Price: naira(500), TimeLeft: time.Minute, CreatedAt: time.Now(),
		})
		s.provider.mu.Unlock()
		s.buy(t)
		page, err := s.List(t.Context())
		require.NoError(t, err)
		require.Len(t, page.Orders, 2)
		s.provider.deliverSMS("7", "99")
		_, err = s.Code(t.Context(), "me", "7")
		require.Equal(t, protocol.CodeHandOver, protocol.AsError(err).Code, "it was not bought in this browser")
		require.NoError(t, s.HandOver("7", "me"))
		code, err := s.Code(t.Context(), "me", "7")
		require.NoError(t, err)
		assert.Equal(t, "99", code.Code)
		_, err = s.Code(t.Context(), "me", "8")
		assert.Equal(t, protocol.CodeOrderNotFound, protocol.AsError(err).Code)
	})
}

func TestSequenceHasNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		snap, changes, stop := s.Subscribe()
		i := s.buy(t)
		s.provider.deliverSMS(i.OrderID, "1234")
		pass(time.Minute)
		stop()
		next := snap.Seq
		for c := range changes {
			next++
			require.Equal(t, next, c.Seq)
		}
		assert.Equal(t, next, s.Snapshot().Seq)
		assert.Greater(t, next, snap.Seq+3)
	})
}

func TestSlowSubscriberIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		_, changes, stop := s.Subscribe()
		defer stop()
		for range 200 {
			s.CatalogChanged()
		}
		n := 0
		for range changes {
			n++
		}
		assert.Less(t, n, 200)
	})
}
