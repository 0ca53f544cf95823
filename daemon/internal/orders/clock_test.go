package orders_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/protocol"
)

const day = 24 * time.Hour

// buyWithCode buys a number and delivers its code, so that its price stays spent.
func (s *testService) buyWithCode(t *testing.T) protocol.Intent {
	t.Helper()
	i := s.buy(t)
	s.provider.deliverSMS(i.OrderID, "4711")
	pass(11 * time.Second)
	return i
}

func accurateTime() (time.Time, bool) { return time.Now(), true }

// whileClocksDiffer runs do for each jump of the wall clock, with a provider that reports the
// time and with one that doesn't.
func whileClocksDiffer(t *testing.T, jumps []time.Duration, do func(t *testing.T, a *fakeProvider, jump time.Duration)) {
	for name, reportsTime := range map[string]bool{"the provider tells the time": true, "nobody tells the time": false} {
		for _, jump := range jumps {
			t.Run(name+", "+jump.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a := newFakeProvider()
					if reportsTime {
						a.clock = accurateTime
					}
					do(t, a, jump)
				})
			})
		}
	}
}

// A wrong wall clock never raises the spending limit: neither ahead nor behind, by an hour or
// by years, briefly or permanently, set before the start or after it.
func TestAWrongClockGivesNoRoom(t *testing.T) {
	whileClocksDiffer(t, []time.Duration{25 * time.Hour, 400 * day, -25 * time.Hour, -400 * day}, func(t *testing.T, a *fakeProvider, jump time.Duration) {
		path := filepath.Join(t.TempDir(), "journal.db")
		s, set := openWithClock(t, a, path)
		require.NoError(t, s.SetLimits(naira(1_000), naira(1_000)))
		full := func(when string) {
			t.Helper()
			assert.Equal(t, naira(850), s.Limits().Spent, when)
			_, err := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "125"})
			assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(err).Code, when)
		}
		s.buyWithCode(t)
		set(jump)
		full("while it is wrong")
		set(-jump)
		full("once it is right again")
		s.stop()
		s, set = openWithClock(t, a, path)
		set(jump)
		full("wrong after a restart")
		s.stop()
		s = open(t, a, path, setup{now: func() time.Time { return time.Now().Add(jump) }})
		full("wrong from the start")
		s.stop()
		s = open(t, a, path)
		full("right after all that")
		pass(day + time.Minute)
		assert.Zero(t, s.Limits().Spent.Minor, "a day later")
	})
}

// A purchase made while the clock is wrong counts for a day once it is right, and for two at
// most.
func TestBoughtWhileTheClockIsWrong(t *testing.T) {
	whileClocksDiffer(t, []time.Duration{25 * time.Hour, 400 * day, -25 * time.Hour, -400 * day}, func(t *testing.T, a *fakeProvider, jump time.Duration) {
		path := filepath.Join(t.TempDir(), "journal.db")
		s, set := openWithClock(t, a, path)
		set(jump)
		s.buyWithCode(t)
		assert.Equal(t, naira(850), s.Limits().Spent)
		set(-jump)
		pass(23 * time.Hour)
		assert.Equal(t, naira(850), s.Limits().Spent)
		s.stop()
		s, _ = openWithClock(t, a, path)
		assert.Equal(t, naira(850), s.Limits().Spent)
		pass(2*day + time.Hour)
		assert.Zero(t, s.Limits().Spent.Minor)
	})
}

// The provider's time also covers the time that the companion was off.
func TestTheTimeItWasOffPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newFakeProvider()
		a.clock = accurateTime
		s := open(t, a, filepath.Join(t.TempDir(), "journal.db"))
		s.buyWithCode(t)
		s.stop()
		pass(day)
		s = s.reopen(t)
		assert.Zero(t, s.Limits().Spent.Minor)
	})
}

// A wrong clock gives a purchase a time far from the provider's. Its order is found anyway.
func TestAWrongClockHidesNoOrder(t *testing.T) {
	whileClocksDiffer(t, []time.Duration{60 * time.Hour, -60 * time.Hour}, func(t *testing.T, a *fakeProvider, jump time.Duration) {
		s, set := openWithClock(t, a, filepath.Join(t.TempDir(), "journal.db"))
		set(jump)
		buyUnanswered(t, s)
		pass(30 * time.Minute)
		if a.clock != nil {
			assert.Equal(t, protocol.OrderRefunded, s.order(t, "1000").State, "found by the provider's clock, and its time over")
			return
		}
		require.Len(t, s.Snapshot().Intents, 1)
		assert.Len(t, s.Snapshot().Intents[0].Candidates, 1)
	})
}

