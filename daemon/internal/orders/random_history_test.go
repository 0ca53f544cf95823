package orders_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// history drives a service with random actions and checks its invariants after each.
type history struct {
	*testService
	t         *testing.T
	confirmed map[string]protocol.BuyRequest // by intent id
	reported  map[string]string              // reported order id, by intent id
	expected  int64                          // the balance without any purchase, in naira
	ahead     *atomic.Int64                  // how far the wall clock is ahead, in nanoseconds
}

func (h *history) quote(rt *rapid.T) {
	q, err := h.Quote(h.t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
	if err == nil {
		h.confirmed[q.Intent.ID] = confirm(q)
	}
}

func (h *history) buy(rt *rapid.T) {
	for _, req := range h.confirmed {
		i, err := h.Buy(h.t.Context(), "me", req)
		if err == nil {
			h.checkOutcome(i)
		}
		if rapid.Bool().Draw(rt, "enough") {
			return
		}
	}
}

// checkOutcome checks that the reported outcome of a purchase never changes.
func (h *history) checkOutcome(i protocol.Intent) {
	if i.State != protocol.IntentBought {
		require.Empty(h.t, h.reported[i.ID], "bought, and then %s", i.State)
		return
	}
	if before := h.reported[i.ID]; before != "" {
		require.Equal(h.t, before, i.OrderID)
	}
	h.reported[i.ID] = i.OrderID
}

// trouble makes calls of one kind fail, before or after they are carried out.
func (h *history) trouble(rt *rapid.T) {
	calls := rapid.SampledFrom([]string{"buy", "buy", "cancel", "check", "list", "wallet", "services", "read"}).Draw(rt, "of")
	times := rapid.IntRange(1, 4).Draw(rt, "times")
	err := rapid.SampledFrom([]error{
		dropped(), &logspanel.AmbiguousError{Status: 502}, &logspanel.Error{Status: 429, Code: "SLOWER", RetryAfter: time.Second},
		refusal(409, logspanel.CodeNumberOutOfStock), &logspanel.NotSentError{Cause: logspanel.ErrOutage}, refusal(409, logspanel.CodeIdempotencyKeyReused),
	}).Draw(rt, "as")
	hook := func(call string, _ int) error {
		if call != calls || times == 0 {
			return nil
		}
		times--
		return err
	}
	h.testService.changeProvider(func(a *fakeProvider) {
		a.before, a.after = nil, nil
		// A call that was carried out is never refused.
		if _, refused := err.(*logspanel.Error); !refused && logspanel.OutcomeOf(err) == logspanel.Unknown && rapid.Bool().Draw(rt, "acts") {
			a.after = hook
		} else {
			a.before = hook
		}
	})
}

func (h *history) restart(*rapid.T) {
	h.stop()
	h.testService = h.reopen(h.provider, h.path)
}

func (h *history) reopen(a *fakeProvider, path string) *testService {
	return open(h.t, a, path, setup{now: func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }})
}

func (h *history) wait(rt *rapid.T) {
	pass(time.Duration(rapid.SampledFrom([]int{1, 5, 30, 200, 700, 1300}).Draw(rt, "seconds")) * time.Second)
}

func (h *history) price(rt *rapid.T) {
	price := rapid.Int64Range(840, 860).Draw(rt, "price")
	h.testService.changeProvider(func(a *fakeProvider) { a.price = naira(price) })
}

func (h *history) text(rt *rapid.T) {
	if n := len(h.provider.orders); n > 0 {
		o := h.provider.orders[rapid.IntRange(0, n-1).Draw(rt, "order")]
		if !o.Refunded {
			h.provider.deliverSMS(string(o.ID), "12345")
		}
	}
}

func (h *history) cancel(rt *rapid.T) {
	if n := len(h.Snapshot().Orders); n > 0 {
		o := h.Snapshot().Orders[rapid.IntRange(0, n-1).Draw(rt, "order")]
		_, _ = h.Cancel(h.t.Context(), "me", o.ID)
	}
}

// refunds delays future refunds, or makes the delayed ones and stops delaying.
func (h *history) refunds(rt *rapid.T) {
	slow := rapid.Bool().Draw(rt, "slow")
	h.testService.changeProvider(func(a *fakeProvider) {
		a.delaysRefunds = slow
		a.payRefunds()
	})
}

// lists makes order lists omit the newest orders, or show all of them again.
func (h *history) lists(rt *rapid.T) {
	hidden := rapid.IntRange(0, 3).Draw(rt, "hidden")
	h.testService.changeProvider(func(a *fakeProvider) { a.omitted = hidden })
}

