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

// A daemon that has proved itself may still have to wait for its keyring.
func TestTheWelcomeHasATimeOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.daemon.deaf, w.daemon.silent = true, protocol.SessionHello
	w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
	w.pass(8 * time.Second)
	w.tell(core.Event{Kind: core.Opened, Socket: w.socket})
	w.pass(9 * time.Second)
	assert.False(t, w.shows("problem"))
	w.pass(2 * time.Second)
	assert.True(t, w.shows("problem"))
}

// A daemon that took the code, and gives nothing or half of a secret for it.
func TestPairingWithoutAWholeSecret(t *testing.T) {
	for name, credentials := range map[string]*protocol.Credentials{
		"none": nil,
		"half": {ClientID: "c1", Secret: make([]byte, 16)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.open()
			w.daemon.silent = protocol.SessionHello
			w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
			m, err := protocol.Response(1, protocol.Welcome{ClientID: "c1", Paired: credentials, Snapshot: w.daemon.snapshot}, nil)
			require.NoError(t, err)
			w.say(m)
			w.run()
			assert.True(t, w.shows("problem"))
			assert.Nil(t, w.stored)
		})
	}
}

func TestAFrameThatDoesNotOpenEndsTheConnection(t *testing.T) {
	w := paired(t)
	w.pass(15 * time.Second)
	before := w.dials
	w.tell(core.Event{Kind: core.Received, Socket: w.socket, Frame: []byte("noise")})
	assert.Equal(t, before+1, w.dials, "and another is made")
	assert.True(t, w.shows("balance"))
}

// What an older socket still has to say is of no interest, nor what one says twice.
func TestTheLastWordsOfAnOlderSocket(t *testing.T) {
	w := paired(t)
	older := w.socket
	w.pass(15 * time.Second)
	w.daemon.deaf = true
	w.drop(1006)
	require.NotEqual(t, older, w.socket)
	w.tell(core.Event{Kind: core.Opened, Socket: older})
	require.Nil(t, w.daemon.conn, "the newer one is not open yet")
	w.daemon.deaf = false
	w.tell(core.Event{Kind: core.Opened, Socket: w.socket})
	require.NotNil(t, w.daemon.conn)

	before, shown := w.dials, w.shown()
	for _, e := range []core.Event{
		{Kind: core.Opened, Socket: older},
		{Kind: core.Opened, Socket: w.socket},
		{Kind: core.Received, Socket: older, Frame: []byte("noise")},
		{Kind: core.Closed, Socket: older, Code: protocol.CloseUnknownClient},
	} {
		w.tell(e)
		assert.NotNil(t, w.daemon.conn, "%s", e.Kind)
		assert.Equal(t, before, w.dials, "%s", e.Kind)
		assert.Equal(t, shown, w.shown(), "%s", e.Kind)
	}
}
