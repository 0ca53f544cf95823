package server

import (
	"context"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// Hurry shortens how long b waits for strangers, for the next message, and for a
// client to take one.
func (s *Server) Hurry(patience, idle, wait time.Duration) {
	s.patience, s.idle, s.wait = patience, idle, wait
}

// MaxPending is how many connections may be in one stage before their client has
// proved who it is.
const MaxPending = maxPending

// PlacesFor is how many of them fit where so many files may be open.
func PlacesFor(files int) int { return placesFor(files) }

// Bound sets how many connections may be in one stage.
func (s *Server) Bound(connections int) { s.pending.limit = connections }

// BelongTo makes b one of another user.
func (s *Server) BelongTo(uid int) { s.uid = uid }

// PeerUID is the user of the program at the other end.
func PeerUID(conn net.Conn) (int, error) { return peerUID(conn) }

// AttemptsAtOnce and AttemptInterval are the brake on trying codes.
const (
	AttemptsAtOnce  = attemptsAtOnce
	AttemptInterval = attemptInterval
)

// Turn waits until a pairing code may be tried.
func (s *Server) Turn(ctx context.Context) bool { return s.pairing.turn(ctx, time.Now(), s.patience) }

// SessionsEach is how many sessions one client may have.
const SessionsEach = sessionsEach

// Holds reports that b has a client's secret in memory.
func (s *Server) Holds(client string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[client] != nil
}

// EnterAfterTheEnd is a connection that was accepted as the bridge stopped.
func EnterAfterTheEnd(conn net.Conn) {
	var p pending
	p.shut()
	p.add(conn)
}

// AtOnce is how many requests of a session are worked on together, MaxUnanswered how
// many it may have in all, and MaxWaiting how many bytes of them may wait.
const (
	AtOnce        = atOnce
	MaxUnanswered = maxUnanswered
	MaxWaiting    = maxWaiting
)

// MethodNames are the requests that sessions pass on.
func MethodNames(*testing.T) []string {
	var names []string
	for name := range methods(nowhere{}, nowhere{}, nil) {
		names = append(names, name)
	}
	return names
}

type nowhere struct {
	Orders
	Catalog
}

// Withhold is what client gets to see of v.
func Withhold[T any](v T, client string) T { return withhold(v, client) }

// NewRequests are a session's requests, to be answered by do.
func NewRequests(do func(protocol.Message) (any, error), answer func(uint64, any, error)) *requests {
	return &requests{do: do, answer: func(_ protocol.Message, id uint64, result any, err error) { answer(id, result, err) }}
}

// Add takes a request that joins no other.
func (r *requests) Add(m protocol.Message) bool { return r.add(m, "") }

// SharedMethods are the requests that may get the answer of an earlier one.
func SharedMethods(*testing.T) []string {
	var names []string
	for name, m := range methods(nowhere{}, nowhere{}, nil) {
		if m.isShared(nil) {
			names = append(names, name)
		}
	}
	return names
}

// Sharing waits until so many requests share readings.
func (s *Server) Sharing(requests int) {
	for {
		s.reads.mu.Lock()
		n := 0
		for _, r := range s.reads.running {
			n += r.waiting
		}
		s.reads.mu.Unlock()
		if n == requests {
			return
		}
		runtime.Gosched()
	}
}
