package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// fakeSource is a Source that the test changes.
type fakeSource struct {
	state   protocol.Snapshot
	changes chan protocol.Change
}

func (s *fakeSource) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	c := make(chan protocol.Change)
	if s.changes == nil {
		s.changes = c
	}
	return s.state, s.changes, func() {}
}

// fakeHistory is a History that outlives a notifier.
type fakeHistory struct {
	since time.Time
	keys  map[string]bool
	full  bool
}

var errFull = errors.New("no space left on device")

func (h *fakeHistory) Load() (keys []string, since time.Time, err error) {
	for key := range h.keys {
		keys = append(keys, key)
	}
	return keys, h.since, nil
}

func (h *fakeHistory) Put(key string) error {
	if h.full {
		return errFull
	}
	h.keys[key] = true
	return nil
}

func (h *fakeHistory) Delete(keys ...string) error {
	for _, key := range keys {
		delete(h.keys, key)
	}
	return nil
}

// fixture runs a notifier and records what it shows.
type fixture struct {
	*fakeSource
	history       *fakeHistory
	settings      Settings
	changed       chan struct{}
	generation    string
	shown         []string
	notifications []desktop.Notification
	copied        []string
	failure       error
	log           bytes.Buffer
}

func newFixture(s protocol.Snapshot) *fixture {
	return &fixture{fakeSource: &fakeSource{state: s}, history: &fakeHistory{since: noon.Add(-100 * 365 * 24 * time.Hour), keys: map[string]bool{}}, changed: make(chan struct{}), generation: "g1"}
}

// run runs a notifier in a synctest bubble for as long as do takes.
func (f *fixture) run(t *testing.T, do func(shown func() []string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if f.changes != nil {
			f.changes = make(chan protocol.Change)
		}
		f.changed = make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		go Run(ctx, Options{
			Source: f.fakeSource, History: f.history, Settings: func() Settings { return f.settings }, Changed: f.changed,
			Generation: func() string { return f.generation },
			Show: func(_ context.Context, n desktop.Notification) error {
				f.notifications = append(f.notifications, n)
				f.shown = append(f.shown, n.Title)
				return f.failure
			},
			Copy: func(_ context.Context, text string) error {
				f.copied = append(f.copied, text)
				return f.failure
			},
			Log: slog.New(slog.NewTextHandler(&f.log, nil)),
		})
		do(func() []string {
			synctest.Wait()
			shown := f.shown
			f.shown = nil
			return shown
		})
		stop()
		synctest.Wait()
		f.changes = nil
	})
}

func (f *fixture) change(c protocol.Change) {
	f.state.Seq++
	c.Seq = f.state.Seq
	f.state.Apply(c)
	if c.Order != nil {
		f.state.Orders = []protocol.Order{*c.Order}
	}
	if c.Key != nil {
		f.state.Key = *c.Key
	}
	if c.Wallet != nil {
		f.state.Wallet = c.Wallet
	}
	f.changes <- c
}

func TestEachEventIsShownOnce(t *testing.T) {
	f := newFixture(testState(testOrder(protocol.OrderWaiting)))
	var receivedAt time.Time
	f.run(t, func(shown func() []string) {
		assert.Empty(t, shown())
		receivedAt = time.Now()
		o := receivedOrder("482913", receivedAt)
		f.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"Code 482913"}, shown())
		o.AskedBy = []string{"c2"}
		f.change(protocol.Change{Order: &o})
		assert.Empty(t, shown(), "the same code")
		later := receivedAt.Add(time.Minute)
		o = receivedOrder("5555", later)
		f.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"Code 5555"}, shown(), "another code of the same number")
		lagged := f.changes
		f.changes = nil
		close(lagged)
		assert.Empty(t, shown(), "the state is read again")
	})
	f.run(t, func(shown func() []string) {
		assert.Empty(t, shown(), "after a restart")
	})
}

func TestEventsWhileStoppedAreShown(t *testing.T) {
	f := newFixture(testState(testOrder(protocol.OrderRefunded)))
	f.run(t, func(shown func() []string) {
		assert.Equal(t, []string{"Refunded: 850.00 NGN"}, shown())
	})
}

