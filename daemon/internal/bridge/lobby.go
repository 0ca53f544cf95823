package bridge

import (
	"net"
	"slices"
	"sync"
)

// lobbySize is how many connections may wait at once that have proved nothing yet.
const lobbySize = 32

// lobby holds connections from their first byte until the client has proved itself.
// When it is full, whoever has waited longest has to go.
type lobby struct {
	mu      sync.Mutex
	closed  bool
	waiting []*visitor // oldest first
}

// visitor is a connection that leaves the lobby when it is closed, if not before.
type visitor struct {
	net.Conn
	lobby *lobby
}

func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}

func (v *visitor) leave() {
	v.lobby.mu.Lock()
	defer v.lobby.mu.Unlock()
	v.lobby.waiting = slices.DeleteFunc(v.lobby.waiting, func(w *visitor) bool { return w == v })
}

// door is a listener whose connections enter through the lobby.
type door struct {
	net.Listener
	lobby *lobby
}

func (d door) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return d.lobby.enter(conn), nil
}

func (l *lobby) enter(conn net.Conn) *visitor {
	v := &visitor{conn, l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = conn.Close()
		return v
	}
	if len(l.waiting) == lobbySize {
		_ = l.waiting[0].Conn.Close()
		l.waiting = slices.Delete(l.waiting, 0, 1)
	}
	l.waiting = append(l.waiting, v)
	return v
}

// shut cuts off everyone who waits, and everyone who comes later.
func (l *lobby) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, v := range l.waiting {
		_ = v.Conn.Close()
	}
	l.waiting = nil
}
