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

// firstFrames bounds the frames of a client that has proved nothing yet.
const firstFrames = 4 << 10

// The ends of a connection that has no session yet.
var (
	errNoPairing = hangUp{protocol.CloseNoPairing, "make a new pairing code and use it within two minutes"}
	errStranger  = hangUp{protocol.CloseUnknownClient, "pair this browser again"}
	errLocked    = hangUp{protocol.CloseLocked, "unlock the keyring"}
	errSilent    = hangUp{protocol.CloseSlow, "nothing was said in time"}
	errNoJournal = hangUp{websocket.CloseInternalServerErr, "the companion can't read its journal"}
)

// meet finds out who is on the other end and holds the session with them.
func (s *Server) meet(ctx context.Context, ws *websocket.Conn, peer *pendingConn, origin string) error {
	ws.SetReadLimit(firstFrames)
	_ = ws.SetReadDeadline(time.Now().Add(s.patience))
	first, err := readFrame(ws)
	if err != nil {
		return err
	}
	id, err := channel.ReadClientID(first)
	if err != nil {
		return err
	}
	who, err := s.claim(ctx, peer, id, origin)
	if err != nil {
		return err
	}
	binding := channel.Binding{Version: protocol.Version, ClientID: id, Origin: origin, Host: s.host}
	conn, answer, err := channel.Respond(who.key, binding, first, rand.Reader)
	if err != nil {
		s.strangers.Do(func() {
			s.opts.Log.Info("a browser could not prove who it is", "client", id, "origin", origin)
		})
		if id == channel.PairingClientID {
			return errNoPairing
		}
		return errStranger
	}
	peer.reach(named) // it knows the key, or has recorded somebody who does
	l := &line{ws: ws, conn: conn, patience: s.wait}
	if err := l.send(answer); err != nil {
		return err
	}
	_ = ws.SetReadDeadline(time.Now().Add(s.patience))
	m, err := l.read()
	if err != nil {
		return err
	}
	return s.hello(ctx, l, peer, who, m)
}

// claim is who a client says it is, and what it has to prove that it knows.
type claim struct {
	id, origin string
	key        []byte
	code       channel.PairingCode // that the key is of, if it comes to pair
}

func (s *Server) claim(ctx context.Context, peer *pendingConn, id, origin string) (claim, error) {
	who := claim{id: id, origin: origin}
	if id == channel.PairingClientID {
		code, live := s.pairing.live(s.opts.Now())
		if !live || !s.pairing.turn(ctx, s.opts.Now(), s.patience) {
			return claim{}, errNoPairing
		}
		who.code, who.key = code, code.Key()
		return who, nil
	}
	c, err := s.client(id)
	if errors.Is(err, errUnknownClient) || err == nil && c.Origin != origin {
		return claim{}, errStranger
	}
	if err != nil {
		s.opts.Log.Error("a browser can't be looked up", "client", id, "cause", err)
		return claim{}, errNoJournal
	}
	peer.reach(named)
	who.key, err = s.secret(ctx, id)
	if errors.Is(err, secrets.ErrNotFound) {
		return claim{}, errStranger
	}
	if err != nil {
		s.opts.Log.Warn("a browser's secret can't be read", "client", id, "cause", err)
		return claim{}, errLocked
	}
	return who, nil
}

func (s *Server) secret(ctx context.Context, id string) ([]byte, error) {
	s.mu.Lock()
	key, held := s.held[id]
	s.mu.Unlock()
	if held {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	key, err := s.opts.Secrets.Get(ctx, secretName(id))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[id] = key
	return key, nil
}

// hello takes the first message, by which the client has proved itself. What a
// replayed handshake must not do happens here and later.
func (s *Server) hello(ctx context.Context, l *line, peer *pendingConn, who claim, m protocol.Message) error {
	var hello protocol.Hello
	if m.Method != protocol.SessionHello || m.ID == 0 {
		return fmt.Errorf("a session began with %q", m.Method)
	}
	if err := protocol.Bind(m.Params, &hello); err != nil {
		return l.refuse(m.ID, err, hangUp{websocket.CloseProtocolError, "the greeting was not understood"})
	}
	peer.leave()
	welcome := protocol.Welcome{Version: s.opts.Version, ClientID: who.id}
	if who.id == channel.PairingClientID {
		if !s.pairing.use(who.code, s.opts.Now()) {
			return errNoPairing
		}
		issued, err := s.issue(ctx, who.origin, hello)
		if err != nil {
			s.opts.Log.Error("a browser could not be paired", "cause", errors.Unwrap(err))
			return l.refuse(m.ID, err, errNoPairing)
		}
		welcome.ClientID, welcome.Paired = issued.ClientID, &issued
	} else if err := s.greet(who.id, hello); errors.Is(err, errUnknownClient) {
		return errStranger
	} else if err != nil {
		s.opts.Log.Error("when a browser was last here can't be written down", "client", who.id, "cause", err)
	}
	return s.converse(ctx, l, m.ID, welcome)
}
