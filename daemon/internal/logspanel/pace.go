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

// The provider publishes no rate limit. Its advice to check an order every 5 to 10
// seconds leaves room for a few orders and the pages of a catalogue.
const (
	defaultRate  = 5 // calls a second
	defaultBurst = 10

	maxHold        = 5 * time.Minute  // the longest pause that one answer can impose
	outageFailures = 5                // in a row, until reads are held back
	outagePause    = 15 * time.Second // until one call may try again
)

// pace keeps all calls of a client, whoever makes them, to one rate; it holds all
// of them while the provider asks for a pause, and the reads in an outage.
type pace struct {
	limiter *rate.Limiter
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]

	mu      sync.Mutex
	held    time.Time                   // until when the provider wants no calls
	outage  time.Time                   // until when the breaker is open
	backoff *backoff.ExponentialBackOff // for pauses whose length the provider leaves open
}

func newPace(perSecond float64, burst int) *pace {
	p := &pace{
		limiter: rate.NewLimiter(rate.Limit(perSecond), burst),
		backoff: &backoff.ExponentialBackOff{
			InitialInterval:     time.Second,
			RandomizationFactor: 0.3,
			Multiplier:          2,
			MaxInterval:         time.Minute,
		},
	}
	p.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:      outagePause,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= outageFailures },
		IsSuccessful: func(err error) bool { return !isOutage(err) },
		IsExcluded:   isGivenUp,
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.outage = time.Now().Add(outagePause)
			}
		},
	})
	return p
}

// enter waits for the call's turn. The caller passes the call's error to done,
// which is never nil. A refusal comes with the time it will last.
func (p *pace) enter(ctx context.Context, e endpoint) (done func(error), wait time.Duration, err error) {
	if wait := p.hold(); wait > 0 {
		return nil, wait, ErrHeld
	}
	if err := p.limiter.Wait(ctx); err != nil {
		return nil, 0, err
	}
	// Another call may have been told to pause while this one waited.
	if wait := p.hold(); wait > 0 {
		return nil, wait, ErrHeld
	}
	if e.acts {
		return func(error) {}, 0, nil
	}
	if done, err = p.breaker.Allow(); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		return nil, max(time.Until(p.outage), time.Second), ErrOutage
	}
	return done, 0, nil
}

func (p *pace) hold() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.held)
}

// observe takes note of an answer, and returns how long its provider wants to be
// left alone: 0 where it doesn't mind.
func (p *pace) observe(status int, header http.Header) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait, named := retryAfter(header, time.Now())
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		if status < 500 {
			p.backoff.Reset()
		}
		return wait
	}
	if !named {
		wait = p.backoff.NextBackOff()
	}
	if until := time.Now().Add(wait); until.After(p.held) {
		p.held = until
	}
	return wait
}

// retryAfter reads the header in both its forms. A date counts from the answer's
// own Date where there is one, so that a wrong clock here does no harm.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, named bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxHold/time.Second))) * time.Second, true
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return min(max(until.Sub(now), 0), maxHold), true
}
