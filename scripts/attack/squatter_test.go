package attack

import (
	"bytes"
	"errors"
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

	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// squatter is a foreign program at the companion's port.
type squatter struct {
	server *http.Server
	mu     sync.Mutex
	data   []byte
}

// startSquatter listens at an address, and calls answer for every websocket.
func startSquatter(t *testing.T, address string, answer func(s *squatter, ws *websocket.Conn, r *http.Request)) *squatter {
	var l net.Listener
	require.Eventually(t, func() (ok bool) {
		var err error
		l, err = net.Listen("tcp4", address)
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)
	s := new(squatter)
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	s.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.record([]byte(fmt.Sprint(r.Header)))
		upgrader.Subprotocols = websocket.Subprotocols(r)
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		answer(s, ws, r)
	})}
	go func() { _ = s.server.Serve(l) }()
	t.Cleanup(s.stop)
	return s
}

func (s *squatter) stop() { _ = s.server.Close() }

func (s *squatter) record(what []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = append(s.data, what...)
}

// received returns everything that clients have sent.
func (s *squatter) received() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.data)
}

// squatterAnswers are answers to the first frame of a handshake: 48 bytes, as many as the
// right answer has, or a flood of digits that could be taken for lengths.
var squatterAnswers = map[string]func(ws *websocket.Conn, first []byte){
	"noise": answerNoise,
	"its mirror": func(ws *websocket.Conn, first []byte) {
		_ = ws.WriteMessage(websocket.BinaryMessage, first[len(first)-48:])
	},
	"a flood": func(ws *websocket.Conn, _ []byte) {
		for range 100 {
			_ = ws.WriteMessage(websocket.TextMessage, []byte("380000000"))
		}
	},
}

func answerNoise(ws *websocket.Conn, _ []byte) {
	_ = ws.WriteMessage(websocket.BinaryMessage, bytes.Repeat([]byte{7}, 48))
}

// answerOnce returns a handler that answers the first frame, and records it and the next
// one.
func answerOnce(trick func(ws *websocket.Conn, first []byte)) func(*squatter, *websocket.Conn, *http.Request) {
	return func(s *squatter, ws *websocket.Conn, _ *http.Request) {
		_, frame, err := ws.ReadMessage()
		if err != nil {
			return
		}
		s.record(frame)
		trick(ws, frame)
		_, frame, _ = ws.ReadMessage()
		s.record(frame)
	}
}

// A program that took the port learns no secret, and the popup says what is wrong. When the
// companion returns, everything works again.
func TestProgramOnTheCompanionsPort(t *testing.T) { inBothBrowsers(t, testSquattedPort) }

func testSquattedPort(t *testing.T, w testBrowser) {
	api, _ := startProvider(t, nil)
	c := startWithProvider(t, api)
	secret, encoded := pairAndReadSecret(t, w, c)
	popup := w.extensionPage("popup.html")
	waitForText(t, popup, "12,500.00")
	require.NoError(t, c.Halt())
	waitForText(t, popup, "The companion isn't running")
	for name, trick := range squatterAnswers {
		s := startSquatter(t, c.Address, answerOnce(trick))
		waitForText(t, popup, "Another program uses this port")
		assert.NotEmpty(t, s.received(), name)
		for _, mark := range [][]byte{secret, []byte(encoded), []byte(markedKey)} {
			assert.False(t, bytes.Contains(s.received(), mark), "%s: the squatter learned a secret", name)
		}
		s.stop()
		waitForText(t, popup, "The companion isn't running")
	}

	t.Log("the squatter gets no pairing code either")
	require.NoError(t, c.Run(t.Context()))
	waitForText(t, popup, "12,500.00")
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	key, err := channel.ParsePairingCode(code)
	require.NoError(t, err)
	require.NoError(t, c.Halt())
	s := startSquatter(t, c.Address, answerOnce(answerNoise))
	waitForText(t, popup, "Another program uses this port")
	click(t, popup, "forget")
	waitForText(t, popup, "Pair this browser")
	paste(t, popup, code)
	waitForText(t, popup, "Start the companion on another port")
	assert.False(t, bytes.Contains(s.received(), key.Key()))
	assert.NotContains(t, string(s.received()), strings.ReplaceAll(code, "-", ""))
}

// A program at the old port relays everything to the companion at its new port, with the
// right headers.
func TestRelayIsRefused(t *testing.T) {
	testenv.NeedsBrowsers(t)
	api, _ := startProvider(t, nil)
	w := startChromium(t, built+"chromium")
	c := startWithProvider(t, api)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	old := c.Address
	require.NoError(t, c.Halt())
	relayed := make(chan int, 64)
	startSquatter(t, old, func(s *squatter, ws *websocket.Conn, r *http.Request) {
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
		relayed <- -closeCode(err)
	})
	c.Address = "" // any other port: the old one is taken
	require.NoError(t, c.Run(t.Context()))
	popup := w.extensionPage("popup.html")
	assert.Equal(t, -protocol.CloseUnknownClient, <-relayed, "the companion's address differs from the one the extension dialled")
	waitForText(t, popup, "Another program uses this port")

	t.Log("entering the new port is enough")
	options := w.extensionPage("options.html")
	typeInto(t, options, "port", fmt.Sprint(port(t, c.Address)))
	click(t, options, "port-save")
	waitForText(t, options, "connected")
	waitForText(t, popup, "12,500.00")
}

func closeCode(err error) int {
	var end *websocket.CloseError
	if errors.As(err, &end) {
		return end.Code
	}
	return 0
}
