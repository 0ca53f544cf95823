package bridge

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
func (b *Bridge) meet(ctx context.Context, ws *websocket.Conn, peer *pendingConn, origin string) error {
	ws.SetReadLimit(firstFrames)
	_ = ws.SetReadDeadline(time.Now().Add(b.patience))
	first, err := readFrame(ws)
	if err != nil {
		return err
	}
	id, err := channel.ReadClientID(first)
	if err != nil {
		return err
	}
	who, err := b.claim(ctx, peer, id, origin)
	if err != nil {
		return err
	}
	binding := channel.Binding{Version: protocol.Version, ClientID: id, Origin: origin, Host: b.host}
	conn, answer, err := channel.Accept(who.key, binding, first, rand.Reader)
	if err != nil {
		b.strangers.Do(func() {
			b.opts.Log.Info("a browser could not prove who it is", "client", id, "origin", origin)
		})
		if id == channel.PairingClient {
			return errNoPairing
		}
		return errStranger
	}
	peer.reach(named) // it knows the key, or has recorded somebody who does
	l := &line{ws: ws, conn: conn, patience: b.wait}
	if err := l.send(answer); err != nil {
		return err
	}
	_ = ws.SetReadDeadline(time.Now().Add(b.patience))
	m, err := l.read()
	if err != nil {
		return err
	}
	return b.hello(ctx, l, peer, who, m)
}

// claim is who a client says it is, and what it has to prove that it knows.
type claim struct {
	id, origin string
	key        []byte
	code       channel.PairingCode // that the key is of, if it comes to pair
}

func (b *Bridge) claim(ctx context.Context, peer *pendingConn, id, origin string) (claim, error) {
	who := claim{id: id, origin: origin}
	if id == channel.PairingClient {
		code, live := b.pairing.live(b.opts.Now())
		if !live || !b.pairing.turn(ctx, b.opts.Now(), b.patience) {
			return claim{}, errNoPairing
		}
		who.code, who.key = code, code.Key()
		return who, nil
	}
	c, err := b.client(id)
	if errors.Is(err, errUnknownClient) || err == nil && c.Origin != origin {
		return claim{}, errStranger
	}
	if err != nil {
		b.opts.Log.Error("a browser can't be looked up", "client", id, "cause", err)
		return claim{}, errNoJournal
	}
	peer.reach(named)
	who.key, err = b.secret(ctx, id)
	if errors.Is(err, secrets.ErrNotFound) {
		return claim{}, errStranger
	}
	if err != nil {
		b.opts.Log.Warn("a browser's secret can't be read", "client", id, "cause", err)
		return claim{}, errLocked
	}
	return who, nil
}

func (b *Bridge) secret(ctx context.Context, id string) ([]byte, error) {
	b.mu.Lock()
	key, held := b.held[id]
	b.mu.Unlock()
	if held {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()
	key, err := b.opts.Secrets.Get(ctx, secretName(id))
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[id] = key
	return key, nil
}

// hello takes the first message, by which the client has proved itself. What a
// replayed handshake must not do happens here and later.
func (b *Bridge) hello(ctx context.Context, l *line, peer *pendingConn, who claim, m protocol.Message) error {
	var hello protocol.Hello
	if m.Method != protocol.SessionHello || m.ID == 0 {
		return fmt.Errorf("a session began with %q", m.Method)
	}
	if err := protocol.Bind(m.Params, &hello); err != nil {
		return l.refuse(m.ID, err, hangUp{websocket.CloseProtocolError, "the greeting was not understood"})
	}
	peer.leave()
	welcome := protocol.Welcome{Version: b.opts.Version, ClientID: who.id}
	if who.id == channel.PairingClient {
		if !b.pairing.use(who.code, b.opts.Now()) {
			return errNoPairing
		}
		issued, err := b.issue(ctx, who.origin, hello)
		if err != nil {
			b.opts.Log.Error("a browser could not be paired", "cause", errors.Unwrap(err))
			return l.refuse(m.ID, err, errNoPairing)
		}
		welcome.ClientID, welcome.Paired = issued.ClientID, &issued
	} else if err := b.greet(who.id, hello); errors.Is(err, errUnknownClient) {
		return errStranger
	} else if err != nil {
		b.opts.Log.Error("when a browser was last here can't be written down", "client", who.id, "cause", err)
	}
	return b.converse(ctx, l, m.ID, welcome)
}
