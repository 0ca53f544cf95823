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

// book is a Book that a test writes.
type book struct {
	state   protocol.Snapshot
	changes chan protocol.Change
}

func (b *book) Subscribe() (protocol.Snapshot, <-chan protocol.Change, func()) {
	c := make(chan protocol.Change)
	if b.changes == nil {
		b.changes = c
	}
	return b.state, b.changes, func() {}
}

// memory is what was told, as it outlives a herald.
type memory struct {
	since time.Time
	keys  map[string]bool
	full  bool
}

var errFull = errors.New("no space left on device")

func (m *memory) Open() (keys []string, since time.Time, err error) {
	for key := range m.keys {
		keys = append(keys, key)
	}
	return keys, m.since, nil
}

func (m *memory) Put(key string) error {
	if m.full {
		return errFull
	}
	m.keys[key] = true
	return nil
}

func (m *memory) Delete(keys ...string) error {
	for _, key := range keys {
		delete(m.keys, key)
	}
	return nil
}

// town is where the news are told.
type town struct {
	*book
	told       *memory
	settings   Settings
	changed    chan struct{}
	generation string
	heard      []string
	notices    []desktop.Notice
	copied     []string
	deaf       error
	log        bytes.Buffer
}

func newTown(s protocol.Snapshot) *town {
	return &town{book: &book{state: s}, told: &memory{since: noon.Add(-100 * 365 * 24 * time.Hour), keys: map[string]bool{}}, changed: make(chan struct{}), generation: "g1"}
}

// listen runs a herald for as long as do takes, in a bubble of its own time.
func (w *town) listen(t *testing.T, do func(heard func() []string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if w.changes != nil {
			w.changes = make(chan protocol.Change)
		}
		w.changed = make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		go Run(ctx, Options{
			Book: w.book, Told: w.told, Settings: func() Settings { return w.settings }, Changed: w.changed,
			Generation: func() string { return w.generation },
			Show: func(_ context.Context, n desktop.Notice) error {
				w.notices = append(w.notices, n)
				w.heard = append(w.heard, n.Title)
				return w.deaf
			},
			Copy: func(_ context.Context, text string) error {
				w.copied = append(w.copied, text)
				return w.deaf
			},
			Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		})
		do(func() []string {
			synctest.Wait()
			heard := w.heard
			w.heard = nil
			return heard
		})
		stop()
		synctest.Wait()
		w.changes = nil
	})
}

func (w *town) change(c protocol.Change) {
	w.state.Seq++
	c.Seq = w.state.Seq
	w.state.Apply(c)
	if c.Order != nil {
		w.state.Orders = []protocol.Order{*c.Order}
	}
	if c.Key != nil {
		w.state.Key = *c.Key
	}
	if c.Wallet != nil {
		w.state.Wallet = c.Wallet
	}
	w.changes <- c
}

func TestEachIsToldOnce(t *testing.T) {
	w := newTown(state(order(protocol.OrderWaiting)))
	var came time.Time
	w.listen(t, func(heard func() []string) {
		assert.Empty(t, heard())
		came = time.Now()
		o := coded("482913", came)
		w.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"Code 482913"}, heard())
		o.AskedBy = []string{"c2"}
		w.change(protocol.Change{Order: &o})
		assert.Empty(t, heard(), "the same code")
		later := came.Add(time.Minute)
		o = coded("5555", later)
		w.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"Code 5555"}, heard(), "another code of the same number")
		lagged := w.changes
		w.changes = nil
		close(lagged)
		assert.Empty(t, heard(), "the state is read again")
	})
	w.listen(t, func(heard func() []string) {
		assert.Empty(t, heard(), "after a restart")
	})
}

func TestWhatHappenedMeanwhileIsTold(t *testing.T) {
	w := newTown(state(order(protocol.OrderRefunded)))
	w.listen(t, func(heard func() []string) {
		assert.Equal(t, []string{"Refunded: 850.00 NGN"}, heard())
	})
}

