package server

import (
	"context"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// SetTimeouts replaces the timeouts of handshake steps, of idle sessions and of writes.
func (s *Server) SetTimeouts(handshake, idle, write time.Duration) {
	s.handshakeTimeout, s.idleTimeout, s.writeTimeout = handshake, idle, write
}

// Limits that tests reach.
const (
	MaxPending           = maxPending
	MaxSessionsPerClient = maxSessionsPerClient
	MaxConcurrent        = maxConcurrent
	MaxInFlight          = maxInFlight
	MaxQueuedBytes       = maxQueuedBytes
	AttemptBurst         = attemptBurst
	AttemptInterval      = attemptInterval
)

// PendingLimit calls pendingLimit.
func PendingLimit(files int) int { return pendingLimit(files) }

// SetPendingLimit sets the limit of each stage.
func (s *Server) SetPendingLimit(connections int) { s.pending.limit = connections }

// SetUID makes s accept only connections of the given user.
func (s *Server) SetUID(uid int) { s.uid = uid }

// PeerUID calls peerUID.
func PeerUID(conn net.Conn) (int, error) { return peerUID(conn) }

// WaitAttempt waits until a pairing code may be tried.
func (s *Server) WaitAttempt(ctx context.Context) bool {
	return s.pairing.waitAttempt(ctx, time.Now(), s.handshakeTimeout)
}

// HasCachedSecret reports whether a client's secret is in the cache.
func (s *Server) HasCachedSecret(client string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[client] != nil
}

// AddAfterClose adds a connection that was accepted while the server stopped.
func AddAfterClose(conn net.Conn) {
	var p pendingConns
	p.closeAll()
	p.add(conn)
}

// MethodNames returns the methods that sessions dispatch.
func MethodNames(*testing.T) []string {
	var names []string
	for name := range methods(noBackend{}, noBackend{}, nil) {
		names = append(names, name)
	}
	return names
}

// SharedMethods returns the methods whose results are shared.
func SharedMethods(*testing.T) []string {
	var names []string
	for name, m := range methods(noBackend{}, noBackend{}, nil) {
		if m.isShared(nil) {
			names = append(names, name)
		}
	}
	return names
}

// noBackend panics when it is called.
type noBackend struct {
	Orders
	Catalog
}

// Redact calls redact.
func Redact[T any](v T, client string) T { return redact(v, client) }

// NewRequestQueue returns a session's queue of requests that do runs.
func NewRequestQueue(do func(protocol.Message) (any, error), answer func(uint64, any, error)) *requestQueue {
	return &requestQueue{do: do, answer: func(_ protocol.Message, id uint64, result any, err error) { answer(id, result, err) }}
}

// Add adds a request that joins no other.
func (q *requestQueue) Add(m protocol.Message) bool { return q.add(m, "") }

// WaitForSharedReads blocks until exactly so many requests wait for shared reads.
func (s *Server) WaitForSharedReads(requests int) {
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
