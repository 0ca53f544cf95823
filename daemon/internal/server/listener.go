package server

import "net"

// listener accepts the connections of this user's programs and makes them pending ones.
type listener struct {
	net.Listener
	server *Server
}

func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.server.isOtherUser(conn) {
			abort(conn)
			continue
		}
		return l.server.pending.add(conn), nil
	}
}

// isOtherUser reports whether the peer is known to belong to another user. Root does not
// count: it can read everything anyway, and programs that relay connections from outside,
// such as WSL's, run as root. If the user is unknown, the handshake alone decides.
func (s *Server) isOtherUser(conn net.Conn) bool {
	uid, err := peerUID(conn)
	if err != nil {
		s.unknownUID.Do(func() {
			s.opts.Log.Info("the user of a connection is unknown, so the handshake alone decides", "cause", err)
		})
		return false
	}
	if uid == 0 || uid == s.uid {
		return false
	}
	s.refusals.Do(func() {
		s.opts.Log.Warn("refused a program of another user", "uid", uid)
	})
	return true
}
