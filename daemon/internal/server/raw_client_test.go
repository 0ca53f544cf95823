package server_test

import (
	"crypto/rand"
	"encoding/json"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// rawClient is a client that takes one step of the protocol at a time and sees every message
// in the order in which it was sent.
type rawClient struct {
	h      *harness
	origin string
	ws     *websocket.Conn
	conn   *channel.Conn
}

// pairingKey returns the key of a pairing code.
func (h *harness) pairingKey(code string) []byte {
	parsed, err := channel.ParsePairingCode(code)
	require.NoError(h.t, err)
	return parsed.Key()
}

func (h *harness) rawClient(origin string) *rawClient {
	ws, _, err := h.dialWebsocket(from(origin), protocol.Subprotocol)
	require.NoError(h.t, err)
	return &rawClient{h: h, origin: origin, ws: ws}
}

// handshake runs the handshake without the hello, and returns its first frame.
func (p *rawClient) handshake(id string, secret []byte) (first []byte) {
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

// seal returns the encrypted frames of a request.
func (p *rawClient) seal(id uint64, method string, params any) [][]byte {
	m, err := protocol.Request(id, method, params)
	require.NoError(p.h.t, err)
	raw, err := json.Marshal(m)
	require.NoError(p.h.t, err)
	frames, err := p.conn.Seal(raw)
	require.NoError(p.h.t, err)
	return frames
}

func (p *rawClient) send(frames [][]byte) {
	for _, frame := range frames {
		require.NoError(p.h.t, p.ws.WriteMessage(websocket.BinaryMessage, frame))
	}
}

func (p *rawClient) request(id uint64, method string, params any) { p.send(p.seal(id, method, params)) }

func (p *rawClient) read() protocol.Message {
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

// rawSession opens a session and reads its welcome.
func (h *harness) rawSession(creds protocol.Credentials, origin string) (*rawClient, protocol.Welcome) {
	p := h.rawClient(origin)
	p.handshake(creds.ClientID, creds.Secret)
	p.request(1, protocol.SessionHello, hello)
	m := p.read()
	require.Nil(h.t, m.Error)
	var welcome protocol.Welcome
	require.NoError(h.t, protocol.Bind(m.Result, &welcome))
	return p, welcome
}
