package orders_test

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/protocol"
)

// buyUnanswered makes a purchase that the provider carries out but never answers.
func buyUnanswered(t *testing.T, s *testService) protocol.BuyRequest {
	t.Helper()
	q := s.quote(t)
	s.changeProvider(func(a *fakeProvider) { a.after = onBuy(dropped()) })
	i, err := s.Buy(t.Context(), "me", confirm(q))
	require.NoError(t, err)
	require.Equal(t, protocol.IntentUnknown, i.State)
	return confirm(q)
}

// openUndecided returns a service with an unanswered purchase whose API key was then replaced, at
// the time when only the person can decide it.
func openUndecided(t *testing.T) (*testService, protocol.BuyRequest) {
	s := newTestService(t)
	req := buyUnanswered(t, s)
	s.changeProvider(func(a *fakeProvider) {
		a.generation, a.after = "g2", nil
		a.set("1000", func(o *logspanel.NumberOrder) { o.Price = naira(851) }) // no clear match
	})
	s.KeyChanged(t.Context())
	pass(5 * time.Minute)
	return s, req
}

func TestThePersonDecides(t *testing.T) {
	for name, c := range map[string]struct {
		word    func(*protocol.DecideRequest)
		state   protocol.IntentState // empty: as before
		want    protocol.Code
		charged int64
	}{
		"this order":       {func(r *protocol.DecideRequest) { r.OrderID = "1000" }, protocol.IntentBought, "", 851},
		"none":             {func(*protocol.DecideRequest) {}, protocol.IntentRefused, protocol.CodeDismissed, 850},
		"another service":  {func(r *protocol.DecideRequest) { r.OrderID = "7" }, "", protocol.CodeBadRequest, 850},
		"no such order":    {func(r *protocol.DecideRequest) { r.OrderID = "8" }, "", protocol.CodeBadRequest, 850},
		"another journal":  {func(r *protocol.DecideRequest) { r.Journal = "other" }, "", protocol.CodeIntentUnknown, 850},
		"no such purchase": {func(r *protocol.DecideRequest) { r.IntentID = "other" }, "", protocol.CodeIntentUnknown, 850},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, req := openUndecided(t)
				s.changeProvider(func(a *fakeProvider) {
					a.orders = append(a.orders, logspanel.NumberOrder{ID: "7", ServiceID: "124", CountryID: "1", Price: naira(850)})
				})
				require.Len(t, s.Snapshot().Intents, 1)
				require.True(t, s.Snapshot().Intents[0].NeedsDecision)
				require.Len(t, s.Snapshot().Intents[0].Candidates, 1)
				assert.Contains(t, s.Snapshot().Intents[0].Problem.Next, "decide in")
				assert.Equal(t, "1000", s.Snapshot().Intents[0].Candidates[0].OrderID)
				assert.Equal(t, 1, s.provider.count("buy"), "nothing is sent under another key")

				word := protocol.DecideRequest{IntentID: req.IntentID, Journal: req.Journal}
				c.word(&word)
				i, err := s.Decide(t.Context(), "me", word)
				if c.state == "" {
					assert.Equal(t, c.want, protocol.AsError(err).Code)
					assert.Len(t, s.Snapshot().Intents, 1)
				} else {
					require.NoError(t, err)
					assert.Equal(t, c.state, i.State)
					assert.Empty(t, s.Snapshot().Intents)
					if c.state == protocol.IntentBought {
						s.provider.deliverSMS("1000", "4711")
						pass(11 * time.Second)
						assert.Equal(t, "4711", s.order(t, "1000").Code, "watched from then on")
					}
					s = s.reopen(t)
					again, err := s.Buy(t.Context(), "me", req)
					assert.Equal(t, c.state, again.State)
					if c.want != "" {
						assert.Equal(t, c.want, protocol.AsError(err).Code)
					}
					_, err = s.Decide(t.Context(), "me", word)
					assert.Error(t, err, "decided once")
				}
				assert.Equal(t, naira(c.charged), s.Limits().Spent, "what was dismissed counts too")
				pass(25 * time.Hour)
				assert.Equal(t, 1, s.provider.count("buy"))
			})
		})
	}
}

func TestNobodyDecidesWhileTheCompanionCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		_, err := s.Decide(t.Context(), "me", protocol.DecideRequest{IntentID: req.IntentID, Journal: req.Journal})
		assert.Equal(t, protocol.CodeOutcomeUnknown, protocol.AsError(err).Code)
		q := s.quote(t)
		_, err = s.Decide(t.Context(), "me", protocol.DecideRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal})
		assert.Error(t, err, "never sent")
	})
}

