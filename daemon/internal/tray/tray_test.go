package tray

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

// book is a Book that a test writes.
type book struct {
	state    protocol.Snapshot
	changes  chan protocol.Change
	stopped  int
	browsers []Browser
	came     chan struct{}
}

func (b *book) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	b.changes = make(chan protocol.Change)
	return b.state, b.changes, func() { b.stopped++ }
}

// watch follows a book in a bubble of its own time, and gives the menu last shown.
func watch(t *testing.T, state protocol.Snapshot, test func(b *book, clicks chan<- click, shown func() Menu, put *string)) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{state: state, came: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		clicks := make(chan click)
		var last atomic.Pointer[Menu] // timers of the bubble write it while the test waits
		var put string
		go follow(ctx, Options{
			Book:     b,
			Browsers: func() []Browser { return b.browsers }, Came: b.came,
			Pair: func() (string, time.Time) { return "ABCD-EFGH", time.Now().Add(2 * time.Minute) },
			HandOver: func(order, browser string) error {
				put = order + " to " + browser
				return nil
			},
			Revoke: func(_ context.Context, browser string) error { return errors.New("could not revoke " + browser) },
		}, clicks, func(m Menu) { last.Store(&m) }, func(_ context.Context, text string) error {
			put = text
			if text == "+2348031234567" {
				return errNoClipboard
			}
			return nil
		})
		shown := func() Menu {
			synctest.Wait()
			return *last.Load()
		}
		test(b, clicks, shown, &put)
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
	watch(t, fine(), func(b *book, _ chan<- click, shown func() Menu, _ *string) {
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
			watch(t, fine(), func(b *book, _ chan<- click, shown func() Menu, _ *string) {
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
	watch(t, fine(code, rented(protocol.OrderCancelling)), func(_ *book, clicks chan<- click, shown func() Menu, put *string) {
		clicks <- click{copying, 0}
		assert.Empty(t, shown().Notices)
		assert.Equal(t, "482913", *put)

		clicks <- click{copying, 1}
		assert.Equal(t, []string{"Nothing was copied: install wl-clipboard, xclip or xsel"}, shown().Notices)

		clicks <- click{what: pairing}
		assert.Contains(t, shown().Pair, "ABCD-EFGH (2:00 left)")
		assert.Equal(t, "ABCD-EFGH", *put)
		assert.Empty(t, shown().Notices, "this one could be copied")
		<-time.After(2 * time.Minute)
		assert.Equal(t, "Add a browser…", shown().Pair)

		*put = ""
		clicks <- click{copying, 7}
		shown()
		assert.Empty(t, *put, "no order is there")
	})
}

func TestBrowsers(t *testing.T) {
	asked := received("482913", time.Now().Add(24*time.Hour))
	asked.AskedBy = []string{"gone", "c2"}
	watch(t, fine(asked), func(b *book, clicks chan<- click, shown func() Menu, put *string) {
		assert.Empty(t, shown().Asks, "nobody knows that browser")
		noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
		b.browsers = []Browser{
			{ID: "c1", Label: "Chromium 156", LastUsed: noon},
			{ID: "c2", Label: "Firefox\x1b 153", LastUsed: noon.Add(time.Hour), Here: true},
		}
		b.came <- struct{}{}
		assert.Equal(t, []Paired{{"Firefox 153  here now", "c2"}, {"Chromium 156  last here 1 May 12:00", "c1"}}, shown().Browsers)
		require.Len(t, shown().Asks, 1)
		assert.Equal(t, "Let Firefox 153 have the code of +234 803 123 4567", shown().Asks[0].Text)

		clicks <- click{handing, 0}
		shown()
		assert.Equal(t, asked.ID+" to c2", *put)
		clicks <- click{revoking, 1}
		assert.Equal(t, []string{"Could not revoke c1"}, shown().Notices)
	})
}

func TestMoreBrowsersThanLines(t *testing.T) {
	var own Own
	for i := range maxBrowsers + 2 {
		own.Browsers = append(own.Browsers, Browser{ID: string(rune('a' + i)), Label: "b", LastUsed: noon.Add(time.Duration(i) * time.Hour)})
	}
	m := NewMenu(fine(), own, noon)
	require.Len(t, m.Browsers, maxBrowsers)
	assert.Equal(t, "h", m.Browsers[0].ID, "the last used comes first")
}