func TestConditionThatReturnsIsShownAgain(t *testing.T) {
	f := newFixture(testState())
	wallet := func(minor int64) protocol.Change {
		return protocol.Change{Wallet: &protocol.Wallet{Balance: naira(minor)}}
	}
	key := func(s protocol.KeyState) protocol.Change { return protocol.Change{Key: &protocol.Key{State: s}} }
	f.run(t, func(shown func() []string) {
		shown()
		f.change(wallet(10_00))
		assert.Equal(t, []string{"Low balance: 10.00 NGN"}, shown())
		f.change(wallet(5_00))
		assert.Empty(t, shown(), "it is still low")
		f.change(wallet(2000_00))
		f.change(wallet(1_00))
		assert.Equal(t, []string{"Low balance: 1.00 NGN"}, shown())

		f.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"API key rejected"}, shown())
		f.change(key(protocol.KeyUnchecked))
		f.change(key(protocol.KeyRefused))
		assert.Empty(t, shown(), "the same key")
		f.generation = "g2"
		f.change(key(protocol.KeyUnchecked))
		f.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"API key rejected"}, shown(), "another key")
		f.change(key(protocol.KeyOK))
		f.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"API key rejected"}, shown(), "the key worked in between")
	})
	f.state.Key.State = protocol.KeyUnchecked
	f.run(t, func(shown func() []string) {
		shown()
		f.change(key(protocol.KeyRefused))
		assert.Empty(t, shown(), "the same key, after a restart")
	})
}

func TestNotificationsOff(t *testing.T) {
	f := newFixture(testState(testOrder(protocol.OrderWaiting)))
	f.settings.Off = true
	f.run(t, func(shown func() []string) {
		shown()
		o := receivedOrder("482913", time.Now())
		f.change(protocol.Change{Order: &o})
		assert.Empty(t, shown())
		f.settings = Settings{HideCodes: true}
		f.changed <- struct{}{}
		assert.Empty(t, shown(), "events from before are not shown later")
		o = receivedOrder("5555", time.Now().Add(time.Second))
		f.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"Code received"}, shown())
		assert.NotContains(t, f.notifications[0].Title+f.notifications[0].Body+f.notifications[0].Button, "5555")

		f.notifications[0].OnPress()
		assert.Equal(t, []string{"5555"}, f.copied, "a hidden code can be copied")
	})
}

func TestNoNotificationService(t *testing.T) {
	f := newFixture(testState())
	f.failure = desktop.ErrNoNotifications
	f.run(t, func(shown func() []string) {
		shown()
		for i := range 5 {
			o := receivedOrder("482913", time.Now().Add(time.Duration(i)*time.Second))
			f.change(protocol.Change{Order: &o})
		}
		assert.Len(t, shown(), 5, "every notification is tried")
		f.notifications[0].OnPress()
		synctest.Wait()
		assert.Equal(t, 1, strings.Count(f.log.String(), "there are no notifications"), "logged once")
		assert.NotContains(t, f.log.String(), "482913")
	})
}

func TestFullDiskStillShows(t *testing.T) {
	f := newFixture(testState())
	f.history.full = true
	f.run(t, func(shown func() []string) {
		shown()
		for range 3 {
			o := receivedOrder("482913", time.Now())
			f.change(protocol.Change{Order: &o})
		}
		assert.Equal(t, []string{"Code 482913"}, shown())
		assert.Contains(t, f.log.String(), "no space left")
	})
}

// The history does not grow with the orders, and nothing is shown twice because of that.
func TestHistoryDoesNotGrow(t *testing.T) {
	f := newFixture(testState())
	const many = 400
	f.run(t, func(shown func() []string) {
		require.Empty(t, shown())
		began := time.Now()
		for i := range many {
			o := testOrder(protocol.OrderRefunded)
			o.ID, o.CreatedAt = fmt.Sprint(i), began.Add(time.Duration(i)*time.Second)
			f.changeOrder(protocol.Change{Order: &o})
			require.Len(t, shown(), 1)
		}
		assert.LessOrEqual(t, len(f.history.keys), protocol.MaxClosedOrders+1)
		old := testOrder(protocol.OrderRefunded)
		old.ID, old.CreatedAt, old.AskedBy = "0", began, []string{"c2"}
		f.changeOrder(protocol.Change{Order: &old})
		assert.Empty(t, shown(), "a change of an order that was notified long ago")
		waiting := testOrder(protocol.OrderExpired)
		waiting.ID, waiting.CreatedAt, waiting.Problem = "late", began.Add(-time.Hour), nil
		f.changeOrder(protocol.Change{Order: &waiting})
		waiting.State = protocol.OrderCancelling
		f.changeOrder(protocol.Change{Order: &waiting})
		waiting.State = protocol.OrderRefunded
		f.changeOrder(protocol.Change{Order: &waiting})
		assert.Len(t, shown(), 1, "the refund of an old order is notified")
	})
	f.run(t, func(shown func() []string) {
		assert.Empty(t, shown(), "after a restart")
		assert.LessOrEqual(t, len(f.history.keys), protocol.MaxClosedOrders+1)
	})
}

// changeOrder sends a change, and leaves the state as the orders service would.
func (f *fixture) changeOrder(c protocol.Change) {
	order := *c.Order
	c.Order = &order
	f.state.Seq++
	c.Seq = f.state.Seq
	before := f.state
	before.Seq--
	before.Apply(c)
	f.state.Orders = before.Orders
	f.changes <- c
}