// openWithClock opens a service whose wall clock the test can set.
func openWithClock(t *testing.T, a *fakeProvider, path string) (s *testService, set func(time.Duration)) {
	t.Helper()
	var mu sync.Mutex
	var ahead time.Duration
	s = open(t, a, path, setup{now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(ahead)
	}})
	return s, func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		ahead += d
	}
}

// The computer sleeps, or its clock is set, between request and answer. Sending the request
// again would be a second purchase once the provider has forgotten the idempotency key.
func TestNothingIsSentAgainWhenTimeHasJumped(t *testing.T) {
	for name, c := range map[string]struct {
		jump  time.Duration
		acted bool
		state protocol.IntentState // after half an hour
	}{
		"six hours asleep, bought":          {6 * time.Hour, true, protocol.IntentBought},
		"six hours asleep, never arrived":   {6 * time.Hour, false, protocol.IntentRefused},
		"eleven minutes asleep":             {11 * time.Minute, true, protocol.IntentBought},
		"set back an hour":                  {-time.Hour, true, protocol.IntentBought},
		"set back an hour, never arrived":   {-time.Hour, false, protocol.IntentRefused},
		"set back nine minutes, not enough": {-9 * time.Minute, false, protocol.IntentRefused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, set := openWithClock(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
				q := s.quote(t)
				s.changeProvider(func(a *fakeProvider) {
					a.byKey = nil // forgotten
					a.before = onBuy(dropped())
					if c.acted {
						a.before, a.after = nil, onBuy(dropped())
						a.byKey = map[string]logspanel.Bought{}
					}
				})
				_, err := s.Buy(t.Context(), "me", confirm(q))
				require.NoError(t, err)
				set(c.jump)
				s.changeProvider(func(a *fakeProvider) { a.before, a.after, a.byKey = nil, nil, map[string]logspanel.Bought{} })
				pass(30 * time.Minute)
				i, _ := s.Buy(t.Context(), "me", confirm(q))
				assert.Equal(t, c.state, i.State)
				assert.Equal(t, 1, s.provider.count("buy"))
			})
		})
	}
}

// Setting the wall clock back again and again must not extend the replay window.
func TestReplaysEndThoughTheClockIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, set := openWithClock(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"))
		q := s.quote(t)
		s.changeProvider(func(a *fakeProvider) { a.before = onBuy(dropped()) })
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		for range 12 {
			pass(time.Minute)
			set(-time.Minute)
		}
		var sent []time.Time
		s.changeProvider(func(a *fakeProvider) { sent = slices.Clone(a.at["buy"]) })
		assert.LessOrEqual(t, sent[len(sent)-1].Sub(sent[0]), 10*time.Minute)
		calls := len(sent)
		pass(time.Hour)
		assert.Equal(t, calls, s.provider.count("buy"))
	})
}

func TestKeyForgottenByTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		s.stop()
		pass(2 * time.Hour)
		s.provider.after, s.provider.byKey = nil, map[string]logspanel.Bought{}
		s = s.reopen(t)
		pass(time.Minute)
		i, err := s.Buy(t.Context(), "me", req)
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
		assert.Len(t, s.provider.orders, 1)
		assert.Equal(t, s.provider.balance, s.Snapshot().Wallet.Balance)
		pass(11 * time.Second)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, i.OrderID).State, "its time is over")
	})
}

func TestTwoOrdersThatFitAreNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		s.changeProvider(func(a *fakeProvider) {
			twin := a.orders[0]
			twin.ID = "2000" // by the same account, on the provider's site
			a.orders = append(a.orders, twin)
		})
		pass(30 * time.Minute)
		require.Len(t, s.Snapshot().Intents, 1)
		assert.Len(t, s.Snapshot().Intents[0].Candidates, 2)
		_, err := s.Decide(t.Context(), "me", protocol.DecideRequest{IntentID: req.IntentID, Journal: req.Journal, OrderID: "2000"})
		require.NoError(t, err)
		assert.Equal(t, req.IntentID, s.order(t, "2000").IntentID)
	})
}

func TestOrderOfAnotherTimeOrPriceIsNoAnswer(t *testing.T) {
	for name, change := range map[string]func(*logspanel.NumberOrder){
		"earlier":         func(o *logspanel.NumberOrder) { o.CreatedAt = o.CreatedAt.Add(-3 * time.Minute) },
		"much later":      func(o *logspanel.NumberOrder) { o.CreatedAt = o.CreatedAt.Add(14 * time.Minute) },
		"another price":   func(o *logspanel.NumberOrder) { o.Price = naira(849) },
		"without a time":  func(o *logspanel.NumberOrder) { o.CreatedAt = time.Time{} },
		"another country": func(o *logspanel.NumberOrder) { o.CountryID = "2" },
		"another service": func(o *logspanel.NumberOrder) { o.ServiceID = "124" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				buyUnanswered(t, s)
				s.changeProvider(func(a *fakeProvider) { a.set("1000", change) })
				pass(30 * time.Minute)
				for _, o := range s.Snapshot().Orders {
					assert.Empty(t, o.IntentID)
				}
				if name == "another country" || name == "another service" {
					assert.Empty(t, s.Snapshot().Intents, "nothing like it was bought")
				} else {
					require.Len(t, s.Snapshot().Intents, 1)
					assert.True(t, s.Snapshot().Intents[0].NeedsDecision)
				}
			})
		})
	}
}