// A countdown that stops, goes up again or hardly moves doesn't keep a number alive.
func TestACountThatIsNoCountKeepsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		left  func(since time.Duration, looks int) time.Duration
		until time.Duration // when the number is cancelled
	}{
		"stands still after one step": {func(time.Duration, int) time.Duration { return 19 * time.Minute }, 21 * time.Minute},
		"goes up and down":            {func(_ time.Duration, n int) time.Duration { return 15*time.Minute + time.Duration(n%2)*time.Second }, 21 * time.Minute},
		"stands still at ten minutes": {func(since time.Duration, _ int) time.Duration { return max(20*time.Minute-since, 10*time.Minute) }, 21 * time.Minute},
		"crawls":                      {func(since time.Duration, _ int) time.Duration { return 19*time.Minute - since/100 }, 26 * time.Minute},
		"counts up":                   {func(since time.Duration, _ int) time.Duration { return 19*time.Minute + since }, 21 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				i := s.buy(t)
				bought, looks := time.Now(), 0
				s.changeProvider(func(a *fakeProvider) {
					a.checked = func(id string) {
						looks++
						a.set(logspanel.ID(id), func(o *logspanel.NumberOrder) { o.TimeLeft = c.left(time.Since(bought), looks) })
					}
				})
				pass(19 * time.Minute)
				assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
				pass(c.until - 19*time.Minute)
				assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
			})
		})
	}
}

// The same holds across a restart: a new process watches the countdown for a minute.
func TestACountThatStandsStillAcrossARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.changeProvider(func(a *fakeProvider) {
			a.set(logspanel.ID(i.OrderID), func(o *logspanel.NumberOrder) { o.TimeLeft = 15 * time.Minute })
		})
		pass(time.Minute)
		s.stop()
		pass(time.Hour)
		s = s.reopen(t)
		pass(30 * time.Second)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
		pass(45 * time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

// A number is cancelled after a day, whatever time left the provider reports.
func TestNoNumberIsWaitedForLongerThanADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.life, a.countsDown = 365*day, true })
		i := s.buy(t)
		pass(day - time.Minute)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
		pass(2 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
	})
}

// A clock that is ahead for a while never ends the watch of a late refund or of an order that
// the provider doesn't find.
func TestAWrongClockGivesNothingUp(t *testing.T) {
	t.Run("refund", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, set := openWithClock(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
			s.changeProvider(func(a *fakeProvider) { a.delaysRefunds = true })
			i := s.buy(t)
			_, err := s.Cancel(t.Context(), "me", i.OrderID)
			require.NoError(t, err)
			set(25 * time.Hour)
			pass(5 * time.Minute)
			set(-25 * time.Hour)
			assert.Equal(t, protocol.OrderCancelling, s.order(t, i.OrderID).State)
			s.changeProvider(func(a *fakeProvider) { a.payRefunds() })
			pass(3 * time.Minute)
			assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State)
		})
	})
	t.Run("order", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, set := openWithClock(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
			i := s.buy(t)
			var away []logspanel.NumberOrder
			s.changeProvider(func(a *fakeProvider) { away, a.orders = a.orders, nil })
			pass(time.Minute)
			set(25 * time.Hour)
			pass(3 * time.Minute)
			set(-25 * time.Hour)
			assert.Equal(t, protocol.OrderWaiting, s.order(t, i.OrderID).State)
			s.changeProvider(func(a *fakeProvider) { a.orders = away })
			s.provider.deliverSMS(i.OrderID, "4711")
			pass(3 * time.Minute)
			assert.Equal(t, "4711", s.order(t, i.OrderID).Code)
		})
	})
}

// Correcting a clock that was behind when the journal was lost doesn't end the recovery from
// an incomplete list.
func TestRecoveryIsNotEndedByAClock(t *testing.T) {
	for name, reportsTime := range map[string]bool{"the provider tells the time": true, "nobody tells the time": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newFakeProvider()
				if reportsTime {
					a.clock = accurateTime
				}
				a.orders, a.omitted = before(2, time.Hour, time.Hour), 1
				ahead := -25 * time.Hour
				path := filepath.Join(t.TempDir(), "journal.db")
				s := open(t, a, path, setup{
					now:     func() time.Time { return time.Now().Add(ahead) },
					prepare: func(b *orders.Service) { require.NoError(t, b.Recover("journal-old.db")) },
				})
				assert.True(t, s.Snapshot().Recovery.InProgress())
				s.stop()
				s = s.reopen(t)
				pass(10 * time.Minute)
				assert.True(t, s.Snapshot().Recovery.InProgress())
			})
		})
	}
}

// With a clock ahead of the provider's, recovery still adopts the orders of the last day.
func TestRecoveryWithAWrongClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newFakeProvider()
		a.clock = accurateTime
		a.orders = []logspanel.NumberOrder{{ID: "9", ServiceID: "123", CountryID: "1", Price: naira(300), Code: "1", CreatedAt: time.Now().Add(-time.Hour)}}
		s := open(t, a, filepath.Join(t.TempDir(), "journal.db"), setup{
			now:     func() time.Time { return time.Now().Add(25 * time.Hour) },
			prepare: func(b *orders.Service) { require.NoError(t, b.Recover("journal-old.db")) },
		})
		assert.False(t, s.Snapshot().Recovery.InProgress())
		assert.Equal(t, naira(300), s.Limits().Spent)
	})
}
