package server_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/shared/protocol"
)

const nobody = 65534

// program describes a kind of socket that a program may open.
type program struct {
	family, protocol int
	prepare          func(fd int) error // before it connects
}

// programs are the kinds of sockets that might hide the user of a connection.
var programs = map[string]program{
	"IPv4":             {family: unix.AF_INET},
	"IPv6":             {family: unix.AF_INET6}, // which carries IPv4 too
	"several paths":    {family: unix.AF_INET, protocol: unix.IPPROTO_MPTCP},
	"another address":  {family: unix.AF_INET, prepare: func(fd int) error { return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 9}}) }},
	"one device":       {family: unix.AF_INET, prepare: func(fd int) error { return unix.BindToDevice(fd, "lo") }},
	"IPv6, one device": {family: unix.AF_INET6, prepare: func(fd int) error { return unix.BindToDevice(fd, "lo") }},
}

// dial connects as a user. Only root can connect as another one.
func (p program) dial(uid, port int) (net.Conn, error) {
	if uid != os.Getuid() {
		runtime.LockOSThread() // only this thread changes its user
		defer runtime.UnlockOSThread()
		if _, err := unix.SetfsuidRetUid(uid); err != nil {
			return nil, err
		}
		defer func() { _, _ = unix.SetfsuidRetUid(os.Getuid()) }()
	}
	fd, err := unix.Socket(p.family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, p.protocol)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "socket")
	defer file.Close()
	if p.prepare != nil {
		if err := p.prepare(fd); err != nil {
			return nil, err
		}
	}
	address := [4]byte{127, 0, 0, 1}
	var to unix.Sockaddr = &unix.SockaddrInet4{Port: port, Addr: address}
	if p.family == unix.AF_INET6 {
		to = &unix.SockaddrInet6{Port: port, Addr: [16]byte(net.IP(address[:]).To16())}
	}
	if err := unix.Connect(fd, to); err != nil {
		return nil, err
	}
	return net.FileConn(file)
}

func TestPeerUID(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	users := []int{os.Getuid()}
	if os.Getuid() == 0 {
		users = append(users, nobody)
	}
	for _, user := range users {
		for name, p := range programs {
			ours, err := p.dial(user, port)
			require.NoError(t, err, name)
			defer ours.Close()
			conn, err := l.Accept()
			require.NoError(t, err, name)
			defer conn.Close()
			uid, err := server.PeerUID(conn)
			require.NoError(t, err, name)
			assert.Equal(t, user, uid, name)
		}
	}
}

func TestPeerUIDFails(t *testing.T) {
	one, other := net.Pipe()
	defer one.Close()
	defer other.Close()
	_, err := server.PeerUID(one)
	require.Error(t, err)

	l, err := net.Listen("tcp6", "[::1]:0")
	require.NoError(t, err)
	defer l.Close()
	ours, err := net.Dial("tcp6", l.Addr().String())
	require.NoError(t, err)
	defer ours.Close()
	conn, err := l.Accept()
	require.NoError(t, err)
	defer conn.Close()
	_, err = server.PeerUID(conn)
	require.Error(t, err)
}

// otherUser starts a server with a client, and returns a user who does not own the server.
// Only root can open connections as somebody else; without root the server is somebody else's.
func otherUser(t *testing.T, hurry ...func(*server.Server)) (h *harness, creds protocol.Credentials, other int) {
	if os.Getuid() == 0 {
		h = newHarness(t, hurry...)
		_, creds = h.pair(chromium, hello)
		return h, creds, nobody
	}
	h = newHarness(t, append(hurry, func(s *server.Server) { s.SetUID(os.Getuid() + 1) })...)
	return h, creds, os.Getuid()
}

// Programs of another user receive no byte, whatever they send and know.
func TestOtherUserIsRefused(t *testing.T) {
	h, creds, other := otherUser(t)
	h.pairingCode()
	for name, p := range programs {
		conn, err := p.dial(other, h.port)
		if err == nil {
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+h.host+"\r\n\r\n") // may be cut off already
			said, _ := io.ReadAll(conn)
			assert.Empty(t, said, name)
			_ = conn.Close()
		}
		dialer := websocket.Dialer{
			Subprotocols: []string{protocol.Subprotocol},
			NetDial:      func(string, string) (net.Conn, error) { return p.dial(other, h.port) },
		}
		_, _, err = dialer.Dial("ws://"+h.host+"/", http.Header{"Origin": {chromium}})
		assert.Error(t, err, name)
	}
	assert.Contains(t, h.log.String(), "refused a program of another user")
	if os.Getuid() == 0 {
		_, err := h.connect(creds, chromium)
		assert.NoError(t, err, "a browser of the server's own user can connect")
	}
}

// Connections of another user are never pending, and their log lines are limited.
func TestFloodFromOtherUserIsNotPending(t *testing.T) {
	h, creds, other := otherUser(t, func(s *server.Server) { s.SetPendingLimit(1) })
	var waits net.Conn
	if os.Getuid() == 0 {
		var err error
		waits, err = net.Dial("tcp4", h.host) // takes the only pending place
		require.NoError(t, err)
		defer waits.Close()
	}
	for range 2 * perSecond {
		conn, err := programs["IPv4"].dial(other, h.port)
		if err == nil {
			defer conn.Close()
		}
	}
	assert.Less(t, strings.Count(h.log.String(), "refused a program of another user"), 20)
	if waits == nil {
		return
	}
	// It is still pending after the flood.
	dialer := websocket.Dialer{
		Subprotocols: []string{protocol.Subprotocol},
		NetDial:      func(string, string) (net.Conn, error) { return waits, nil },
	}
	ws, _, err := dialer.Dial("ws://"+h.host+"/", from(chromium))
	require.NoError(t, err)
	own := &rawClient{h: h, origin: chromium, ws: ws}
	own.handshake(creds.ClientID, creds.Secret)
}

// BenchmarkPeerUID measures the lookup that every connection causes, while many are open.
func BenchmarkPeerUID(b *testing.B) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(b, err)
	defer l.Close()
	var conn net.Conn
	for range 4000 {
		ours, err := net.Dial("tcp4", l.Addr().String())
		require.NoError(b, err)
		defer ours.Close()
		conn, err = l.Accept()
		require.NoError(b, err)
		defer conn.Close()
	}
	for b.Loop() {
		_, err := server.PeerUID(conn)
		require.NoError(b, err)
	}
}
