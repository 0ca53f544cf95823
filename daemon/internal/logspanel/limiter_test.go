package logspanel

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		value, date string
		wait        time.Duration
		stated      bool
	}{
		{"", "", 0, false},
		{"0", "", 0, true},
		{"7", "", 7 * time.Second, true},
		{" 7 ", "", 7 * time.Second, true},
		{"86400", "", maxPause, true},
		{"18446744073709551615", "", maxPause, true},
		{"-1", "", 0, false},
		{"1.5", "", 0, false},
		{"soon", "", 0, false},
		{"Fri, 01 May 2026 12:00:30 GMT", "", 30 * time.Second, true},
		{"Friday, 01-May-26 12:00:30 GMT", "", 30 * time.Second, true},
		{"Fri, 01 May 2026 11:00:00 GMT", "", 0, true},
		{"Sat, 01 May 2027 12:00:00 GMT", "", maxPause, true},
		{"Fri, 01 May 2026 18:00:30 GMT", "Fri, 01 May 2026 18:00:00 GMT", 30 * time.Second, true}, // the local clock is wrong
		{"Fri, 01 May 2026 12:00:30 GMT", "nonsense", 30 * time.Second, true},
	} {
		header := http.Header{}
		header.Set("Retry-After", c.value)
		header.Set("Date", c.date)
		wait, stated := parseRetryAfter(header, now)
		assert.Equal(t, c.wait, wait, c.value)
		assert.Equal(t, c.stated, stated, c.value)
	}
}

// While too many requests to the provider nothing is sent, not even a purchase.
func TestPause(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(1000, 1000)
			assert.Equal(t, 20*time.Second, l.observe(status, http.Header{"Retry-After": {"20"}}))
			for _, e := range []endpoint{walletEndpoint, checkNumberEndpoint, buyNumberEndpoint, cancelNumberEndpoint} {
				_, wait, err := l.acquire(t.Context(), e)
				require.ErrorIs(t, err, ErrPaused)
				assert.Equal(t, 20*time.Second, wait)
			}
			// A response to an earlier request does not shorten the pause.
			l.observe(status, http.Header{"Retry-After": {"1"}})
			time.Sleep(19 * time.Second)
			_, wait, err := l.acquire(t.Context(), walletEndpoint)
			require.ErrorIs(t, err, ErrPaused)
			assert.Equal(t, time.Second, wait)
			time.Sleep(time.Second)
			_, _, err = l.acquire(t.Context(), buyNumberEndpoint)
			require.NoError(t, err)
		})
	}
}

// A pause without a stated length grows with each response, and a success resets it.
func TestPauseWithoutLength(t *testing.T) {
	l := newLimiter(1000, 1000)
	observe := func(status int) time.Duration { return l.observe(status, http.Header{}) }
	near := func(want, got time.Duration) { assert.InEpsilon(t, want, got, 0.31) }
	near(time.Second, observe(429))
	near(2*time.Second, observe(503))
	near(4*time.Second, observe(429))
	assert.Zero(t, observe(500))
	near(8*time.Second, observe(429))
	for range 10 {
		observe(429)
	}
	near(time.Minute, observe(429))
	assert.Zero(t, observe(200))
	near(time.Second, observe(429))
}

// A call that waits for the rate limiter is not sent where a pause begins meanwhile.
func TestPauseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, 1)
		_, _, err := l.acquire(t.Context(), walletEndpoint)
		require.NoError(t, err)
		late := make(chan error)
		go func() {
			_, _, err := l.acquire(t.Context(), buyNumberEndpoint)
			late <- err
		}()
		synctest.Wait()
		l.observe(http.StatusTooManyRequests, http.Header{"Retry-After": {"60"}})
		require.ErrorIs(t, <-late, ErrPaused)
	})
}

// During an outage reads are blocked and retried one at a time. Purchases and cancellations
// are always sent.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1000, 1000)
		call := func(e endpoint, result error) error {
			done, _, err := l.acquire(t.Context(), e)
			if err == nil {
				done(result)
			}
			return err
		}
		dead := &AmbiguousError{Status: http.StatusBadGateway}
		for range outageFailures {
			require.NoError(t, call(walletEndpoint, dead))
		}
		_, wait, err := l.acquire(t.Context(), walletEndpoint)
		require.ErrorIs(t, err, ErrOutage)
		assert.Equal(t, outagePause, wait)
		require.NoError(t, call(buyNumberEndpoint, dead))
		require.NoError(t, call(cancelNumberEndpoint, dead))

		time.Sleep(outagePause + time.Second)
		probe, _, err := l.acquire(t.Context(), walletEndpoint)
		require.NoError(t, err, "one call probes")
		_, wait, err = l.acquire(t.Context(), walletEndpoint)
		require.ErrorIs(t, err, ErrOutage, "and only one")
		assert.Equal(t, time.Second, wait)
		probe(nil)
		require.NoError(t, call(walletEndpoint, nil))
	})
}

// A refusal, an unreadable response and a caller that gives up are not an outage.
func TestNoOutage(t *testing.T) {
	l := newLimiter(1000, 1000)
	for _, result := range []error{
		nil,
		&Error{Status: 500, Code: CodeNumberOutOfStock},
		&AmbiguousError{Status: 200, Cause: errors.New("no JSON")},
		&AmbiguousError{Cause: context.Canceled},
		&NotSentError{Cause: context.Canceled},
	} {
		for range 2 * outageFailures {
			done, _, err := l.acquire(t.Context(), walletEndpoint)
			require.NoError(t, err)
			done(result)
		}
	}
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(defaultRate, defaultBurst)
		began := time.Now()
		for range defaultBurst + 2*defaultRate {
			_, _, err := l.acquire(t.Context(), buyNumberEndpoint)
			require.NoError(t, err)
		}
		assert.Equal(t, 2*time.Second, time.Since(began))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, _, err := l.acquire(ctx, buyNumberEndpoint)
		require.Error(t, err, "no time to wait for a turn")
	})
}
