package tray

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// fakeSource is a Source that the test changes.
type fakeSource struct {
	state   protocol.Snapshot
	changes chan protocol.Change
	stopped int
}

func (source *fakeSource) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	source.changes = make(chan protocol.Change)
	return source.state, source.changes, func() { source.stopped++ }
}

// fakeController is a Controller that records its calls.
type fakeController struct {
	mu           sync.Mutex
	browsers     []browser.Browser
	switches     Switches
	changed      chan struct{}
	calls        chan string
	failure      error
	dialogClosed chan struct{} // AskKey returns once it is closed
}

func newFakeController() *fakeController {
	return &fakeController{
		switches: Switches{Notifications: true, AutoCancel: false}, changed: make(chan struct{}), calls: make(chan string, 100),
		dialogClosed: make(chan struct{}),
	}
}

func (c *fakeController) record(call ...string) error {
	c.calls <- strings.Join(call, " ")
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// set changes the controller, and makes the menu read it again.
func (c *fakeController) set(change func()) {
	c.mu.Lock()
	change()
	c.mu.Unlock()
	c.changed <- struct{}{}
}

func (c *fakeController) Browsers() []browser.Browser {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.browsers)
}

func (c *fakeController) Switches() Switches { return c.switches }
func (c *fakeController) Pair(context.Context) (string, time.Time, error) {
	return "ABCD-EFGH", time.Now().Add(2 * time.Minute), c.record("pair")
}

func (c *fakeController) Revoke(_ context.Context, browserID string) error {
	return c.record("revoke", browserID)
}

func (c *fakeController) HandOver(_ context.Context, order, browserID string) error {
	return c.record("hand", order, "to", browserID)
}

func (c *fakeController) Decide(_ context.Context, purchaseID, order string) error {
	return c.record("decide", purchaseID, order)
}

func (c *fakeController) Copy(_ context.Context, text string) error { return c.record("copy", text) }

func (c *fakeController) Cancel(_ context.Context, order string) error {
	return c.record("cancel", order)
}

func (c *fakeController) Refresh(context.Context) error { return c.record("refresh") }

func (c *fakeController) AskKey(ctx context.Context) error {
	err := c.record("ask key")
	select {
	case <-c.dialogClosed:
	case <-ctx.Done():
	}
	return err
}
func (c *fakeController) AskLimits(context.Context) error { return c.record("ask limits") }
func (c *fakeController) Switch(_ context.Context, s Switch, on bool) error {
	return c.record(fmt.Sprintf("switch %d %v", s, on))
}
func (c *fakeController) OpenLog(context.Context) error { return c.record("open log") }
func (c *fakeController) About(context.Context) error   { return c.record("about") }
func (c *fakeController) Quit()                         { _ = c.record("quit") }

// withMenu runs follow in a synctest bubble. shown returns the last menu.
func withMenu(t *testing.T, state protocol.Snapshot, test func(source *fakeSource, controller *fakeController, clicks chan<- click, shown func() Menu)) {
	synctest.Test(t, func(t *testing.T) {
		source, controller := &fakeSource{state: state}, newFakeController()
		ctx, stop := context.WithCancel(t.Context())
		clicks := make(chan click)
		var last atomic.Pointer[Menu] // the bubble's timers write it while the test waits
		go follow(ctx, Options{Source: source, Controller: controller, Changed: controller.changed}, clicks, func(m Menu) { last.Store(&m) })
		shown := func() Menu {
			synctest.Wait()
			return *last.Load()
		}
		test(source, controller, clicks, shown)
		stop()
		synctest.Wait()
		assert.Positive(t, source.stopped, "the subscription is ended")
	})
}

// orderDueIn returns an order whose deadline is in the given time from the bubble's now.
func orderDueIn(left time.Duration) protocol.Order {
	o := testOrder(protocol.OrderWaiting)
	o.Deadline = time.Now().Add(left)
	return o
}

func TestFollowChanges(t *testing.T) {
	withMenu(t, healthyState(), func(source *fakeSource, _ *fakeController, _ chan<- click, shown func() Menu) {
		assert.Empty(t, shown().Orders)
		o := orderDueIn(10 * time.Minute)
		source.changes <- protocol.Change{Seq: 2, Order: &o}
		require.Len(t, shown().Orders, 1)
		assert.Contains(t, shown().Orders[0].Text, "waiting, 10 min left")
		<-time.After(9*time.Minute + 10*time.Second) // the bubble's time
		assert.Contains(t, shown().Orders[0].Text, "waiting, 0:50 left")
	})
}

