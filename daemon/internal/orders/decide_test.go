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

// add adds an order to the account that the companion did not buy.
func (s *testService) add(o logspanel.NumberOrder) {
	if o.ServiceID == "" {
		o.ServiceID, o.CountryID = "123", "1"
	}
	s.changeProvider(func(a *fakeProvider) { a.orders = append(a.orders, o) })
}

// decision returns the request that decides a purchase.
func decision(req protocol.BuyRequest, order string) protocol.DecideRequest {
	return protocol.DecideRequest{IntentID: req.IntentID, Journal: req.Journal, OrderID: order}
}

// A stolen browser secret, or a browser that did not ask for the purchase, gains nothing by
// deciding it, whichever order it names.
func TestABrowsersWordIsHeldAgainstTheList(t *testing.T) {
	now := func(ago time.Duration) time.Time { return time.Now().Add(-ago).UTC() }
	for name, c := range map[string]struct {
		client, order string
		want          protocol.Code
	}{
		"another browser's order":           {"you", "1000", protocol.CodeOtherClientDecides},
		"another browser's nothing":         {"you", "", protocol.CodeOtherClientDecides},
		"nobody in particular":              {"", "1000", protocol.CodeOtherClientDecides},
		"an order of 300 days ago":          {"me", "old", protocol.CodeBadRequest},
		"an order of the day before":        {"me", "yesterday", protocol.CodeBadRequest},
		"another purchase's order":          {"me", "1001", protocol.CodeBadRequest},
		"another service's order":           {"me", "signal", protocol.CodeBadRequest},
		"another country's order":           {"me", "france", protocol.CodeBadRequest},
		"an order that the account has not": {"me", "8", protocol.CodeBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, req := openUndecided(t)
				s.changeProvider(func(a *fakeProvider) { a.generation = "g1" })
				s.KeyChanged(t.Context())
				q, err := s.Quote(t.Context(), "you", protocol.QuoteRequest{CountryID: "1", ServiceID: "125"})
				require.NoError(t, err)
				_, err = s.Buy(t.Context(), "you", confirm(q))
				require.NoError(t, err)
				s.changeProvider(func(a *fakeProvider) {
					a.set("1001", func(o *logspanel.NumberOrder) { o.ServiceID, o.Price = "123", naira(851) })
				})
				s.add(logspanel.NumberOrder{ID: "old", Price: naira(850), Refunded: true, CreatedAt: now(300 * 24 * time.Hour)})
				s.add(logspanel.NumberOrder{ID: "yesterday", Price: naira(850), Refunded: true, CreatedAt: now(25 * time.Hour)})
				s.add(logspanel.NumberOrder{ID: "signal", ServiceID: "124", CountryID: "1", Price: naira(851), CreatedAt: now(0)})
				s.add(logspanel.NumberOrder{ID: "france", ServiceID: "123", CountryID: "2", Price: naira(851), CreatedAt: now(0)})
				_, err = s.Decide(t.Context(), c.client, decision(req, c.order))
				assert.Equal(t, c.want, protocol.AsError(err).Code, "%v", err)
				require.Len(t, s.Snapshot().Intents, 1, "still undecided")
				assert.Equal(t, naira(1_700), s.Limits().Spent)
			})
		})
	}
}

// The order that a browser names may be refunded, cheaper or dearer than the purchase. If only
// the browser names it, the higher price counts from the time of sending.
func TestABrowsersWordMakesNoRoom(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*logspanel.NumberOrder)
		order  string
		want   int64
	}{
		"refunded":    {func(o *logspanel.NumberOrder) { o.Refunded = true }, "1000", 851},
		"cheaper":     {func(o *logspanel.NumberOrder) { o.Price = naira(1) }, "1000", 850},
		"dearer":      {func(o *logspanel.NumberOrder) { o.Price = naira(2_000) }, "1000", 2_000},
		"free":        {func(o *logspanel.NumberOrder) { o.Price = naira(-5_000) }, "1000", 850},
		"priceless":   {func(o *logspanel.NumberOrder) { o.Price = naira(0) }, "1000", 850},
		"earlier":     {func(o *logspanel.NumberOrder) { o.CreatedAt = o.CreatedAt.Add(-23 * time.Hour) }, "1000", 851},
		"later":       {func(o *logspanel.NumberOrder) { o.CreatedAt = o.CreatedAt.Add(23 * time.Hour) }, "1000", 851},
		"not at all":  {func(*logspanel.NumberOrder) {}, "", 850},
		"given back":  {func(*logspanel.NumberOrder) {}, "1000", 851},
		"in no money": {func(o *logspanel.NumberOrder) { o.Price.Currency = "USD" }, "1000", 850},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := time.Now()
				s, req := openUndecided(t)
				s.changeProvider(func(a *fakeProvider) { a.set("1000", c.change) })
				_, err := s.Decide(t.Context(), "me", decision(req, c.order))
				require.NoError(t, err)
				assert.Equal(t, naira(c.want), s.Limits().Spent)
				if name == "given back" {
					_, err := s.Cancel(t.Context(), "me", "1000")
					require.NoError(t, err)
					assert.Equal(t, protocol.OrderRefunded, s.order(t, "1000").State)
					assert.Equal(t, naira(c.want), s.Limits().Spent)
				}
				if name == "in no money" {
					return
				}
				s.stop()
				s.provider.clock = func() (time.Time, bool) { return time.Now(), true }
				s = s.reopen(t)
				assert.Equal(t, naira(c.want), s.Limits().Spent, "after a restart too")
				pass(24*time.Hour - time.Since(sent) - time.Second)
				assert.Equal(t, naira(c.want), s.Limits().Spent)
				pass(3 * time.Second)
				assert.Zero(t, s.Limits().Spent.Minor, "it counts by when it was sent")
			})
		})
	}
}

