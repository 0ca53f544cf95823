package server_test

import (
	"crypto/rand"
	"encoding/json"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// peer is a client taken apart: it does one step at a time, and sees every message
// in the order of the wire.
type peer struct {
	h      *house
	origin string
	ws     *websocket.Conn
	conn   *channel.Conn
}

// key is the key in a pairing code.
func (h *house) key(code string) []byte {
	parsed, err := channel.ParsePairingCode(code)
	require.NoError(h.t, err)
	return parsed.Key()
}

func (h *house) peer(origin string) *peer {
	ws, _, err := h.socket(from(origin), protocol.Subprotocol)
	require.NoError(h.t, err)
	return &peer{h: h, origin: origin, ws: ws}
}

// shake goes as far as the handshake, and returns the first frame of it.
func (p *peer) shake(id string, secret []byte) (first []byte) {
	opening, first, err := channel.Initiate(secret, channel.Binding{
		Version: protocol.Version, ClientID: id, Origin: p.origin, Host: p.h.host,
	}, rand.Reader)
	require.NoError(p.h.t, err)
	require.NoError(p.h.t, p.ws.WriteMessage(websocket.BinaryMessage, first))
	_, answer, err := p.ws.ReadMessage()
	require.NoError(p.h.t, err)
	p.conn, err = opening.Finish(answer)
	require.NoError(p.h.t, err)
	return first
}

// seal makes the frames of a request.
func (p *peer) seal(id uint64, method string, params any) [][]byte {
	m, err := protocol.Request(id, method, params)
	require.NoError(p.h.t, err)
	raw, err := json.Marshal(m)
	require.NoError(p.h.t, err)
	frames, err := p.conn.Seal(raw)
	require.NoError(p.h.t, err)
	return frames
}

func (p *peer) send(frames [][]byte) {
	for _, frame := range frames {
		require.NoError(p.h.t, p.ws.WriteMessage(websocket.BinaryMessage, frame))
	}
}

func (p *peer) ask(id uint64, method string, params any) { p.send(p.seal(id, method, params)) }

func (p *peer) read() protocol.Message {
	for {
		_, frame, err := p.ws.ReadMessage()
		require.NoError(p.h.t, err)
		raw, complete, err := p.conn.Open(frame)
		require.NoError(p.h.t, err)
		if complete {
			m, err := protocol.Decode(raw)
			require.NoError(p.h.t, err)
			return m
		}
	}
}

// begin goes as far as the welcome.
func (h *house) begin(creds protocol.Credentials, origin string) (*peer, protocol.Welcome) {
	p := h.peer(origin)
	p.shake(creds.ClientID, creds.Secret)
	p.ask(1, protocol.SessionHello, hello)
	m := p.read()
	require.Nil(h.t, m.Error)
	var welcome protocol.Welcome
	require.NoError(h.t, protocol.Bind(m.Result, &welcome))
	return p, welcome
}