func TestFollowSubscribesAgain(t *testing.T) {
	for name, lose := range map[string]func(source *fakeSource){
		"after a gap":     func(source *fakeSource) { source.changes <- protocol.Change{Seq: 9} },
		"after a closing": func(source *fakeSource) { close(source.changes) },
	} {
		t.Run(name, func(t *testing.T) {
			withMenu(t, healthyState(), func(source *fakeSource, _ *fakeController, _ chan<- click, shown func() Menu) {
				assert.Equal(t, IconIdle, shown().Icon)
				source.state = healthyState(orderDueIn(time.Hour))
				lose(source)
				assert.Equal(t, IconWaiting, shown().Icon)
				assert.Equal(t, 1, source.stopped)
			})
		})
	}
}

func TestClicks(t *testing.T) {
	code := receivedOrder("482913", time.Now().Add(24*time.Hour))
	other := testOrder(protocol.OrderWaiting)
	other.ID, other.Deadline = "2", time.Now().Add(100*time.Hour)
	old := testOrder(protocol.OrderRefunded)
	old.ID, old.Number = "3", "+2348030000000"
	asked := testOrder(protocol.OrderCancelling)
	asked.ID, asked.AskedBy = "4", []string{"c2"}
	state := healthyState(code, other, old, asked)
	for c, want := range map[click]string{
		{copyOrder, 0}:                            "copy 482913",
		{copyOrder, 1}:                            "copy +2348031234567",
		{copyOrder, 7}:                            "",
		{copyRecent, 0}:                           "copy +2348030000000",
		{cancelNumber, 0}:                         "cancel 2",
		{cancelNumber, 1}:                         "",
		{handOverCode, 0}:                         "hand 4 to c2",
		{handOverCode, 1}:                         "",
		{revokeBrowser, 0}:                        "revoke c2",
		{revokeBrowser, 3}:                        "",
		{action: pairBrowser}:                     "pair",
		{action: refreshState}:                    "refresh",
		{action: setKey}:                          "ask key",
		{action: setLimits}:                       "ask limits",
		{toggleSwitch, int(AutoCancel)}:           "switch 2 true",
		{toggleSwitch, int(CodesInNotifications)}: "switch 1 true",
		{action: openLog}:                         "open log",
		{action: showAbout}:                       "about",
		{action: quitCompanion}:                   "quit",
	} {
		withMenu(t, state, func(_ *fakeSource, controller *fakeController, clicks chan<- click, shown func() Menu) {
			controller.set(func() { controller.browsers = []browser.Browser{{ID: "c2", Product: "Firefox"}} })
			shown()
			clicks <- c
			shown()
			close(controller.calls)
			assert.Equal(t, want, <-controller.calls, "%v", c)
		})
	}
}

func TestClickThatFails(t *testing.T) {
	withMenu(t, healthyState(testOrder(protocol.OrderCancelling)), func(_ *fakeSource, c *fakeController, clicks chan<- click, shown func() Menu) {
		c.set(func() { c.failure = errors.New("nothing was copied: install xclip") })
		clicks <- click{copyOrder, 0}
		assert.Equal(t, []string{"Nothing was copied: install xclip"}, shown().Warnings)
		c.set(func() { c.failure = nil })
		clicks <- click{action: pairBrowser}
		assert.Empty(t, shown().Warnings, "this click worked")
		assert.Contains(t, shown().Pair, "ABCD-EFGH (2:00 left)")
		<-time.After(2 * time.Minute)
		assert.Equal(t, "Pair a browser…", shown().Pair)
		c.set(func() { c.failure = errors.New("no") })
		clicks <- click{copyOrder, 0}
		assert.NotEmpty(t, shown().Warnings)
		<-time.After(errorShownFor)
		assert.Empty(t, shown().Warnings, "the error disappears after a while")
	})
}

// An open dialog blocks neither the menu nor other clicks, and is opened once.
func TestDialogBlocksNothing(t *testing.T) {
	withMenu(t, healthyState(), func(source *fakeSource, c *fakeController, clicks chan<- click, shown func() Menu) {
		clicks <- click{action: setKey}
		clicks <- click{action: setKey}
		clicks <- click{action: refreshState}
		o := orderDueIn(10 * time.Minute)
		source.changes <- protocol.Change{Seq: 2, Order: &o}
		assert.Len(t, shown().Orders, 1)
		assert.ElementsMatch(t, []string{"ask key", "refresh"}, []string{<-c.calls, <-c.calls})
		assert.Empty(t, c.calls)
		close(c.dialogClosed)
		shown()
		clicks <- click{action: setKey}
		shown()
		assert.Equal(t, "ask key", <-c.calls, "it can be opened again")
	})
}