// No browser can read the code of an order that only a browser claims, until the person hands
// it over.
func TestABrowsersWordMakesNoCodeReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, req := openUndecided(t)
		s.provider.deliverSMS("1000", "481902")
		i, err := s.Decide(t.Context(), "me", decision(req, "1000"))
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, i.State)
		pass(11 * time.Second)
		s = s.reopen(t)
		o := s.order(t, "1000")
		assert.True(t, o.CodeReady)
		for _, client := range []string{"me", "you", ""} {
			assert.False(t, o.ReadableBy(client), client)
		}
		code, err := s.Code(t.Context(), "me", "1000")
		assert.Equal(t, protocol.CodeHandOver, protocol.AsError(err).Code)
		assert.Contains(t, err.Error(), "not certain")
		assert.Empty(t, code)
		require.NoError(t, s.HandOver("1000", "me"))
		code, err = s.Code(t.Context(), "me", "1000")
		require.NoError(t, err)
		assert.Equal(t, "481902", code.Code)
	})
}

// At the companion itself, the person can decide the purchases of any browser.
func TestThePersonDecidesByHand(t *testing.T) {
	t.Run("this order", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, req := openUndecided(t)
			_, err := s.DecideByHand(t.Context(), req.IntentID, "no such order")
			assert.Equal(t, protocol.CodeBadRequest, protocol.AsError(err).Code)
			i, err := s.DecideByHand(t.Context(), req.IntentID, "1000")
			require.NoError(t, err)
			assert.Equal(t, protocol.IntentBought, i.State)
			assert.True(t, s.order(t, "1000").ReadableBy("me"))
			assert.Equal(t, naira(851), s.Limits().Spent)
			_, err = s.Cancel(t.Context(), "me", "1000")
			require.NoError(t, err)
			assert.Zero(t, s.Limits().Spent.Minor, "the refund gives room")
		})
	})
	t.Run("nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, req := openUndecided(t)
			i, err := s.DecideByHand(t.Context(), req.IntentID, "")
			require.NoError(t, err)
			assert.Equal(t, protocol.IntentRefused, i.State)
			assert.Zero(t, s.Limits().Spent.Minor)
			assert.Zero(t, s.reopen(t).Limits().Spent.Minor)
			_, err = s.DecideByHand(t.Context(), req.IntentID, "")
			assert.Equal(t, protocol.CodeOutcomeUnknown, protocol.AsError(err).Code)
		})
	})
	t.Run("what the companion can find out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newTestService(t)
			req := buyUnanswered(t, s)
			_, err := s.DecideByHand(t.Context(), req.IntentID, "")
			assert.Equal(t, protocol.CodeOutcomeUnknown, protocol.AsError(err).Code)
		})
	})
}

// A certain match in the list takes precedence over any decision.
func TestTheListKnowsBetterThanAWord(t *testing.T) {
	for _, order := range []string{"", "other", "1000"} {
		t.Run("word "+order, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, req := openUndecided(t)
				s.changeProvider(func(a *fakeProvider) { a.set("1000", func(o *logspanel.NumberOrder) { o.Price = naira(850) }) })
				s.add(logspanel.NumberOrder{ID: "other", Price: naira(1), CreatedAt: time.Now()})
				i, err := s.Decide(t.Context(), "me", decision(req, order))
				require.NoError(t, err)
				assert.Equal(t, "1000", i.OrderID)
				assert.True(t, s.order(t, "1000").ReadableBy("me"), "nobody's word was needed")
			})
		})
	}
}
