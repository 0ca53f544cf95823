package server

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/logspanel/companion/shared/channel"
)

const (
	codeLifetime    = 2 * time.Minute
	attemptBurst    = 5
	attemptInterval = 2 * time.Second
)

// pairing holds the one pairing code that may be valid, and limits how fast codes can be
// tried.
type pairing struct {
	attempts *rate.Limiter

	mu      sync.Mutex
	code    channel.PairingCode
	expires time.Time // zero if there is no code
}

func newAttemptLimiter() *rate.Limiter {
	return rate.NewLimiter(rate.Every(attemptInterval), attemptBurst)
}

// Pair returns a new code that pairs one browser before it expires. It replaces an
// earlier code.
func (s *Server) Pair() (code string, expires time.Time) {
	p := &s.pairing
	p.mu.Lock()
	defer p.mu.Unlock()
	newCode, err := channel.NewPairingCode(uint16(s.opts.Port), rand.Reader)
	if err != nil {
		panic(err) // crypto/rand ends the program before it fails
	}
	p.code, p.expires = newCode, s.opts.Now().Add(codeLifetime).UTC()
	return p.code.String(), p.expires
}

// waitAttempt blocks until a code may be tried. It reports false if ctx ends first, and
// at once if the wait would be longer than timeout. Because attempts are delayed rather
// than refused, a program that guesses cannot lock out the browser that knows the code.
func (p *pairing) waitAttempt(ctx context.Context, now time.Time, timeout time.Duration) bool {
	reservation := p.attempts.ReserveN(now, 1)
	delay := reservation.DelayFrom(now)
	if delay > timeout {
		reservation.CancelAt(now)
		return false
	}
	select {
	case <-time.After(delay):
		return true
	case <-ctx.Done():
		return false
	}
}

// current returns the code, and whether it is valid now.
func (p *pairing) current(now time.Time) (code channel.PairingCode, valid bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code, now.Before(p.expires)
}

// redeem uses the code up. It reports false if the code is no longer valid, for example
// because another browser has redeemed it.
func (p *pairing) redeem(code channel.PairingCode, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.code != code || !now.Before(p.expires) {
		return false
	}
	p.code, p.expires = channel.PairingCode{}, time.Time{}
	return true
}
