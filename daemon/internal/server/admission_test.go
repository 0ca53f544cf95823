package server_test

import (
	"bufio"
	"crypto/rand"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

const hour = time.Hour

func TestOriginAndHostChecks(t *testing.T) {
	const other = "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba"
	for name, row := range map[string]struct {
		header  http.Header
		pairing bool
		status  int
	}{
		"the paired extension":                    {from(chromium), false, http.StatusSwitchingProtocols},
		"the paired extension while pairing":      {from(chromium), true, http.StatusSwitchingProtocols},
		"another extension":                       {from(other), false, http.StatusForbidden},
		"another extension while pairing":         {from(other), true, http.StatusSwitchingProtocols},
		"Firefox while pairing":                   {from(firefox), true, http.StatusSwitchingProtocols},
		"no origin":                               {http.Header{}, true, http.StatusForbidden},
		"an empty origin":                         {from(""), true, http.StatusForbidden},
		"a null origin":                           {from("null"), true, http.StatusForbidden},
		"two origins":                             {http.Header{"Origin": {chromium, chromium}}, true, http.StatusForbidden},
		"a web page":                              {from("https://example.com"), true, http.StatusForbidden},
		"a page on localhost":                     {from("http://127.0.0.1:8080"), true, http.StatusForbidden},
		"a page on the server's own host":         {from("http://HOST"), true, http.StatusForbidden},
		"a web page that looks like an extension": {from("https://chrome-extension://abc"), true, http.StatusForbidden},
		"an origin with a path":                   {from(chromium + "/popup.html"), true, http.StatusForbidden},
		"an origin over two lines":                {from("chrome-extension://a b"), true, http.StatusForbidden},
		"localhost":                               {http.Header{"Origin": {chromium}, "Host": {"localhost:PORT"}}, true, http.StatusForbidden},
		"a rebound name":                          {http.Header{"Origin": {chromium}, "Host": {"rebound.example:PORT"}}, true, http.StatusForbidden},
		"a host without its port":                 {http.Header{"Origin": {chromium}, "Host": {"127.0.0.1"}}, true, http.StatusForbidden},
		"another port":                            {http.Header{"Origin": {chromium}, "Host": {"127.0.0.1:1"}}, true, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			require.NoError(t, h.store.Put(browser.Browser{ID: "known", Origin: chromium}))
			if row.pairing {
				h.pairingCode()
			}
			_, port, err := net.SplitHostPort(h.host)
			require.NoError(t, err)
			header := http.Header{}
			for key, values := range row.header {
				for _, value := range values {
					header.Add(key, strings.NewReplacer("HOST", h.host, "PORT", port).Replace(value))
				}
			}
			_, response, err := h.dialWebsocket(header, protocol.Subprotocol)
			require.NotNil(t, response, "%v", err)
			assert.Equal(t, row.status, response.StatusCode)
			assert.Empty(t, response.Header.Get("Access-Control-Allow-Origin"))
		})
	}
}

func TestUnknownExtensionIsRefusedAfterCodeExpires(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	h.clock.advance(2 * time.Minute)
	_, response, err := h.dialWebsocket(from(chromium), protocol.Subprotocol)
	require.ErrorIs(t, err, websocket.ErrBadHandshake)
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
}

func TestNoConnectionWhileBrowsersCantBeRead(t *testing.T) {
	h := newHarness(t)
	require.NoError(t, h.store.Put(browser.Browser{ID: "known", Origin: chromium}))
	h.store.fail(errDisk, nil)
	_, response, err := h.dialWebsocket(from(chromium), protocol.Subprotocol)
	require.ErrorIs(t, err, websocket.ErrBadHandshake)
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
}

func TestPlainHTTPHasNoEffect(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	for name, row := range map[string]struct {
		method, path, subprotocol string
		status                    int
	}{
		"a look":               {http.MethodGet, "/", protocol.Subprotocol, http.StatusBadRequest},
		"a look, unversioned":  {http.MethodGet, "/", "", http.StatusBadRequest},
		"a post":               {http.MethodPost, "/", protocol.Subprotocol, http.StatusBadRequest},
		"a preflight":          {http.MethodOptions, "/", protocol.Subprotocol, http.StatusBadRequest},
		"another path":         {http.MethodGet, "/clients", protocol.Subprotocol, http.StatusNotFound},
		"a path to be cleaned": {http.MethodGet, "//", protocol.Subprotocol, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), row.method, "http://"+h.host+row.path, nil)
			require.NoError(t, err)
			request.Header.Set("Origin", chromium)
			if row.subprotocol != "" {
				request.Header.Set("Sec-Websocket-Protocol", row.subprotocol)
			}
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			assert.Equal(t, row.status, response.StatusCode)
			assert.Empty(t, response.Header.Get("Access-Control-Allow-Origin"))
		})
	}
	assert.Empty(t, h.orders.calls)
	assert.Empty(t, h.catalog.calls)
}