// The menu settles a purchase that only the person can decide.
func TestDecideAPurchase(t *testing.T) {
	asks := protocol.Intent{
		ID: "i1", State: protocol.IntentUnknown, NeedsDecision: true, ServiceName: "Telegram\x1b", Price: money.Money{Minor: 850_00, Currency: "NGN"}, CallingCode: "234",
		Candidates: []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Phone: protocol.Number{International: "+234 803 123 4567"}, Price: money.Money{Minor: 851_00, Currency: "NGN"}}},
	}
	waits := protocol.Intent{ID: "i2", State: protocol.IntentUnknown}
	state := healthyState()
	state.Intents = []protocol.Intent{asks, waits}
	withMenu(t, state, func(source *fakeSource, c *fakeController, clicks chan<- click, shown func() Menu) {
		m := shown()
		assert.Equal(t, IconAttention, m.Icon)
		assert.Contains(t, m.Warnings, "A purchase needs your decision: see Decide a purchase")
		assert.Equal(t, []Line{
			{Text: "Telegram  bought +234 803 123 4567 for 851.00 NGN", Order: "o7", Intent: "i1"},
			{Text: "Telegram  nothing bought for 850.00 NGN", Intent: "i1"},
		}, m.Decisions)
		clicks <- click{decidePurchase, 0}
		clicks <- click{decidePurchase, 1}
		clicks <- click{decidePurchase, 2}
		shown()
		assert.ElementsMatch(t, []string{"decide i1 o7", "decide i1 "}, []string{<-c.calls, <-c.calls})
		assert.Empty(t, c.calls)
		asks.State, asks.NeedsDecision = protocol.IntentBought, false
		source.changes <- protocol.Change{Seq: 2, Intent: &asks}
		assert.Empty(t, shown().Decisions)
	})
}

// A click always hits the line that was seen: lines keep their places.
func TestLinesKeepTheirPlaces(t *testing.T) {
	order := func(id string) protocol.Order {
		o := orderDueIn(time.Hour)
		o.ID, o.Number = id, "+234803123456"+id
		return o
	}
	withMenu(t, healthyState(), func(source *fakeSource, c *fakeController, clicks chan<- click, shown func() Menu) {
		seq := uint64(1)
		change := func(o protocol.Order) Menu {
			seq++
			source.changes <- protocol.Change{Seq: seq, Order: &o}
			return shown()
		}
		places := func(lines []Line) (ids []string) {
			for _, l := range lines {
				ids = append(ids, l.Order)
			}
			return ids
		}
		shown()
		change(order("1"))
		change(order("2"))
		assert.Equal(t, []string{"1", "2", "3"}, places(change(order("3")).Orders))
		gone := order("2")
		gone.State = protocol.OrderRefunded
		m := change(gone)
		assert.Equal(t, []string{"1", "", "3"}, places(m.Orders))
		assert.Equal(t, []string{"1", "", "3"}, places(m.Cancels))
		clicks <- click{cancelNumber, 1}
		clicks <- click{cancelNumber, 2}
		shown()
		assert.Equal(t, "cancel 3", <-c.calls, "the first click hit an empty place")
		assert.Equal(t, []string{"1", "4", "3"}, places(change(order("4")).Orders))
	})
}

func TestBrowsers(t *testing.T) {
	asked := receivedOrder("482913", time.Now().Add(24*time.Hour))
	asked.AskedBy = []string{"gone", "c2"}
	withMenu(t, healthyState(asked), func(_ *fakeSource, c *fakeController, _ chan<- click, shown func() Menu) {
		assert.Empty(t, shown().HandOvers, "that browser is not paired")
		noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
		c.set(func() {
			c.browsers = []browser.Browser{
				{ID: "c1", Product: "Chromium 156", LastUsed: noon},
				{ID: "c2", Product: "Firefox\x1b 153", LastUsed: noon.Add(time.Hour), Connected: true},
			}
		})
		assert.Equal(t, []Line{
			{Text: "Firefox 153  connected", Browser: "c2"}, {Text: "Chromium 156  last used 1 May 12:00", Browser: "c1"},
		}, shown().Browsers)
		require.Len(t, shown().HandOvers, 1)
		assert.Equal(t, "Allow Firefox 153 to see the code for +234 803 123 4567", shown().HandOvers[0].Text)
		c.set(func() { c.browsers[0].LastUsed = noon.Add(2 * time.Hour) })
		assert.Equal(t, "c2", shown().Browsers[0].Browser, "browsers keep their places")
	})
}

func TestMoreBrowsersThanLines(t *testing.T) {
	var own LocalState
	for i := range maxBrowsers + 2 {
		own.Browsers = append(own.Browsers, browser.Browser{ID: string(rune('a' + i)), Product: "b", LastUsed: noon.Add(time.Duration(i) * time.Hour)})
	}
	m := NewMenu(healthyState(), own, noon)
	require.Len(t, m.Browsers, maxBrowsers)
	assert.Equal(t, "h", m.Browsers[0].Browser, "the last used browser comes first")
}
