package orders_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

const month = 30 * 24 * time.Hour

// clocks are two clocks that a test can set: this computer's and the provider's.
type clocks struct{ here, there atomic.Int64 } // nanoseconds ahead

func (c *clocks) setup() setup {
	return setup{
		now:          func() time.Time { return time.Now().Add(time.Duration(c.here.Load())) },
		providerTime: func() (time.Time, bool) { return time.Now().Add(time.Duration(c.there.Load())), true },
	}
}

// delivered buys a number and delivers a marked code.
func delivered(t *testing.T, s *testService) string {
	t.Helper()
	id := s.buy(t).OrderID
	s.changeProvider(func(a *fakeProvider) {
		for i := range a.orders {
			if string(a.orders[i].ID) == id {
				a.orders[i].Code, a.orders[i].Message = "marked-code", "marked-message"
			}
		}
	})
	pass(time.Minute)
	require.Equal(t, "marked-code", s.order(t, id).Code)
	return id
}

func inFile(t *testing.T, s *testService) (found bool) {
	t.Helper()
	raw, err := os.ReadFile(s.path)
	require.NoError(t, err)
	return bytes.Contains(raw, []byte("marked-"))
}

func TestOldCodesAreErased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), new(clocks).setup())
		id := delivered(t, s)
		before := s.order(t, id)
		ledger, err := s.Ledger()
		require.NoError(t, err)
		pass(month - time.Hour)
		assert.Equal(t, "marked-code", s.order(t, id).Code)
		assert.True(t, inFile(t, s))
		_, changes, stop := s.Subscribe()
		defer stop()
		pass(8 * time.Hour)

		after := s.order(t, id)
		assert.True(t, (<-changes).Order.Erased, "browsers are told")
		assert.False(t, inFile(t, s), "neither in a row nor in what a row left behind")
		want := before
		want.Code, want.Message, want.Received, want.Erased = "", "", protocol.OneTimeCode{}, true
		assert.Equal(t, want, after, "all else stays")
		again, err := s.Ledger()
		require.NoError(t, err)
		assert.Equal(t, ledger, again)
		_, err = s.Code(t.Context(), "me", id)
		assert.Equal(t, protocol.CodeOrderNotFound, protocol.AsError(err).Code)
		page, err := s.List(t.Context())
		require.NoError(t, err)
		assert.Empty(t, page.Orders[0].Code+page.Orders[0].Message, "though the provider still has it")
		s = s.reopen(t)
		assert.Equal(t, after, s.order(t, id))
	})
}

// The refusal of a purchase may contain the provider's text, which may name a number or code.
func TestOldRefusalsLoseTheProvidersWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newFakeProvider()
		a.before = func(call string, _ int) error {
			if call != "buy" {
				return nil
			}
			return &logspanel.Error{Status: 422, Code: logspanel.CodeValidationFailed, Message: "marked-words"}
		}
		c := new(clocks)
		s := open(t, a, filepath.Join(t.TempDir(), "journal.db"), c.setup())
		q := s.quote(t)
		_, err := s.Buy(t.Context(), "me", confirm(q))
		require.ErrorContains(t, err, "marked-words")
		s.stop()
		s = open(t, a, s.path, c.setup()) // which reads it from the journal
		pass(month - time.Hour)
		assert.True(t, inFile(t, s))
		pass(8 * time.Hour)
		assert.False(t, inFile(t, s))
		_, err = s.Buy(t.Context(), "me", confirm(q))
		assert.Equal(t, string(logspanel.CodeValidationFailed), protocol.AsError(err).Provider, "why it was refused stays known")
	})
}

// If the retention setting was lost, nothing is erased.
func TestALostDecisionErasesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), new(clocks).setup())
		id := delivered(t, s)
		require.NoError(t, s.MarkSettingsLost())
		assert.Zero(t, s.Retention())
		pass(2 * month)
		assert.Equal(t, "marked-code", s.order(t, id).Code)
		require.NoError(t, s.SetRetention(30))
		synctest.Wait()
		assert.True(t, s.order(t, id).Erased)
	})
}

// Codes that are too old when the companion starts are erased then.
func TestOldCodesAreErasedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path, c := filepath.Join(t.TempDir(), "journal.db"), new(clocks)
		s := open(t, newFakeProvider(), path, c.setup())
		id := delivered(t, s)
		s.stop()
		pass(2 * month)
		s = open(t, s.provider, path, c.setup())
		assert.True(t, s.order(t, id).Erased)
		assert.False(t, inFile(t, s))
	})
}

// One clock that is ahead, here or at the provider, causes no erasure.
func TestAClockThatJumpsErasesNothing(t *testing.T) {
	for name, of := range map[string]func(*clocks) *atomic.Int64{
		"here": func(c *clocks) *atomic.Int64 { return &c.here }, "the provider's": func(c *clocks) *atomic.Int64 { return &c.there },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at := new(clocks)
				s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), at.setup())
				id := delivered(t, s)
				of(at).Store(int64(2 * month))
				pass(24 * time.Hour)
				assert.Equal(t, "marked-code", s.order(t, id).Code)
				at.here.Store(int64(2 * month))
				at.there.Store(int64(2 * month))
				pass(24 * time.Hour)
				assert.True(t, s.order(t, id).Erased)
			})
		})
	}
}

// Nothing is erased while the provider's time is not known.
func TestWithoutTheProvidersTimeNothingIsErased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var known atomic.Bool
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), setup{
			now: time.Now, providerTime: func() (time.Time, bool) { return time.Now(), known.Load() },
		})
		id := delivered(t, s)
		pass(2 * month)
		assert.Equal(t, "marked-code", s.order(t, id).Code)
		known.Store(true)
		pass(2 * time.Minute)
		assert.True(t, s.order(t, id).Erased)
	})
}

func TestThePersonSaysHowLongCodesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clocks)
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), c.setup())
		assert.Equal(t, 30, s.Retention())
		for _, days := range []int{-1, 3651} {
			assert.Error(t, s.SetRetention(days))
		}
		require.NoError(t, s.SetRetention(0))
		id := delivered(t, s)
		pass(10 * month)
		assert.Equal(t, "marked-code", s.order(t, id).Code, "for ever")
		s.stop()
		s = open(t, s.provider, s.path, c.setup())
		assert.Equal(t, 0, s.Retention(), "it is kept over a restart")
		require.NoError(t, s.SetRetention(7))
		synctest.Wait()
		assert.True(t, s.order(t, id).Erased, "at once")
	})
}

// All old orders are erased, but not an open one.
func TestAHistoryIsErased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), new(clocks).setup())
		const many = 450 // more than one batch
		s.changeProvider(func(a *fakeProvider) {
			for i := range many {
				a.orders = append(a.orders, logspanel.NumberOrder{
					ID: logspanel.ID(fmt.Sprint("foreign-", i)), Status: "completed", Number: fmt.Sprintf("+1917%07d", i), Price: naira(850),
					Code: "marked-code", Message: "marked-message", CreatedAt: time.Now(),
				})
			}
		})
		for i := range many {
			_, err := s.Code(t.Context(), "other", fmt.Sprint("foreign-", i)) // this adds the order to the journal
			require.Error(t, err)
		}
		require.True(t, inFile(t, s))
		pass(month + 25*time.Hour)
		assert.False(t, inFile(t, s))
		for _, o := range s.Snapshot().Orders {
			assert.True(t, o.Erased)
		}
	})
}