// Requests that only other programs send are answered after Host and Origin are checked,
// and none of them avoids the check.
func TestMalformedHTTPRequests(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	upgrade := "Origin: " + chromium + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " + protocol.Subprotocol + "\r\n\r\n"
	ours, evil := "Host: "+h.host+"\r\n", "Host: rebound.example\r\n"
	for name, row := range map[string]struct {
		request string
		status  int
	}{
		"the right one":                    {"GET / HTTP/1.1\r\n" + ours + upgrade, http.StatusSwitchingProtocols},
		"an address above another host":    {"GET http://" + h.host + "/ HTTP/1.1\r\n" + evil + upgrade, http.StatusNotFound},
		"another address above the host":   {"GET http://rebound.example/ HTTP/1.1\r\n" + ours + upgrade, http.StatusForbidden},
		"two hosts":                        {"GET / HTTP/1.1\r\n" + ours + evil + upgrade, http.StatusBadRequest},
		"no host":                          {"GET / HTTP/1.1\r\n" + upgrade, http.StatusBadRequest},
		"an older HTTP":                    {"GET / HTTP/1.0\r\n" + ours + upgrade, http.StatusBadRequest},
		"a newer HTTP":                     {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http.StatusForbidden},
		"a way to a newer HTTP":            {"GET / HTTP/1.1\r\n" + ours + strings.Replace(upgrade, "websocket", "h2c", 1), http.StatusBadRequest},
		"a question about the server":      {"OPTIONS * HTTP/1.1\r\n" + evil + upgrade, http.StatusForbidden},
		"a query":                          {"GET /?x HTTP/1.1\r\n" + ours + upgrade, http.StatusNotFound},
		"a post":                           {"POST / HTTP/1.1\r\n" + ours + upgrade, http.StatusMethodNotAllowed},
		"a second one after one refused":   {"GET / HTTP/1.1\r\n" + evil + "\r\nGET / HTTP/1.1\r\n" + ours + upgrade, http.StatusForbidden},
		"a header of more than can be had": {"GET / HTTP/1.1\r\n" + ours + "X: " + strings.Repeat("x", 64<<10) + "\r\n" + upgrade, http.StatusRequestHeaderFieldsTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp4", h.host)
			require.NoError(t, err)
			defer conn.Close()
			_, err = io.WriteString(conn, row.request)
			require.NoError(t, err)
			answers := bufio.NewReader(conn)
			response, err := http.ReadResponse(answers, nil)
			require.NoError(t, err)
			defer response.Body.Close()
			assert.Equal(t, row.status, response.StatusCode)
			if row.status != http.StatusSwitchingProtocols {
				_, _ = io.Copy(io.Discard, response.Body)
				_, err = answers.ReadByte()
				assert.Error(t, err, "the connection gets only one answer")
			}
		})
	}
}

func TestVersionMismatchClosesBeforeHandshake(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	for name, offered := range map[string][]string{
		"none":          nil,
		"another's":     {"chat"},
		"a lookalike":   {"logspanel-companion"},
		"another's, v2": {"chat.v2"},
	} {
		_, response, err := h.dialWebsocket(from(chromium), offered...)
		require.ErrorIs(t, err, websocket.ErrBadHandshake, name)
		assert.Equal(t, http.StatusBadRequest, response.StatusCode, name)
	}

	ws, _, err := h.dialWebsocket(from(chromium), "logspanel-companion.v2")
	require.NoError(t, err)
	assert.Equal(t, "logspanel-companion.v2", ws.Subprotocol(), "a browser accepts only a subprotocol that it offered")
	require.NoError(t, ws.WriteMessage(websocket.BinaryMessage, []byte("a handshake of the future")))
	assert.Equal(t, protocol.CloseOtherVersion, closed(t, ws))

	for range 30 {
		ws, _, err = h.dialWebsocket(from(chromium), "logspanel-companion.v"+strings.Repeat("9", 1000))
		require.NoError(t, err)
		for range 100 { // more than the server reads before it closes
			_ = ws.WriteMessage(websocket.BinaryMessage, make([]byte, 1000))
		}
		assert.Equal(t, protocol.CloseOtherVersion, closed(t, ws), "the client receives the close frame")
	}
	assert.Less(t, strings.Count(h.log.String(), "speaks another version"), 20, "log lines are limited")
	assert.NotContains(t, h.log.String(), strings.Repeat("9", 100))

	ws, _, err = h.dialWebsocket(from(chromium), "logspanel-companion.v2", protocol.Subprotocol)
	require.NoError(t, err)
	assert.Equal(t, protocol.Subprotocol, ws.Subprotocol())
}

