package wsclient_test

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// Package server tests the client against the real server. These tests cover other programs
// that may listen on its port.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const origin = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"

var creds = protocol.Credentials{ClientID: "client-1", Secret: make([]byte, channel.SecretSize)}

// otherServer listens on a port and calls do with each websocket.
func otherServer(t *testing.T, do func(*websocket.Conn)) (port int) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, Subprotocols: []string{protocol.Subprotocol}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if assert.NoError(t, err) {
			defer ws.Close()
			do(ws)
		}
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().(*net.TCPAddr).Port
}

func TestInvalidPairingCodeIsNotSent(t *testing.T) {
	_, _, err := wsclient.Pair(t.Context(), "hunter2", origin, protocol.Hello{})
	assert.ErrorIs(t, err, channel.ErrPairingCode)
}

func TestNothingListens(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	_, err = wsclient.Connect(t.Context(), port, creds, origin, protocol.Hello{})
	assert.ErrorContains(t, err, "reach the companion at 127.0.0.1:")
}

func TestOtherServerListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := wsclient.Connect(t.Context(), server.Listener.Addr().(*net.TCPAddr).Port, creds, origin, protocol.Hello{})
	assert.ErrorContains(t, err, "refuses the connection: 404")
}

func TestImpostorIsDetected(t *testing.T) {
	heard := make(chan []byte, 1)
	port := otherServer(t, func(ws *websocket.Conn) {
		_, first, err := ws.ReadMessage()
		assert.NoError(t, err)
		heard <- first
		answer := make([]byte, 48)
		_, _ = rand.Read(answer)
		assert.NoError(t, ws.WriteMessage(websocket.BinaryMessage, answer))
		_, _, err = ws.ReadMessage()
		assert.Error(t, err, "the client sends nothing more")
	})
	_, err := wsclient.Connect(t.Context(), port, creds, origin, protocol.Hello{Name: "at home"})
	assert.ErrorIs(t, err, channel.ErrRefused)
	id, err := channel.ReadClientID(<-heard)
	require.NoError(t, err)
	assert.Equal(t, "client-1", id)
}

func TestUnresponsiveServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	port := otherServer(t, func(ws *websocket.Conn) {
		_, _, err := ws.ReadMessage()
		assert.NoError(t, err)
		cancel()
		_, _, err = ws.ReadMessage()
		assert.Error(t, err)
	})
	_, err := wsclient.Connect(ctx, port, creds, origin, protocol.Hello{})
	assert.ErrorIs(t, err, context.Canceled)
}
