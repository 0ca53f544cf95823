package server_test

import (
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// perSecond is how many connections one program was measured to open.
const perSecond = 900

// flood is a program that opens connections and keeps them open. It measures time by the
// number of connections, perSecond to a second, so that a slow machine changes nothing.
type flood struct {
	h     *harness
	open  func() (io.Closer, error)
	scale int         // divides the flood and the server's limits, to save time
	held  []io.Closer // oldest first
}

// last floods for some seconds, and returns when the server has accepted every connection.
func (f *flood) last(seconds int) {
	for range seconds * perSecond / f.scale {
		c, err := f.open()
		require.NoError(f.h.t, err)
		f.held = append(f.held, c)
	}
	for len(f.held) > (server.MaxPending+perSecond)/f.scale { // the server has closed the oldest
		_ = f.held[0].Close()
		f.held = f.held[1:]
	}
	f.h.reached()
}

func (f *flood) end() {
	for _, c := range f.held {
		_ = c.Close()
	}
}

// reached blocks until the server has accepted every earlier connection.
func (h *harness) reached() {
	response, err := http.Get("http://" + h.host)
	require.NoError(h.t, err)
	_ = response.Body.Close()
}

// floods returns functions that open a connection and then stay silent, by what they send.
func floods(h *harness) map[string]func() (io.Closer, error) {
	sends := func(text string) func() (io.Closer, error) {
		return func() (io.Closer, error) {
			conn, err := net.Dial("tcp4", h.host)
			if err == nil {
				_, err = io.WriteString(conn, text)
			}
			return conn, err
		}
	}
	upgrades := func(origin string) func() (io.Closer, error) {
		dialer := websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}, ReadBufferSize: 512, WriteBufferSize: 512}
		return func() (io.Closer, error) {
			ws, _, err := dialer.Dial("ws://"+h.host+"/", from(origin))
			return ws, err
		}
	}
	return map[string]func() (io.Closer, error){
		"nothing":                   sends(""),
		"half a request":            sends("GET / HTTP/1.1\r\nHost: " + h.host + "\r\nOrigin: " + chromium + "\r\nUpgr"),
		"a learned origin":          upgrades(chromium),
		"any origin, while pairing": upgrades("moz-extension://somebody"),
	}
}

// All browsers get in, although each is slow at every step because it starts its backend
// first, and another program opens connections as fast as it can.
func TestSlowBrowsersGetInDuringAFlood(t *testing.T) {
	const scale = 8
	for name := range floods(&harness{}) {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(s *server.Server) {
				s.SetTimeouts(hour, hour, hour)
				s.SetPendingLimit(server.MaxPending / scale)
			})
			_, creds := h.pair(chromium, hello)
			_, more := h.pair(chromium, hello) // a client's sessions are limited
			code := h.pairingCode()
			f := flood{h: h, open: floods(h)[name], scale: scale}
			defer f.end()
			f.last(5) // longer than a silent connection may stay

			const browsers = 10
			var conns [browsers]net.Conn
			for i := range conns {
				var err error
				conns[i], err = net.Dial("tcp4", h.host)
				require.NoError(t, err)
			}
			f.last(2)
			peers := make([]*rawClient, browsers)
			for i, conn := range conns {
				dialer := websocket.Dialer{
					Subprotocols: []string{protocol.Subprotocol},
					NetDial:      func(string, string) (net.Conn, error) { return conn, nil },
				}
				ws, _, err := dialer.Dial("ws://"+h.host+"/", from(chromium))
				require.NoError(t, err, "browser %d opens a websocket", i)
				defer ws.Close()
				peers[i] = &rawClient{h: h, origin: chromium, ws: ws}
			}
			f.last(2)
			peers[0].handshake(channel.PairingClientID, h.pairingKey(code))
			for i, p := range peers[1:] {
				client := []protocol.Credentials{creds, more}[i%2]
				p.handshake(client.ClientID, client.Secret)
			}
			f.last(1)
			for _, p := range peers {
				p.request(1, protocol.SessionHello, hello)
				assert.Nil(t, p.read().Error)
			}
		})
	}
}

// A flood takes a bounded amount of memory and does not disturb a session.
func TestTenThousandOpens(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	var now runtime.MemStats
	used := func() uint64 {
		runtime.GC()
		runtime.ReadMemStats(&now)
		return now.HeapInuse + now.StackInuse
	}
	before := used()
	var crowd sync.WaitGroup
	crowd.Go(func() {
		f := flood{h: h, open: floods(h)["a learned origin"], scale: 1}
		defer f.end()
		f.last(12)
		assert.Less(t, runtime.NumGoroutine(), server.MaxPending+perSecond)
		assert.Less(t, used(), before+128<<20, "heap and stack bytes of client and server")
	})
	for range 50 {
		require.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil), "the session works during the flood")
	}
	crowd.Wait()
	require.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
	_, err := h.connect(creds, chromium)
	require.NoError(t, err, "a paired browser can still connect")
}