func TestHandshakeTimeout(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(time.Second, hour, hour) })
	code := h.pairingCode()
	for name, row := range map[string]struct{ first, drip string }{
		"nothing at all":     {},
		"line after line":    {"GET / HTTP/1.1\r\n", "X: x\r\n"},
		"a body without end": {"POST / HTTP/1.1\r\nHost: " + h.host + "\r\nContent-Length: 100000\r\n\r\n", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp4", h.host)
			require.NoError(t, err)
			defer conn.Close()
			go keep(func() error { _, err := io.WriteString(conn, row.drip); return err })
			_, _ = io.WriteString(conn, row.first)
			_, _ = io.Copy(io.Discard, conn) // ends when the server closes it
		})
	}
	t.Run("no handshake", func(t *testing.T) {
		t.Parallel()
		p := h.rawClient(chromium)
		assert.Equal(t, protocol.CloseSlow, closed(t, p.ws))
	})
	t.Run("signs of life and no handshake", func(t *testing.T) {
		t.Parallel()
		p := h.rawClient(chromium)
		go keep(func() error { return p.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(hour)) })
		assert.Equal(t, protocol.CloseSlow, closed(t, p.ws))
	})
	t.Run("no hello", func(t *testing.T) {
		t.Parallel()
		p := h.rawClient(chromium)
		p.handshake(channel.PairingClientID, h.pairingKey(code))
		assert.Equal(t, protocol.CloseSlow, closed(t, p.ws))
	})
	t.Run("no goodbye", func(t *testing.T) {
		t.Parallel()
		p := h.rawClient(chromium)
		require.NoError(t, p.ws.WriteMessage(websocket.TextMessage, []byte("noise")))
		_, _ = io.Copy(io.Discard, p.ws.NetConn()) // without an answer to the close
	})
}

// keep repeats do slowly until it fails.
func keep(do func() error) {
	for do() == nil {
		<-time.After(20 * time.Millisecond)
	}
}

func TestHandshakeFrameLimit(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	ws, _, err := h.dialWebsocket(from(chromium), protocol.Subprotocol)
	require.NoError(t, err)
	_ = ws.WriteMessage(websocket.BinaryMessage, make([]byte, 64<<10)) // may be cut off half-way
	_, _, err = ws.ReadMessage()
	require.Error(t, err)
	assert.False(t, websocket.IsCloseError(err, websocket.CloseProtocolError), "the oversized frame was not read to its end")
}

// raw sends bytes that no websocket library would.
func raw(ws *websocket.Conn, frame ...byte) error {
	_, err := ws.NetConn().Write(frame)
	return err
}

func TestInvalidHandshakeEndsTheConnection(t *testing.T) {
	h := newHarness(t)
	h.pairingCode()
	_, first, err := channel.Initiate(h.pairingKey(h.pairingCode()), channel.Binding{
		Version: protocol.Version, ClientID: channel.PairingClientID, Origin: chromium, Host: h.host,
	}, rand.Reader)
	require.NoError(t, err)
	for name, send := range map[string]func(*websocket.Conn) error{
		"a handshake as a text": func(ws *websocket.Conn) error { return ws.WriteMessage(websocket.TextMessage, first) },
		"text":                  func(ws *websocket.Conn) error { return ws.WriteMessage(websocket.TextMessage, []byte("{}")) },
		"nothing":               func(ws *websocket.Conn) error { return ws.WriteMessage(websocket.BinaryMessage, nil) },
		"no client":             func(ws *websocket.Conn) error { return ws.WriteMessage(websocket.BinaryMessage, make([]byte, 100)) },
		"unmasked":              func(ws *websocket.Conn) error { return raw(ws, 0x82, 1, 'x') },
		"compressed":            func(ws *websocket.Conn) error { return raw(ws, 0xC2, 0x80, 0, 0, 0, 0) },
		"a piece of nothing":    func(ws *websocket.Conn) error { return raw(ws, 0x80, 0x80, 0, 0, 0, 0) },
		"a long ping":           func(ws *websocket.Conn) error { return raw(ws, 0x89, 0xFE, 0, 126) },
	} {
		ws, _, err := h.dialWebsocket(from(chromium), protocol.Subprotocol)
		require.NoError(t, err)
		require.NoError(t, send(ws))
		assert.Equal(t, websocket.CloseProtocolError, closed(t, ws), name)
	}
}

