package server_test

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// A program that names a paired client without knowing its secret causes no keyring read.
func TestUnauthenticatedClientsDontReachTheKeyring(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	_, err := h.connect(creds, chromium)
	require.NoError(t, err)
	before := h.keyring.reads.Load()
	for range 100 {
		p := h.rawClient(chromium)
		frame := append([]byte{byte(len(creds.ClientID))}, creds.ClientID...)
		require.NoError(t, p.ws.WriteMessage(websocket.BinaryMessage, append(frame, make([]byte, 48)...)))
		assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	}
	assert.Equal(t, before, h.keyring.reads.Load())
	assert.Less(t, strings.Count(h.log.String(), "could not prove who it is"), 20, "log lines are limited")
	require.NoError(t, h.Revoke(t.Context(), creds.ClientID))
	_, err = h.connect(creds, chromium)
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(err), "%v", err)
}

// A frame that announces too great a length is refused before it is read.
func TestFrameIsRefusedByItsLength(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	require.NoError(t, raw(p.ws, 0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)) // a terabyte follows
	assert.Equal(t, websocket.CloseMessageTooBig, closed(t, p.ws))
}

// A frame that was altered, repeated, reordered or cut ends its session, has no effect,
// and does not disturb other sessions.
func TestTamperedFrames(t *testing.T) {
	h := newHarness(t)
	beside, _ := h.pair(chromium, hello)
	_, creds := h.pair(chromium, hello)
	order := protocol.OrderRef{OrderID: "o1"}
	for name, spoil := range map[string]func(first, second []byte) [][]byte{
		"replayed": func(first, _ []byte) [][]byte { return [][]byte{first, first} },
		"swapped":  func(first, second []byte) [][]byte { return [][]byte{second, first} },
		"left out": func(_, second []byte) [][]byte { return [][]byte{second} },
		"cut":      func(first, _ []byte) [][]byte { return [][]byte{first[:len(first)-1]} },
		"empty":    func(_, _ []byte) [][]byte { return [][]byte{{}} },
		"flipped": func(first, _ []byte) [][]byte {
			first[len(first)/2] ^= 1
			return [][]byte{first}
		},
		"far too long": func(_, _ []byte) [][]byte { return [][]byte{make([]byte, channel.MaxFrame+1)} },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := h.rawSession(creds, chromium)
			before := h.orders.times("cancel o1")
			frames := spoil(p.seal(7, protocol.OrderCancel, order)[0], p.seal(8, protocol.OrderCancel, order)[0])
			for _, frame := range frames {
				_ = p.ws.WriteMessage(websocket.BinaryMessage, frame) // may be cut off half-way
			}
			for {
				if _, _, err := p.ws.ReadMessage(); err != nil {
					break
				}
			}
			want := 0
			if name == "replayed" {
				want = 1 // the first of the two frames was valid
			}
			assert.LessOrEqual(t, h.orders.times("cancel o1")-before, want)
			assert.NoError(t, beside.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
		})
	}
}
