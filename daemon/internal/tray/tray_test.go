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

// book is a Book that a test writes.
type book struct {
	state   protocol.Snapshot
	changes chan protocol.Change
	stopped int
}

func (b *book) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	b.changes = make(chan protocol.Change)
	return b.state, b.changes, func() { b.stopped++ }
}

// companion is a Companion that says what it was asked to do.
type companion struct {
	mu       sync.Mutex
	browsers []browser.Browser
	switches Switches
	came     chan struct{}
	did      chan string
	fail     error
	hold     chan struct{} // the dialogs wait for its end
}

func newCompanion() *companion {
	return &companion{
		switches: Switches{Notifications: true, GiveBack: false}, came: make(chan struct{}), did: make(chan string, 100),
		hold: make(chan struct{}),
	}
}

func (c *companion) do(words ...string) error {
	c.did <- strings.Join(words, " ")
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fail
}

// set changes what it gives, and has the menu look at it.
func (c *companion) set(how func()) {
	c.mu.Lock()
	how()
	c.mu.Unlock()
	c.came <- struct{}{}
}

func (c *companion) Browsers() []browser.Browser {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.browsers)
}

func (c *companion) Switches() Switches { return c.switches }
func (c *companion) Pair(context.Context) (string, time.Time, error) {
	return "ABCD-EFGH", time.Now().Add(2 * time.Minute), c.do("pair")
}

func (c *companion) Revoke(_ context.Context, browser string) error { return c.do("revoke", browser) }

func (c *companion) HandOver(_ context.Context, order, browser string) error {
	return c.do("hand", order, "to", browser)
}

func (c *companion) Decide(_ context.Context, purchase, order string) error {
	return c.do("decide", purchase, order)
}
func (c *companion) Copy(_ context.Context, text string) error    { return c.do("copy", text) }
func (c *companion) Cancel(_ context.Context, order string) error { return c.do("cancel", order) }
func (c *companion) Refresh(context.Context) error                { return c.do("refresh") }
func (c *companion) AskKey(ctx context.Context) error {
	err := c.do("ask key")
	select {
	case <-c.hold:
	case <-ctx.Done():
	}
	return err
}
func (c *companion) AskLimits(context.Context) error { return c.do("ask limits") }
func (c *companion) Switch(_ context.Context, s Switch, on bool) error {
	return c.do(fmt.Sprintf("switch %d %v", s, on))
}
func (c *companion) OpenLog(context.Context) error { return c.do("open log") }
func (c *companion) About(context.Context) error   { return c.do("about") }
func (c *companion) Quit()                         { _ = c.do("quit") }

// watch follows a book in a bubble of its own time, and gives the menu last shown.
func watch(t *testing.T, state protocol.Snapshot, test func(b *book, c *companion, clicks chan<- click, shown func() Menu)) {
	synctest.Test(t, func(t *testing.T) {
		b, c := &book{state: state}, newCompanion()
		ctx, stop := context.WithCancel(t.Context())
		clicks := make(chan click)
		var last atomic.Pointer[Menu] // timers of the bubble write it while the test waits
		go follow(ctx, Options{Book: b, Companion: c, Came: c.came}, clicks, func(m Menu) { last.Store(&m) })
		shown := func() Menu {
			synctest.Wait()
			return *last.Load()
		}
		test(b, c, clicks, shown)
		stop()
		synctest.Wait()
		assert.Positive(t, b.stopped, "the subscription is given back")
	})
}

// soon is an order whose deadline is so far from the bubble's now.
func soon(left time.Duration) protocol.Order {
	o := rented(protocol.OrderWaiting)
	o.Deadline = time.Now().Add(left)
	return o
}

func TestFollowChanges(t *testing.T) {
	watch(t, fine(), func(b *book, _ *companion, _ chan<- click, shown func() Menu) {
		assert.Empty(t, shown().Orders)
		o := soon(10 * time.Minute)
		b.changes <- protocol.Change{Seq: 2, Order: &o}
		require.Len(t, shown().Orders, 1)
		assert.Contains(t, shown().Orders[0].Text, "waiting, 10 min left")
		<-time.After(9*time.Minute + 10*time.Second) // the bubble's own time
		assert.Contains(t, shown().Orders[0].Text, "waiting, 0:50 left")
	})
}