// lowPendingLimit is a limit that tests reach quickly.
const lowPendingLimit = 32

func withLowLimit(s *server.Server) {
	s.SetTimeouts(hour, hour, hour)
	s.SetPendingLimit(lowPendingLimit)
}

func TestClosedConnectionsAreNotPending(t *testing.T) {
	h := newHarness(t, withLowLimit)
	waits, err := net.Dial("tcp4", h.host)
	require.NoError(t, err)
	defer waits.Close()
	for range 2 * lowPendingLimit {
		conn, err := net.Dial("tcp4", h.host)
		require.NoError(t, err)
		_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+h.host+"\r\n\r\n")
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, conn)
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
	_, err = io.WriteString(waits, "GET / HTTP/1.1\r\nHost: "+h.host+"\r\n\r\n")
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(waits), nil)
	require.NoError(t, err)
	assert.NoError(t, response.Body.Close())
}

// Each stage of pending connections has its own limit. A full stage drops its oldest
// connection and none of another stage.
func TestFloodDropsOnlyItsOwnStage(t *testing.T) {
	h := newHarness(t, withLowLimit)
	session, creds := h.pair(chromium, hello)
	code := h.pairingCode()

	// One connection waits in each stage.
	knows := h.rawClient(firefox)
	knows.handshake(channel.PairingClientID, h.pairingKey(code))
	named := h.rawClient(chromium)
	named.handshake(creds.ClientID, creds.Secret)
	paired, unpaired := h.rawClient(chromium), h.rawClient(firefox)
	unheard, err := net.Dial("tcp4", h.host)
	require.NoError(t, err)
	defer unheard.Close()

	crowd := func(open func() (io.Closer, error)) {
		for range 2 * lowPendingLimit {
			c, err := open()
			require.NoError(t, err)
			t.Cleanup(func() { _ = c.Close() })
		}
	}
	gone := func(c net.Conn) {
		t.Helper()
		_, err := c.Read(make([]byte, 1))
		assert.Error(t, err, "the oldest connection of the stage is dropped")
	}

	crowd(floods(h)["half a request"])
	gone(unheard)
	crowd(floods(h)["any origin, while pairing"])
	gone(unpaired.ws.NetConn())
	paired.handshake(creds.ClientID, creds.Secret) // neither flood dropped it
	crowd(floods(h)["a learned origin"])
	knows.request(1, protocol.SessionHello, hello)
	require.Nil(t, knows.read().Error, "the client that knows the pairing code stays pending")

	replays := make([]*rawClient, 2*lowPendingLimit)
	for i := range replays { // anybody can replay a first frame, but gets no further than its answer
		replays[i] = h.rawClient(chromium)
		replays[i].handshake(creds.ClientID, creds.Secret)
	}
	gone(named.ws.NetConn())
	_, err = h.connect(creds, chromium)
	assert.NoError(t, err, "a paired browser can still connect")
	assert.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil), "a session is not pending")
}

// A failed connection counts as new while it closes, so it can't displace others.
func TestClosingConnectionsDropNoOther(t *testing.T) {
	h := newHarness(t, withLowLimit)
	_, creds := h.pair(chromium, hello)
	waits := h.rawClient(chromium)
	waits.handshake(creds.ClientID, creds.Secret)
	for range 2 * lowPendingLimit { // they name the client but don't know its secret
		p := h.rawClient(chromium)
		frame := append([]byte{byte(len(creds.ClientID))}, creds.ClientID...)
		require.NoError(t, p.ws.WriteMessage(websocket.BinaryMessage, append(frame, make([]byte, 48)...)))
		p.ws.SetCloseHandler(func(int, string) error { return nil }) // without an answer to the close frame, the server waits
		assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	}
	waits.request(1, protocol.SessionHello, hello)
	assert.Nil(t, waits.read().Error)
}

// Pending connections leave some of the process's open files to the rest of the program.
func TestPendingLimit(t *testing.T) {
	for files, places := range map[int]int{math.MaxInt: server.MaxPending, 1 << 20: server.MaxPending, 1024: 204, 256: 51} {
		assert.Equal(t, places, server.PendingLimit(files), files)
	}
}
