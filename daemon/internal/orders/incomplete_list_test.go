package orders_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// before returns n orders of another service. The last one was made the duration last ago,
// and each was made step later than its predecessor in the list.
func before(n int, last time.Duration, step time.Duration) (list []logspanel.NumberOrder) {
	for i := range n {
		at := time.Now().UTC().Add(-last - step*time.Duration(n-1-i))
		list = append(list, logspanel.NumberOrder{
			ID: logspanel.ID(fmt.Sprint("past", i)), ServiceID: "999", CountryID: "1", Price: naira(10), Code: "1", CreatedAt: at,
		})
	}
	return list
}

// A list without the order proves that nothing was bought only if the list can't be
// incomplete. Otherwise the person is asked.
func TestAnIncompleteListIsNoRefusal(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		shown    int // orders of before, instead of what there is
		last     time.Duration
		step     time.Duration
		gapless  bool
		complete bool
		asks     bool
	}{
		"complete":                          {complete: true, gapless: true},
		"one order and nothing of the rest": {shown: 1, last: 40 * day, step: 0, gapless: true, asks: true},
		"none at all":                       {gapless: true, asks: true},
		"newest first, back past it":        {shown: 9, last: 2 * day, step: -time.Hour, gapless: true},
		"newest first, not far enough":      {shown: 9, last: 2 * time.Hour, step: -time.Hour, gapless: true, asks: true},
		"newest first, with gaps":           {shown: 9, last: 2 * day, step: -time.Hour, asks: true},
		"oldest first":                      {shown: 9, last: 2 * day, step: time.Hour, gapless: true, asks: true},
		"too few to know how it is sorted":  {shown: 2, last: 2 * day, step: -time.Hour, gapless: true, asks: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestService(t)
				q := s.quote(t)
				shown := before(c.shown, c.last, c.step)
				s.changeProvider(func(a *fakeProvider) {
					a.before = onBuy(dropped())
					a.listOverride = func() logspanel.OrderList {
						return logspanel.OrderList{Orders: shown, Gapless: c.gapless, Complete: c.complete}
					}
				})
				_, err := s.Buy(t.Context(), "me", confirm(q))
				require.NoError(t, err)
				pass(30 * time.Minute)
				i, _ := s.Buy(t.Context(), "me", confirm(q))
				if !c.asks {
					assert.Equal(t, protocol.IntentRefused, i.State)
					return
				}
				assert.Equal(t, protocol.IntentUnknown, i.State)
				assert.True(t, i.NeedsDecision)
				assert.Equal(t, naira(850), s.Limits().Spent, "it may have been charged")
				s.changeProvider(func(a *fakeProvider) { a.listOverride, a.before = nil, nil })
				pass(15 * time.Minute)
				assert.Empty(t, s.Snapshot().Intents, "a whole list settles it")
			})
		})
	}
}

// One order that fits is no certain match if another may be missing from the list.
func TestAnIncompleteListIsNoClearAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		req := buyUnanswered(t, s)
		s.changeProvider(func(a *fakeProvider) {
			twin := a.orders[0]
			twin.ID = "2000"
			a.orders = append(a.orders, twin)
			a.omitted = 1
		})
		pass(30 * time.Minute)
		require.Len(t, s.Snapshot().Intents, 1)
		assert.True(t, s.Snapshot().Intents[0].NeedsDecision)
		assert.Len(t, s.Snapshot().Intents[0].Candidates, 1)
		_, err := s.Decide(t.Context(), "me", decision(req, "1000"))
		require.NoError(t, err)
		assert.False(t, s.order(t, "1000").ReadableBy("me"))
	})
}

// With the real client: the wallet was charged, and the list shows one old order of seven
// pages.
func TestAPartialListOverTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := openWithSandbox(t)
		buyNumbers(t, b, w, 2)
		services, err := w.Services(t.Context(), "1")
		require.NoError(t, err)
		q, err := b.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: string(services[len(services)-1].ID)})
		require.NoError(t, err)
		require.NoError(t, w.provider.InjectFault(sandbox.Fault{Kind: sandbox.Drop, Method: http.MethodPost, Path: "/numbers/orders", Processed: true, Times: -1}))
		require.NoError(t, w.provider.InjectFault(sandbox.Fault{Kind: sandbox.PartialList, Method: http.MethodGet, Path: "/numbers/orders", Times: -1}))
		_, err = b.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		pass(20 * time.Minute)
		require.Len(t, b.Snapshot().Intents, 1, "charged, so it is not refused")
		assert.True(t, b.Snapshot().Intents[0].NeedsDecision)
		w.provider.ClearFaults()
		pass(15 * time.Minute)
		assert.Empty(t, b.Snapshot().Intents)
		i, err := b.Buy(t.Context(), "me", confirm(q))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
	})
}

// Recovery of a lost journal ends only with a list that shows what was spent.
func TestRecoveryNeedsAWholeList(t *testing.T) {
	const day = 24 * time.Hour
	recovering := func(t *testing.T, a *fakeProvider) *testService {
		return open(t, a, filepath.Join(t.TempDir(), "journal.db"), setup{prepare: func(b *orders.Service) { require.NoError(t, b.Recover("journal-old.db")) }})
	}
	t.Run("incomplete, then whole", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newFakeProvider()
			a.orders = append(before(1, time.Hour, 0), logspanel.NumberOrder{ID: "9", ServiceID: "123", CountryID: "1", Price: naira(300), TimeLeft: a.life, CreatedAt: time.Now()})
			a.omitted = 1
			s := recovering(t, a)
			pass(10 * time.Minute)
			assert.True(t, s.Snapshot().Recovery.InProgress())
			assert.Equal(t, naira(10), s.Limits().Spent)
			_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
			assert.Equal(t, protocol.CodeRecovering, protocol.AsError(err).Code)
			s.changeProvider(func(a *fakeProvider) { a.omitted = 0 })
			pass(2 * time.Minute)
			assert.False(t, s.Snapshot().Recovery.InProgress())
			assert.Equal(t, naira(310), s.Limits().Spent)
		})
	})
	t.Run("back past the day is enough", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newFakeProvider()
			list := before(9, 25*time.Hour, -time.Hour)
			a.listOverride = func() logspanel.OrderList { return logspanel.OrderList{Orders: list, Gapless: true} }
			assert.False(t, recovering(t, a).Snapshot().Recovery.InProgress())
		})
	})
	t.Run("without a price", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newFakeProvider()
			a.orders = []logspanel.NumberOrder{{ID: "9", ServiceID: "123", CountryID: "1", Code: "1", CreatedAt: time.Now()}}
			s := recovering(t, a)
			pass(10 * time.Minute)
			assert.True(t, s.Snapshot().Recovery.InProgress(), "what it cost is not known")
			s.changeProvider(func(a *fakeProvider) { a.set("9", func(o *logspanel.NumberOrder) { o.Price = naira(300) }) })
			pass(2 * time.Minute)
			assert.False(t, s.Snapshot().Recovery.InProgress())
			assert.Equal(t, naira(300), s.Limits().Spent)
		})
	})
	t.Run("after a day nothing of before counts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newFakeProvider()
			a.orders, a.omitted = before(2, day, time.Hour), 1
			s := recovering(t, a)
			pass(day - time.Minute)
			assert.True(t, s.Snapshot().Recovery.InProgress())
			pass(3 * time.Minute)
			assert.False(t, s.Snapshot().Recovery.InProgress())
		})
	})
}