func TestFollowSubscribesAgain(t *testing.T) {
	for name, lose := range map[string]func(b *book){
		"after a gap":     func(b *book) { b.changes <- protocol.Change{Seq: 9} },
		"after a closing": func(b *book) { close(b.changes) },
	} {
		t.Run(name, func(t *testing.T) {
			watch(t, fine(), func(b *book, _ *companion, _ chan<- click, shown func() Menu) {
				assert.Equal(t, IconIdle, shown().Icon)
				b.state = fine(soon(time.Hour))
				lose(b)
				assert.Equal(t, IconWaiting, shown().Icon)
				assert.Equal(t, 1, b.stopped)
			})
		})
	}
}

func TestClicks(t *testing.T) {
	code := received("482913", time.Now().Add(24*time.Hour))
	other := rented(protocol.OrderWaiting)
	other.ID, other.Deadline = "2", time.Now().Add(100*time.Hour)
	old := rented(protocol.OrderRefunded)
	old.ID, old.Number = "3", "+2348030000000"
	asked := rented(protocol.OrderCancelling)
	asked.ID, asked.AskedBy = "4", []string{"c2"}
	state := fine(code, other, old, asked)
	for c, want := range map[click]string{
		{copying, 0}:                  "copy 482913",
		{copying, 1}:                  "copy +2348031234567",
		{copying, 7}:                  "",
		{recalling, 0}:                "copy +2348030000000",
		{cancelling, 0}:               "cancel 2",
		{cancelling, 1}:               "",
		{handing, 0}:                  "hand 4 to c2",
		{handing, 1}:                  "",
		{revoking, 0}:                 "revoke c2",
		{revoking, 3}:                 "",
		{what: pairing}:               "pair",
		{what: refreshing}:            "refresh",
		{what: keying}:                "ask key",
		{what: limiting}:              "ask limits",
		{switching, int(GiveBack)}:    "switch 2 true",
		{switching, int(CodesInThem)}: "switch 1 true",
		{what: logging}:               "open log",
		{what: introducing}:           "about",
		{what: quitting}:              "quit",
	} {
		watch(t, state, func(_ *book, has *companion, clicks chan<- click, shown func() Menu) {
			has.set(func() { has.browsers = []browser.Browser{{ID: "c2", Product: "Firefox"}} })
			shown()
			clicks <- c
			shown()
			close(has.did)
			assert.Equal(t, want, <-has.did, "%v", c)
		})
	}
}

func TestAClickThatFailed(t *testing.T) {
	watch(t, fine(rented(protocol.OrderCancelling)), func(_ *book, c *companion, clicks chan<- click, shown func() Menu) {
		c.set(func() { c.fail = errors.New("nothing was copied: install xclip") })
		clicks <- click{copying, 0}
		assert.Equal(t, []string{"Nothing was copied: install xclip"}, shown().Notices)
		c.set(func() { c.fail = nil })
		clicks <- click{what: pairing}
		assert.Empty(t, shown().Notices, "this one did something")
		assert.Contains(t, shown().Pair, "ABCD-EFGH (2:00 left)")
		<-time.After(2 * time.Minute)
		assert.Equal(t, "Add a browser…", shown().Pair)
		c.set(func() { c.fail = errors.New("no") })
		clicks <- click{copying, 0}
		assert.NotEmpty(t, shown().Notices)
		<-time.After(complaint)
		assert.Empty(t, shown().Notices, "it is not complained of for ever")
	})
}

// A dialog that waits for a person holds up neither the menu nor other clicks, and is
// opened once.
func TestADialogHoldsNothingUp(t *testing.T) {
	watch(t, fine(), func(b *book, c *companion, clicks chan<- click, shown func() Menu) {
		clicks <- click{what: keying}
		clicks <- click{what: keying}
		clicks <- click{what: refreshing}
		o := soon(10 * time.Minute)
		b.changes <- protocol.Change{Seq: 2, Order: &o}
		assert.Len(t, shown().Orders, 1)
		assert.ElementsMatch(t, []string{"ask key", "refresh"}, []string{<-c.did, <-c.did})
		assert.Empty(t, c.did)
		close(c.hold)
		shown()
		clicks <- click{what: keying}
		shown()
		assert.Equal(t, "ask key", <-c.did, "it can be opened again")
	})
}