// An order that a browser read before the purchase was settled still belongs to it.
func TestOrderThatWasSeenBeforeItsPurchaseIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		_, err := s.Cancel(t.Context(), "me", "1000")
		require.NoError(t, err)
		s.changeProvider(func(a *fakeProvider) { a.after = nil })
		pass(time.Minute)
		i, err := s.Buy(t.Context(), "me", req)
		require.NoError(t, err)
		assert.Equal(t, "1000", i.OrderID)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, "1000").State)
		assert.Equal(t, []orders.EntryKind{orders.EntryOpening, orders.EntryRefund, orders.EntryCharge}, s.kinds(t))
	})
}

func TestOneOrderComesOfOnePurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		first := s.buy(t)
		s.changeProvider(func(a *fakeProvider) {
			a.changeAnswer = func(b *logspanel.Bought) { b.Order.ID = "1000" }
		})
		second := s.buy(t)
		assert.Equal(t, protocol.IntentUnknown, second.State)
		assert.Equal(t, first.ID, s.order(t, "1000").IntentID)
		s.changeProvider(func(a *fakeProvider) { a.changeAnswer = nil })
		pass(15 * time.Minute)
		assert.Equal(t, second.ID, s.order(t, "1001").IntentID)
		assert.Equal(t, first.ID, s.order(t, "1000").IntentID)
	})
}

func TestNoMoreRoomForTheIntent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		require.NoError(t, s.journal.Close()) // has the effect of a full disk
		_, err := s.Buy(t.Context(), "me", confirm(q))
		assert.Equal(t, protocol.CodeJournal, protocol.AsError(err).Code)
		assert.Zero(t, s.provider.count("buy"), "refused before it is sent")
	})
}

func TestLostJournalIsReadFromTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newFakeProvider()
		old := open(t, a, filepath.Join(t.TempDir(), "journal.db"))
		bought := old.buy(t)
		stale := confirm(old.quote(t))
		old.stop()
		a.orders = append(a.orders,
			logspanel.NumberOrder{ID: "9", ServiceID: "123", CountryID: "1", Price: naira(300), Code: "1", CreatedAt: time.Now().Add(-time.Hour)},
			logspanel.NumberOrder{ID: "8", ServiceID: "123", CountryID: "1", Price: naira(400), CreatedAt: time.Now().AddDate(0, 0, -2)},
			logspanel.NumberOrder{ID: "7", ServiceID: "123", CountryID: "1", Price: naira(200)}, // without a time
		)
		a.before = func(call string, _ int) error {
			if call == "list" {
				return &logspanel.AmbiguousError{Call: "GET /numbers/orders", Status: 502}
			}
			return nil
		}
		s := open(t, a, filepath.Join(t.TempDir(), "journal.db"), setup{prepare: func(b *orders.Service) { require.NoError(t, b.Recover("journal-old.db")) }})
		for range 2 {
			assert.True(t, s.Snapshot().Recovery.InProgress())
			_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
			assert.Equal(t, protocol.CodeRecovering, protocol.AsError(err).Code)
			_, err = s.Buy(t.Context(), "me", stale)
			assert.Equal(t, protocol.CodeIntentUnknown, protocol.AsError(err).Code)
			s = s.reopen(t) // it is not forgotten
		}
		s.changeProvider(func(a *fakeProvider) { a.before = nil })
		pass(2 * time.Minute)
		snap := s.Snapshot()
		assert.True(t, snap.Recovery.Done)
		assert.Equal(t, "journal-old.db", snap.Recovery.SetAside)
		assert.Equal(t, naira(850+300+200), snap.Limits.Spent)
		assert.Len(t, snap.Orders, 3)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, bought.OrderID).State)
		assert.Equal(t, protocol.OrderWaiting, s.order(t, "7").State)
		pass(20 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, bought.OrderID).State, "given back when its time was over")
		pass(2 * time.Minute)
		assert.Equal(t, protocol.OrderRefunded, s.order(t, "7").State)
		assert.Equal(t, 1, a.count("buy"))
		s.buy(t)
	})
}