func TestWhatBeginsAgainIsToldAgain(t *testing.T) {
	w := newTown(state())
	wallet := func(minor int64) protocol.Change {
		return protocol.Change{Wallet: &protocol.Wallet{Balance: naira(minor)}}
	}
	key := func(s protocol.KeyState) protocol.Change { return protocol.Change{Key: &protocol.Key{State: s}} }
	w.listen(t, func(heard func() []string) {
		heard()
		w.change(wallet(10_00))
		assert.Equal(t, []string{"The balance is low: 10.00 NGN"}, heard())
		w.change(wallet(5_00))
		assert.Empty(t, heard(), "it is low still")
		w.change(wallet(2000_00))
		w.change(wallet(1_00))
		assert.Equal(t, []string{"The balance is low: 1.00 NGN"}, heard())

		w.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"The API key is refused"}, heard())
		w.change(key(protocol.KeyUnchecked))
		w.change(key(protocol.KeyRefused))
		assert.Empty(t, heard(), "the same key")
		w.generation = "g2"
		w.change(key(protocol.KeyUnchecked))
		w.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"The API key is refused"}, heard(), "another key")
		w.change(key(protocol.KeyOK))
		w.change(key(protocol.KeyRefused))
		assert.Equal(t, []string{"The API key is refused"}, heard(), "it was taken in between")
	})
	w.state.Key.State = protocol.KeyUnchecked
	w.listen(t, func(heard func() []string) {
		heard()
		w.change(key(protocol.KeyRefused))
		assert.Empty(t, heard(), "the same key, after a restart")
	})
}

func TestOffAtWish(t *testing.T) {
	w := newTown(state(order(protocol.OrderWaiting)))
	w.settings.Quiet = true
	w.listen(t, func(heard func() []string) {
		heard()
		o := coded("482913", time.Now())
		w.change(protocol.Change{Order: &o})
		assert.Empty(t, heard())
		w.settings = Settings{HideCodes: true}
		w.changed <- struct{}{}
		assert.Empty(t, heard(), "what happened before is not made up for")
		o = coded("5555", time.Now().Add(time.Second))
		w.change(protocol.Change{Order: &o})
		assert.Equal(t, []string{"A code is there"}, heard())
		assert.NotContains(t, w.notices[0].Title+w.notices[0].Body+w.notices[0].Button, "5555")

		w.notices[0].Press()
		assert.Equal(t, []string{"5555"}, w.copied, "hidden, it can be copied")
	})
}

func TestNobodyShowsThem(t *testing.T) {
	w := newTown(state())
	w.deaf = desktop.ErrNoNotices
	w.listen(t, func(heard func() []string) {
		heard()
		for i := range 5 {
			o := coded("482913", time.Now().Add(time.Duration(i)*time.Second))
			w.change(protocol.Change{Order: &o})
		}
		assert.Len(t, heard(), 5, "each is tried")
		w.notices[0].Press()
		synctest.Wait()
		assert.Equal(t, 1, strings.Count(w.log.String(), "there are no notifications"), "and it is said once")
		assert.NotContains(t, w.log.String(), "482913")
	})
}

func TestAFullDiskTellsAllTheSame(t *testing.T) {
	w := newTown(state())
	w.told.full = true
	w.listen(t, func(heard func() []string) {
		heard()
		for range 3 {
			o := coded("482913", time.Now())
			w.change(protocol.Change{Order: &o})
		}
		assert.Equal(t, []string{"Code 482913"}, heard())
		assert.Contains(t, w.log.String(), "no space left")
	})
}

// What is remembered does not grow with the history, and nothing is told again for it.
func TestWhatWasToldIsForgottenWithItsOrder(t *testing.T) {
	w := newTown(state())
	const many = 400
	w.listen(t, func(heard func() []string) {
		require.Empty(t, heard())
		began := time.Now()
		for i := range many {
			o := order(protocol.OrderRefunded)
			o.ID, o.CreatedAt = fmt.Sprint(i), began.Add(time.Duration(i)*time.Second)
			w.step(protocol.Change{Order: &o})
			require.Len(t, heard(), 1)
		}
		assert.LessOrEqual(t, len(w.told.keys), protocol.MaxClosedOrders+1)
		old := order(protocol.OrderRefunded)
		old.ID, old.CreatedAt, old.AskedBy = "0", began, []string{"c2"}
		w.step(protocol.Change{Order: &old})
		assert.Empty(t, heard(), "a change of one that was told long ago")
		waiting := order(protocol.OrderExpired)
		waiting.ID, waiting.CreatedAt, waiting.Problem = "late", began.Add(-time.Hour), nil
		w.step(protocol.Change{Order: &waiting})
		waiting.State = protocol.OrderCancelling
		w.step(protocol.Change{Order: &waiting})
		waiting.State = protocol.OrderRefunded
		w.step(protocol.Change{Order: &waiting})
		assert.Len(t, heard(), 1, "an old one that is given back now is news")
	})
	w.listen(t, func(heard func() []string) {
		assert.Empty(t, heard(), "after a restart")
		assert.LessOrEqual(t, len(w.told.keys), protocol.MaxClosedOrders+1)
	})
}

// step tells of a change, and is afterwards as a book would be.
func (w *town) step(c protocol.Change) {
	order := *c.Order
	c.Order = &order
	w.state.Seq++
	c.Seq = w.state.Seq
	before := w.state
	before.Seq--
	before.Apply(c)
	w.state.Orders = before.Orders
	w.changes <- c
}