// A purchase that only the person can decide is decided in the menu, by what was seen.
func TestAPurchaseIsDecided(t *testing.T) {
	asks := protocol.Intent{
		ID: "i1", State: protocol.IntentUnknown, NeedsDecision: true, ServiceName: "Telegram\x1b", Price: money.Money{Minor: 850_00, Currency: "NGN"}, CallingCode: "234",
		Candidates: []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Price: money.Money{Minor: 851_00, Currency: "NGN"}}},
	}
	waits := protocol.Intent{ID: "i2", State: protocol.IntentUnknown}
	state := fine()
	state.Intents = []protocol.Intent{asks, waits}
	watch(t, state, func(b *book, c *companion, clicks chan<- click, shown func() Menu) {
		m := shown()
		assert.Equal(t, IconAttention, m.Icon)
		assert.Contains(t, m.Notices, "Only you can say what came of a purchase: see Decide a purchase")
		assert.Equal(t, []Line{
			{Text: "Telegram  +234 803 123 4567 for 851.00 NGN was bought", Order: "o7", Intent: "i1"},
			{Text: "Telegram  nothing was bought for 850.00 NGN", Intent: "i1"},
		}, m.Decides)
		clicks <- click{deciding, 0}
		clicks <- click{deciding, 1}
		clicks <- click{deciding, 2}
		shown()
		assert.ElementsMatch(t, []string{"decide i1 o7", "decide i1 "}, []string{<-c.did, <-c.did})
		assert.Empty(t, c.did)
		asks.State, asks.NeedsDecision = protocol.IntentBought, false
		b.changes <- protocol.Change{Seq: 2, Intent: &asks}
		assert.Empty(t, shown().Decides)
	})
}

// What moves under the pointer is not what is clicked: a line keeps its place.
func TestLinesKeepTheirPlaces(t *testing.T) {
	order := func(id string) protocol.Order {
		o := soon(time.Hour)
		o.ID, o.Number = id, "+234803123456"+id
		return o
	}
	watch(t, fine(), func(b *book, c *companion, clicks chan<- click, shown func() Menu) {
		seq := uint64(1)
		change := func(o protocol.Order) Menu {
			seq++
			b.changes <- protocol.Change{Seq: seq, Order: &o}
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
		clicks <- click{cancelling, 1}
		clicks <- click{cancelling, 2}
		shown()
		assert.Equal(t, "cancel 3", <-c.did, "nothing was at the first place clicked")
		assert.Equal(t, []string{"1", "4", "3"}, places(change(order("4")).Orders))
	})
}

func TestBrowsers(t *testing.T) {
	asked := received("482913", time.Now().Add(24*time.Hour))
	asked.AskedBy = []string{"gone", "c2"}
	watch(t, fine(asked), func(_ *book, c *companion, _ chan<- click, shown func() Menu) {
		assert.Empty(t, shown().Asks, "nobody knows that browser")
		noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
		c.set(func() {
			c.browsers = []browser.Browser{
				{ID: "c1", Product: "Chromium 156", LastUsed: noon},
				{ID: "c2", Product: "Firefox\x1b 153", LastUsed: noon.Add(time.Hour), Connected: true},
			}
		})
		assert.Equal(t, []Line{
			{Text: "Firefox 153  here now", Browser: "c2"}, {Text: "Chromium 156  last here 1 May 12:00", Browser: "c1"},
		}, shown().Browsers)
		require.Len(t, shown().Asks, 1)
		assert.Equal(t, "Let Firefox 153 have the code of +234 803 123 4567", shown().Asks[0].Text)
		c.set(func() { c.browsers[0].LastUsed = noon.Add(2 * time.Hour) })
		assert.Equal(t, "c2", shown().Browsers[0].Browser, "they keep their places")
	})
}

func TestMoreBrowsersThanLines(t *testing.T) {
	var own Own
	for i := range maxBrowsers + 2 {
		own.Browsers = append(own.Browsers, browser.Browser{ID: string(rune('a' + i)), Product: "b", LastUsed: noon.Add(time.Duration(i) * time.Hour)})
	}
	m := NewMenu(fine(), own, noon)
	require.Len(t, m.Browsers, maxBrowsers)
	assert.Equal(t, "h", m.Browsers[0].Browser, "the last used comes first")
}
