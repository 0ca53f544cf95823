package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// maxHandshakeFrame is the size in bytes of the largest frame that an unauthenticated
// client may send.
const maxHandshakeFrame = 4 << 10

// Errors that end a connection before its session begins.
var (
	errNoPairing       = closeError{protocol.CloseNoPairing, "make a new pairing code and use it within two minutes"}
	errUnknownClient   = closeError{protocol.CloseUnknownClient, "pair this browser again"}
	errKeyringLocked   = closeError{protocol.CloseLocked, "unlock the keyring"}
	errTimeout         = closeError{protocol.CloseSlow, "nothing was said in time"}
	errStoreUnreadable = closeError{websocket.CloseInternalServerErr, "the companion can't read its journal"}
)

// authenticate runs the handshake and then the session. It returns the reason for which
// the connection ends.
func (s *Server) authenticate(ctx context.Context, ws *websocket.Conn, peer *pendingConn, origin string) error {
	ws.SetReadLimit(maxHandshakeFrame)
	_ = ws.SetReadDeadline(time.Now().Add(s.handshakeTimeout))
	first, err := readFrame(ws)
	if err != nil {
		return err
	}
	id, err := channel.ReadClientID(first)
	if err != nil {
		return err
	}
	claimed, err := s.lookUp(ctx, peer, id, origin)
	if err != nil {
		return err
	}
	binding := channel.Binding{Version: protocol.Version, ClientID: id, Origin: origin, Host: s.host}
	channelConn, answer, err := channel.Respond(claimed.key, binding, first, rand.Reader)
	if err != nil {
		s.refusals.Do(func() {
			s.opts.Log.Info("a browser could not prove who it is", "client", id, "origin", origin)
		})
		if id == channel.PairingClientID {
			return errNoPairing
		}
		return errUnknownClient
	}
	peer.moveTo(stageIdentified) // it knows the key, or replays the first frame of a client that does
	conn := &messageConn{ws: ws, channel: channelConn, writeTimeout: s.writeTimeout}
	if err := conn.writeFrame(answer); err != nil {
		return err
	}
	_ = ws.SetReadDeadline(time.Now().Add(s.handshakeTimeout))
	m, err := conn.read()
	if err != nil {
		return err
	}
	return s.handleHello(ctx, conn, peer, claimed, m)
}

// claim is the identity that a client claims, and the key that it has to know.
type claim struct {
	id, origin string
	key        []byte
	code       channel.PairingCode // the source of key, if the client wants to pair
}

// lookUp finds the key for the client ID that a peer names. For pairing it waits until
// another code may be tried.
func (s *Server) lookUp(ctx context.Context, peer *pendingConn, id, origin string) (claim, error) {
	claimed := claim{id: id, origin: origin}
	if id == channel.PairingClientID {
		code, valid := s.pairing.current(s.opts.Now())
		if !valid || !s.pairing.waitAttempt(ctx, s.opts.Now(), s.handshakeTimeout) {
			return claim{}, errNoPairing
		}
		claimed.code, claimed.key = code, code.Key()
		return claimed, nil
	}
	b, err := s.browser(id)
	if errors.Is(err, errNotPaired) || err == nil && b.Origin != origin {
		return claim{}, errUnknownClient
	}
	if err != nil {
		s.opts.Log.Error("a browser can't be looked up", "client", id, "cause", err)
		return claim{}, errStoreUnreadable
	}
	peer.moveTo(stageIdentified)
	claimed.key, err = s.secret(ctx, id)
	if errors.Is(err, secrets.ErrNotFound) {
		return claim{}, errUnknownClient
	}
	if err != nil {
		s.opts.Log.Warn("a browser's secret can't be read", "client", id, "cause", err)
		return claim{}, errKeyringLocked
	}
	return claimed, nil
}

// secret returns a client's secret, from the cache or else from the keyring.
func (s *Server) secret(ctx context.Context, id string) ([]byte, error) {
	s.mu.Lock()
	key, cached := s.secrets[id]
	s.mu.Unlock()
	if cached {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.handshakeTimeout)
	defer cancel()
	key, err := s.opts.Secrets.Get(ctx, secretName(id))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[id] = key
	return key, nil
}

// handleHello takes the first encrypted message, which authenticates the client: the
// frame before it could have been replayed, so everything that changes state happens here
// or later.
func (s *Server) handleHello(ctx context.Context, conn *messageConn, peer *pendingConn, claimed claim, m protocol.Message) error {
	var hello protocol.Hello
	if m.Method != protocol.SessionHello || m.ID == 0 {
		return fmt.Errorf("a session began with %q", m.Method)
	}
	if err := protocol.Bind(m.Params, &hello); err != nil {
		return conn.refuse(m.ID, err, closeError{websocket.CloseProtocolError, "the greeting was not understood"})
	}
	peer.release()
	welcome := protocol.Welcome{Version: s.opts.Version, ClientID: claimed.id}
	if claimed.id == channel.PairingClientID {
		if !s.pairing.redeem(claimed.code, s.opts.Now()) {
			return errNoPairing
		}
		issued, err := s.pairBrowser(ctx, claimed.origin, hello)
		if err != nil {
			s.opts.Log.Error("a browser could not be paired", "cause", errors.Unwrap(err))
			return conn.refuse(m.ID, err, errNoPairing)
		}
		welcome.ClientID, welcome.Paired = issued.ClientID, &issued
	} else if err := s.updateFromHello(claimed.id, hello); errors.Is(err, errNotPaired) {
		return errUnknownClient
	} else if err != nil {
		s.opts.Log.Error("the time of a browser's session can't be stored", "client", claimed.id, "cause", err)
	}
	return s.runSession(ctx, conn, m.ID, welcome)
}
