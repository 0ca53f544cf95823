package server

import "net"

// listener accepts the connections of this user's programs, as pending ones.
type listener struct {
	net.Listener
	bridge *Server
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
func (s *Server) foreign(conn net.Conn) bool {
	uid, err := peerUID(conn)
	if err != nil {
		s.unidentified.Do(func() {
			s.opts.Log.Info("the user of a connection can't be found out, so the handshake alone decides", "cause", err)
		})
		return false
	}
	if uid == 0 || uid == s.uid {
		return false
	}
	s.strangers.Do(func() {
		s.opts.Log.Warn("a program of another user was refused", "uid", uid)
	})
	return true
}
