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
	codeLife        = 2 * time.Minute
	attemptsAtOnce  = 5
	attemptInterval = 2 * time.Second
)

// pairing is the one code that may be alive, and the brake on those who try codes.
type pairing struct {
	attempts *rate.Limiter

	mu      sync.Mutex
	code    channel.PairingCode
	expires time.Time // zero: there is no code
}

func newAttempts() *rate.Limiter { return rate.NewLimiter(rate.Every(attemptInterval), attemptsAtOnce) }

// Pair makes a code that one browser can be paired with before it expires. A code
// made earlier is void.
func (s *Server) Pair() (code string, expires time.Time) {
	p := &s.pairing
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh, err := channel.NewPairingCode(uint16(s.opts.Port), rand.Reader)
	if err != nil {
		panic(err) // crypto/rand ends the program before it fails
	}
	p.code, p.expires = fresh, s.opts.Now().Add(codeLife).UTC()
	return p.code.String(), p.expires
}

// turn waits until a code may be tried once more: one who guesses can't keep out the
// one who knows. Whoever would have to wait longer than patience is sent away.
func (p *pairing) turn(ctx context.Context, now time.Time, patience time.Duration) bool {
	place := p.attempts.ReserveN(now, 1)
	wait := place.DelayFrom(now)
	if wait > patience {
		place.CancelAt(now)
		return false
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// live is the code that may be used now.
func (p *pairing) live(now time.Time) (channel.PairingCode, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code, now.Before(p.expires)
}

// use ends the code's life, and reports whether it was the caller who did.
func (p *pairing) use(code channel.PairingCode, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.code != code || !now.Before(p.expires) {
		return false
	}
	p.code, p.expires = channel.PairingCode{}, time.Time{}
	return true
}
