package server

import (
	"container/list"
	"net"
	"sync"
)

// stage is how much is known of a client that has not proved who it is.
type stage int

const (
	unheard  stage = iota // it has made no valid upgrade, or has failed since
	unpaired              // a live pairing code alone let its origin in
	paired                // a browser was paired from its origin
	named                 // it named a client of its origin, or knows the pairing code
	stages
)

// maxPending is how many connections may be in one stage at once. At 900 new ones a
// second, which is what one program was measured to open, each has four seconds; a
// browser that has to start its backend first needs less than one.
const maxPending = 4096

// placesFor is how many connections one stage takes where so many files may be open. It
// leaves a share for the rest of the program.
func placesFor(files int) int { return min(maxPending, files/(int(stages)+1)) }

// pending holds the connections of clients that have not proved who they are. Each
// stage has its own places: a connection is closed only for the sake of a newer one
// that has come equally far, and then the oldest is.
type pending struct {
	limit int

	mu     sync.Mutex
	closed bool
	conns  [stages]list.List // of *pendingConn, oldest first
}

// pendingConn is a connection that is no longer pending when it is closed, if not before.
type pendingConn struct {
	net.Conn
	pending *pending
	stage   stage
	place   *list.Element // nil: it is not pending
}

func (p *pending) add(conn net.Conn) *pendingConn {
	c := &pendingConn{Conn: conn, pending: p}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		abort(conn)
		return c
	}
	p.put(c, unheard)
	return c
}

// put gives a connection a place in a stage. It requires the lock.
func (p *pending) put(c *pendingConn, s stage) {
	conns := &p.conns[s]
	if conns.Len() == p.limit {
		oldest := conns.Remove(conns.Front()).(*pendingConn)
		oldest.place = nil
		abort(oldest.Conn)
	}
	c.stage, c.place = s, conns.PushBack(c)
}

func (p *pending) remove(c *pendingConn) {
	if c.place != nil {
		p.conns[c.stage].Remove(c.place)
		c.place = nil
	}
}

// reach moves a connection to a stage, unless it is no longer pending.
func (c *pendingConn) reach(s stage) {
	c.pending.mu.Lock()
	defer c.pending.mu.Unlock()
	if c.place == nil || c.stage == s {
		return
	}
	c.pending.remove(c)
	c.pending.put(c, s)
}

// leave ends the wait of a client that has proved who it is.
func (c *pendingConn) leave() {
	c.pending.mu.Lock()
	defer c.pending.mu.Unlock()
	c.pending.remove(c)
}

// Close closes the connection, wherever it stands.
func (c *pendingConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// shut cuts off every pending connection, and every one that comes later.
func (p *pending) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for s := range p.conns {
		for p.conns[s].Len() > 0 {
			c := p.conns[s].Front().Value.(*pendingConn)
			p.remove(c)
			_ = c.Conn.Close()
		}
	}
}

// abort closes a connection without a farewell that the system would have to keep up.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