// another replaces an open order by another number. If the purchase fails after the first
// order was cancelled, the error must say so.
func (h *history) another(rt *rapid.T) {
	for _, o := range h.Snapshot().Orders {
		if o.State != protocol.OrderWaiting || rapid.Bool().Draw(rt, "not this one") {
			continue
		}
		q, err := h.Quote(h.t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123", Replaces: o.ID})
		if err != nil {
			return
		}
		h.confirmed[q.Intent.ID] = confirm(q)
		cancels := h.provider.count("cancel")
		i, err := h.Buy(h.t.Context(), "me", confirm(q))
		if err == nil {
			h.checkOutcome(i)
		} else if h.provider.count("cancel") > cancels && h.order(h.t, o.ID).State == protocol.OrderRefunded {
			require.Equal(h.t, o.ID, protocol.AsError(err).CancelledOrder)
		}
		return
	}
}

// limit sets a random daily limit.
func (h *history) limit(rt *rapid.T) {
	most := rapid.SampledFrom([]int64{900, 1_800, 30_000}).Draw(rt, "limit")
	require.NoError(h.t, h.SetLimits(naira(1_000), naira(most)))
}

// clock moves the wall clock for a moment, and checks that this frees nothing in the limit.
func (h *history) clock(rt *rapid.T) {
	before := h.Limits().Spent
	jump := time.Duration(rapid.IntRange(-500, 500).Draw(rt, "hours")) * time.Hour
	h.ahead.Store(int64(jump))
	require.GreaterOrEqual(h.t, h.Limits().Spent.Minor, before.Minor, "the clock is off by %s", jump)
	h.ahead.Store(0)
	require.Equal(h.t, before, h.Limits().Spent)
}

func (h *history) topUp(*rapid.T) {
	h.testService.changeProvider(func(a *fakeProvider) { a.balance, _ = a.balance.Add(naira(1_000)) })
	h.expected += 1_000
}

func (h *history) decide(rt *rapid.T) {
	for _, i := range h.Snapshot().Intents {
		word := protocol.DecideRequest{IntentID: i.ID, Journal: i.Journal}
		if len(i.Candidates) > 0 {
			word.OrderID = i.Candidates[0].OrderID
		} else if h.provider.omitted > 0 {
			continue // without the whole list, the decision could be wrong
		}
		if decided, err := h.Decide(h.t.Context(), "me", word); err == nil {
			h.checkOutcome(decided)
		}
	}
}

// check checks that no order belongs to two intents, that every charge was confirmed, and
// that the daily limit was kept.
func (h *history) check(*rapid.T) {
	h.provider.mu.Lock()
	charges, paid := len(h.provider.orders), int64(0)
	for _, o := range h.provider.orders {
		if !o.Refunded {
			paid += o.Price.Minor
		}
	}
	h.provider.mu.Unlock()
	require.LessOrEqual(h.t, charges, len(h.confirmed))
	of := map[string]string{}
	for intent, order := range h.reported {
		require.Empty(h.t, of[order], "order %s of two intents", order)
		of[order] = intent
	}
	require.LessOrEqual(h.t, paid, naira(30_000).Minor+20_00)
	// A purchase that a browser decided counts at least what the provider charged.
	require.GreaterOrEqual(h.t, h.Limits().Spent.Minor+20_00*int64(charges), paid, "really spent, and not counted")
}

func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newFakeProvider()
			a.stock = 1_000
			h := &history{
				t: t, confirmed: map[string]protocol.BuyRequest{}, reported: map[string]string{}, expected: 10_000, ahead: new(atomic.Int64),
			}
			h.testService = h.reopen(a, filepath.Join(t.TempDir(), "journal.db"))
			rt.Repeat(map[string]func(*rapid.T){
				"quote": h.quote, "buy": h.buy, "trouble": h.trouble, "restart": h.restart, "wait": h.wait, "price": h.price,
				"text": h.text, "cancel": h.cancel, "top up": h.topUp, "decide": h.decide, "": h.check,
				"refunds": h.refunds, "lists": h.lists, "another": h.another, "limit": h.limit, "clock": h.clock,
			})
			h.end(rt)
		})
	})
}

// end waits until nothing is in progress, and compares the totals.
func (h *history) end(rt *rapid.T) {
	h.testService.changeProvider(func(a *fakeProvider) {
		a.before, a.after, a.omitted, a.delaysRefunds = nil, nil, 0, false
		a.payRefunds()
	})
	h.decide(rt)
	pass(time.Hour)
	h.decide(rt)
	pass(time.Hour)
	h.restart(rt)
	pass(time.Minute)
	_, err := h.RefreshWallet(h.t.Context())
	require.NoError(h.t, err)
	require.Empty(h.t, h.Snapshot().Intents, "each purchase has an outcome")
	paid, owned := int64(0), map[string]string{}
	for _, o := range h.Snapshot().Orders {
		owned[o.ID] = o.IntentID
		require.False(h.t, o.Open(), "%+v", o)
	}
	for _, o := range h.provider.orders {
		require.NotEmpty(h.t, owned[string(o.ID)], "order %s was charged, and no purchase has it", o.ID)
		if !o.Refunded {
			require.NotEmpty(h.t, o.Code, "neither code nor money")
			paid += o.Price.Minor
		}
	}
	require.Equal(h.t, h.expected*100-paid, h.provider.balance.Minor)
	require.Equal(h.t, h.provider.balance, h.Snapshot().Wallet.Balance)
	h.kinds(h.t)
	for intent, order := range h.reported {
		require.Equal(h.t, intent, owned[order])
	}
}
