package attack

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// squatter is a program that sits at the companion's port.
type squatter struct {
	server *http.Server
	mu     sync.Mutex
	heard  []byte
}

// squat takes an address, and does the same with every websocket.
func squat(t *testing.T, address string, answer func(s *squatter, ws *websocket.Conn, r *http.Request)) *squatter {
	var l net.Listener
	require.Eventually(t, func() (ok bool) {
		var err error
		l, err = net.Listen("tcp4", address)
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)
	s := new(squatter)
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	s.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hear([]byte(fmt.Sprint(r.Header)))
		upgrader.Subprotocols = websocket.Subprotocols(r)
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		answer(s, ws, r)
	})}
	go func() { _ = s.server.Serve(l) }()
	t.Cleanup(s.leave)
	return s
}

func (s *squatter) leave() { _ = s.server.Close() }

func (s *squatter) hear(what []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, what...)
}

// learned is everything that was ever said to it.
func (s *squatter) learned() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.heard)
}

// What a squatter may do with a socket.
var tricks = map[string]func(s *squatter, ws *websocket.Conn, r *http.Request){
	"noise": func(s *squatter, ws *websocket.Conn, _ *http.Request) {
		_, frame, _ := ws.ReadMessage()
		s.hear(frame)
		_ = ws.WriteMessage(websocket.BinaryMessage, bytes.Repeat([]byte{7}, 48))
		_, frame, _ = ws.ReadMessage()
		s.hear(frame)
	},
	"a handshake by another secret": func(s *squatter, ws *websocket.Conn, r *http.Request) {
		_, frame, _ := ws.ReadMessage()
		s.hear(frame)
		id, _ := channel.ReadClientID(frame)
		binding := channel.Binding{Version: protocol.Version, ClientID: id, Origin: r.Header.Get("Origin"), Host: r.Host}
		_, answer, err := channel.Accept(make([]byte, channel.SecretSize), binding, frame, bytes.NewReader(make([]byte, 64)))
		if err == nil {
			_ = ws.WriteMessage(websocket.BinaryMessage, answer)
		} else {
			_ = ws.WriteMessage(websocket.BinaryMessage, make([]byte, 48))
		}
		_, frame, _ = ws.ReadMessage()
		s.hear(frame)
	},
}

// A program that took the port learns nothing, and the popup says what is wrong. When
// the companion is back, so is everything.
func TestAProgramThatTookThePort(t *testing.T) {
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		besiege(t, startChromium(t, probing(t, "chromium")), "globalThis")
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		besiege(t, startFirefox(t, probing(t, "firefox")), "window.wrappedJSObject")
	})
}

func besiege(t *testing.T, w world, global string) {
	api, _ := provider(t, nil)
	c := over(t, api)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	encoded, err := w.own("prober.html").Eval(global + ".secret()")
	require.NoError(t, err)
	secret, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)

	popup := w.own("popup.html")
	shows(t, popup, "12,500.00")
	require.NoError(t, c.Halt())
	shows(t, popup, "The companion isn't running")
	for name, trick := range tricks {
		s := squat(t, c.Address, trick)
		shows(t, popup, "Another program answers")
		assert.NotEmpty(t, s.learned(), name)
		for _, mark := range [][]byte{secret, []byte(encoded), []byte(marked)} {
			assert.False(t, bytes.Contains(s.learned(), mark), "%s: the squatter learned a secret", name)
		}
		s.leave()
		shows(t, popup, "The companion isn't running")
	}

	t.Log("a new code is not given to it either")
	require.NoError(t, c.Run(t.Context()))
	shows(t, popup, "12,500.00")
	code, err = c.Pair(t.Context())
	require.NoError(t, err)
	key, err := channel.ParsePairingCode(code)
	require.NoError(t, err)
	require.NoError(t, c.Halt())
	s := squat(t, c.Address, tricks["noise"])
	shows(t, popup, "Another program answers")
	click(t, popup, "forget")
	shows(t, popup, "Connect this browser")
	paste(t, popup, code)
	shows(t, popup, "Start the companion on another port")
	assert.False(t, bytes.Contains(s.learned(), key.Key()))
	assert.NotContains(t, string(s.learned()), strings.ReplaceAll(code, "-", ""))
}

// A program at the old port passes everything on to the companion, which listens
// elsewhere, under the right names.
func TestARelayIsRefused(t *testing.T) {
	api, _ := provider(t, nil)
	w := startChromium(t, built+"chromium")
	c := over(t, api)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	old := c.Address
	require.NoError(t, c.Halt())
	relayed := make(chan int, 64)
	squat(t, old, func(s *squatter, ws *websocket.Conn, r *http.Request) {
		dialer := websocket.Dialer{Subprotocols: websocket.Subprotocols(r)}
		on, _, err := dialer.Dial("ws://"+c.Address, http.Header{"Origin": r.Header["Origin"]})
		if err != nil {
			return
		}
		defer on.Close()
		_, first, _ := ws.ReadMessage()
		_ = on.WriteMessage(websocket.BinaryMessage, first)
		_, answer, err := on.ReadMessage()
		if err == nil {
			relayed <- len(answer)
			_ = ws.WriteMessage(websocket.BinaryMessage, answer)
			return
		}
		relayed <- -websocketCode(err)
	})
	moved(t, c)
	popup := w.own("popup.html")
	assert.Equal(t, -protocol.CloseUnknownClient, <-relayed, "the companion sees another address than the extension")
	shows(t, popup, "Another program answers")

	t.Log("the new port is all that is to be said")
	options := w.own("options.html")
	fill(t, options, "port", fmt.Sprint(port(t, c.Address)))
	click(t, options, "port-save")
	shows(t, options, "connected")
	shows(t, popup, "12,500.00")
}

// moved runs the companion again at a port of its own choice.
func moved(t *testing.T, c *companion.Companion) {
	c.Address = ""
	require.NoError(t, c.Run(t.Context()))
}

func websocketCode(err error) int {
	if end, ok := err.(*websocket.CloseError); ok {
		return end.Code
	}
	return 0
}
