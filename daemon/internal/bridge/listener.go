package bridge

import "net"

// listener accepts the connections of this user's programs, as pending ones.
type listener struct {
	net.Listener
	bridge *Bridge
}

func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.bridge.foreign(conn) {
			abort(conn)
			continue
		}
		return l.bridge.pending.add(conn), nil
	}
}

// foreign reports that the peer is known to belong to another user. Root does not count:
// it can read everything anyway, and programs that relay connections from outside, such
// as WSL's, run as root. Where the user can't be found out, the handshake decides alone.
func (b *Bridge) foreign(conn net.Conn) bool {
	uid, err := peerUID(conn)
	if err != nil {
		b.unidentified.Do(func() {
			b.opts.Log.Info("the user of a connection can't be found out, so the handshake alone decides", "cause", err)
		})
		return false
	}
	if uid == 0 || uid == b.uid {
		return false
	}
	b.strangers.Do(func() {
		b.opts.Log.Warn("a program of another user was refused", "uid", uid)
	})
	return true
}
