package logspanel

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"
)

// The provider publishes no rate limit. It advises to check an order every 5 to 10
// seconds; this leaves room for a few orders and the pages of a catalog.
const (
	defaultRate  = 5 // calls per second
	defaultBurst = 10

	maxPause       = 5 * time.Minute  // the longest pause that one response can impose
	outageFailures = 5                // failures in a row until reads are blocked
	outagePause    = 15 * time.Second // until one read may try again
)

// limiter applies one rate to all calls of a client. It blocks all of them while the
// provider asks for a pause, and blocks reads during an outage.
type limiter struct {
	bucket  *rate.Limiter
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]

	mu          sync.Mutex
	pausedUntil time.Time                   // the provider wants no calls before this
	outageUntil time.Time                   // the breaker is open until this
	backoff     *backoff.ExponentialBackOff // for pauses without a stated length
}

func newLimiter(perSecond float64, burst int) *limiter {
	l := &limiter{
		bucket: rate.NewLimiter(rate.Limit(perSecond), burst),
		backoff: &backoff.ExponentialBackOff{
			InitialInterval:     time.Second,
			RandomizationFactor: 0.3,
			Multiplier:          2,
			MaxInterval:         time.Minute,
		},
	}
	l.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:      outagePause,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= outageFailures },
		IsSuccessful: func(err error) bool { return !isOutage(err) },
		IsExcluded:   isCanceledByCaller,
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.outageUntil = time.Now().Add(outagePause)
			}
		},
	})
	return l
}

// acquire blocks until the call may be sent. The caller then passes the call's error to
// done, which is never nil. Where the call is not allowed now, err is ErrPaused or
// ErrOutage, and wait says for how much longer.
func (l *limiter) acquire(ctx context.Context, e endpoint) (done func(error), wait time.Duration, err error) {
	if wait := l.pauseLeft(); wait > 0 {
		return nil, wait, ErrPaused
	}
	if err := l.bucket.Wait(ctx); err != nil {
		return nil, 0, err
	}
	// Another call may have met a pause while this one waited.
	if wait := l.pauseLeft(); wait > 0 {
		return nil, wait, ErrPaused
	}
	if e.movesMoney {
		return func(error) {}, 0, nil
	}
	if done, err = l.breaker.Allow(); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return nil, max(time.Until(l.outageUntil), time.Second), ErrOutage
	}
	return done, 0, nil
}

func (l *limiter) pauseLeft() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.pausedUntil)
}

// observe takes note of a response. It returns how long the provider wants no calls, or
// 0 where it does not ask for a pause.
func (l *limiter) observe(status int, header http.Header) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait, stated := parseRetryAfter(header, time.Now())
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		if status < 500 {
			l.backoff.Reset()
		}
		return wait
	}
	if !stated {
		wait = l.backoff.NextBackOff()
	}
	if until := time.Now().Add(wait); until.After(l.pausedUntil) {
		l.pausedUntil = until
	}
	return wait
}

// parseRetryAfter reads the Retry-After header, which is a number of seconds or a date. A date
// is compared with the response's own Date where there is one, so that a wrong local
// clock does no harm.
func parseRetryAfter(header http.Header, now time.Time) (wait time.Duration, stated bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxPause/time.Second))) * time.Second, true
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return min(max(until.Sub(now), 0), maxPause), true
}
