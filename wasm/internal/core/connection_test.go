package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// A daemon that completed the handshake may still have to wait for its keyring.
func TestWelcomeHasItsOwnTimeout(t *testing.T) {
	b := newFakeBrowser(t)
	b.openPopup()
	b.daemon.neverAccepts, b.daemon.unanswered = true, protocol.SessionHello
	b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
	b.advance(8 * time.Second)
	b.send(core.Event{Kind: core.SocketOpened, Socket: b.socket})
	b.advance(9 * time.Second)
	assert.False(t, b.shows("problem"))
	b.advance(2 * time.Second)
	assert.True(t, b.shows("problem"))
}

// The daemon accepts the code, but returns no secret or only half of one.
func TestPairingWithIncompleteSecret(t *testing.T) {
	for name, credentials := range map[string]*protocol.Credentials{
		"none": nil,
		"half": {ClientID: "c1", Secret: make([]byte, 16)},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFakeBrowser(t)
			b.openPopup()
			b.daemon.unanswered = protocol.SessionHello
			b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
			m, err := protocol.Response(1, protocol.Welcome{ClientID: "c1", Paired: credentials, Snapshot: b.daemon.snapshot}, nil)
			require.NoError(t, err)
			b.daemonSends(m)
			b.drainQueue()
			assert.True(t, b.shows("problem"))
			assert.Nil(t, b.pairing)
		})
	}
}

func TestUndecryptableFrameEndsTheConnection(t *testing.T) {
	b := paired(t)
	b.advance(15 * time.Second)
	before := b.dials
	b.send(core.Event{Kind: core.FrameReceived, Socket: b.socket, Frame: []byte("noise")})
	assert.Equal(t, before+1, b.dials, "a new connection is opened")
	assert.True(t, b.shows("balance"))
}

// Events of an older socket are ignored, and so are repeated events.
func TestEventsOfOldSocketsAreIgnored(t *testing.T) {
	b := paired(t)
	older := b.socket
	b.advance(15 * time.Second)
	b.daemon.neverAccepts = true
	b.dropConnection(1006)
	require.NotEqual(t, older, b.socket)
	b.send(core.Event{Kind: core.SocketOpened, Socket: older})
	require.Nil(t, b.daemon.conn, "the newer one is not open yet")
	b.daemon.neverAccepts = false
	b.send(core.Event{Kind: core.SocketOpened, Socket: b.socket})
	require.NotNil(t, b.daemon.conn)

	before, shown := b.dials, b.shownJSON()
	for _, e := range []core.Event{
		{Kind: core.SocketOpened, Socket: older},
		{Kind: core.SocketOpened, Socket: b.socket},
		{Kind: core.FrameReceived, Socket: older, Frame: []byte("noise")},
		{Kind: core.SocketClosed, Socket: older, CloseCode: protocol.CloseUnknownClient},
	} {
		b.send(e)
		assert.NotNil(t, b.daemon.conn, "%s", e.Kind)
		assert.Equal(t, before, b.dials, "%s", e.Kind)
		assert.Equal(t, shown, b.shownJSON(), "%s", e.Kind)
	}
}
