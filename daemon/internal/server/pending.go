package server

import (
	"container/list"
	"net"
	"sync"
)

// stage says how much is known about a client that is not authenticated yet.
type stage int

const (
	stageNew            stage = iota // no valid upgrade yet, or it has failed since
	stageUnpairedOrigin              // only the pairing code that is valid now let its origin in
	stagePairedOrigin                // a browser was paired from its origin
	stageIdentified                  // it named a client of its origin, or knows the pairing code
	stageCount
)

// maxPending limits the connections in one stage. One program was measured to open 900
// connections a second, which leaves each of them four seconds; a browser that has to
// start its backend first needs less than one.
const maxPending = 4096

// pendingLimit returns the limit of one stage if the process may have files open. It
// leaves a share for the rest of the program.
func pendingLimit(files int) int { return min(maxPending, files/(int(stageCount)+1)) }

// pendingConns holds the connections whose clients are not authenticated. Each stage has
// a limit of its own: a full stage drops its oldest connection for a new one, so a flood of
// connections can only drop those that have got no further than itself.
type pendingConns struct {
	limit int

	mu     sync.Mutex
	closed bool
	conns  [stageCount]list.List // of *pendingConn, oldest first
}

// pendingConn is a connection that stops being pending when it is released or closed.
type pendingConn struct {
	net.Conn
	pending *pendingConns
	stage   stage
	element *list.Element // nil if it is not pending
}

// add makes conn pending. After closeAll it closes conn instead.
func (p *pendingConns) add(conn net.Conn) *pendingConn {
	c := &pendingConn{Conn: conn, pending: p}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		abort(conn)
		return c
	}
	p.addLocked(c, stageNew)
	return c
}

func (p *pendingConns) addLocked(c *pendingConn, s stage) {
	conns := &p.conns[s]
	if conns.Len() == p.limit {
		oldest := conns.Remove(conns.Front()).(*pendingConn)
		oldest.element = nil
		abort(oldest.Conn)
	}
	c.stage, c.element = s, conns.PushBack(c)
}

func (p *pendingConns) removeLocked(c *pendingConn) {
	if c.element != nil {
		p.conns[c.stage].Remove(c.element)
		c.element = nil
	}
}

// moveTo puts the connection into another stage, unless it is no longer pending.
func (c *pendingConn) moveTo(s stage) {
	c.pending.mu.Lock()
	defer c.pending.mu.Unlock()
	if c.element == nil || c.stage == s {
		return
	}
	c.pending.removeLocked(c)
	c.pending.addLocked(c, s)
}

// release takes an authenticated client's connection out of the pending ones.
func (c *pendingConn) release() {
	c.pending.mu.Lock()
	defer c.pending.mu.Unlock()
	c.pending.removeLocked(c)
}

// Close closes the connection, pending or not.
func (c *pendingConn) Close() error {
	c.release()
	return c.Conn.Close()
}

// closeAll closes every pending connection, and makes add close later ones.
func (p *pendingConns) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for s := range p.conns {
		for p.conns[s].Len() > 0 {
			c := p.conns[s].Front().Value.(*pendingConn)
			p.removeLocked(c)
			_ = c.Conn.Close()
		}
	}
}

// abort resets a connection, so that the system keeps nothing of it, as it would after a
// normal close.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
