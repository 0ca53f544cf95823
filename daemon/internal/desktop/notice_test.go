//go:build linux

package desktop

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// session is a message bus of the test's own. It can be killed, and started again.
func session(t *testing.T) (kill func()) {
	t.Helper()
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return serveBus(t, address)
}

func serveBus(t *testing.T, address string) (kill func()) {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	kill = func() { _, _ = cmd.Process.Kill(), cmd.Wait() }
	t.Cleanup(kill)
	return kill
}

// shown is a notification as a server got it.
type shown struct {
	app, icon, title, body string
	replaces               uint32
	actions                []string
	hints                  map[string]dbus.Variant
	expires                int32
}

// server shows notifications as desktops do.
type server struct {
	bus   *dbus.Conn
	mu    sync.Mutex
	can   []string
	deny  bool // says nothing of what it can
	quick bool // a button is pressed before the notification is answered
	hang  chan struct{}
	got   chan shown
}

func newServer(t *testing.T, can ...string) *server {
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { bus.Close() })
	s := &server{bus: bus, can: can, got: make(chan shown, 10)}
	s.open(t)
	return s
}

func (s *server) open(t *testing.T) {
	require.NoError(t, s.bus.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.deny {
				return nil, dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", nil)
			}
			return s.can, nil
		},
		"Notify": func(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
			s.mu.Lock()
			hang, quick := s.hang, s.quick
			s.mu.Unlock()
			if hang != nil {
				<-hang
			}
			if quick {
				s.press(t, 1, actions[0])
			}
			s.got <- shown{app, icon, title, body, replaces, actions, hints, expires}
			return 1, nil
		},
	}, notificationsPath, notifications))
	reply, err := s.bus.RequestName(notifications, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
}

func (s *server) set(how func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how()
}

func (s *server) press(t *testing.T, body ...any) {
	assert.NoError(t, s.bus.Emit(notificationsPath, notifications+".ActionInvoked", body...))
}

func TestShow(t *testing.T) {
	hostile := Notice{Title: "Code <i>1</i>\x07\n&amp; \u202e", Body: "<b>a</b> & \xff\u2066\"b\"\nc", Urgent: true, Button: "Copy"}
	for name, c := range map[string]struct {
		can     []string
		deny    bool
		body    string
		actions int
	}{
		"all that there is":     {[]string{"body", "body-markup", "actions", "persistence"}, false, `&lt;b&gt;a&lt;/b&gt; &amp; "b" c`, 2},
		"no markup":             {[]string{"body", "actions"}, false, `<b>a</b> & "b" c`, 2},
		"no buttons":            {[]string{"body", "body-markup"}, false, `&lt;b&gt;a&lt;/b&gt; &amp; "b" c`, 0},
		"nothing":               {nil, false, `<b>a</b> & "b" c`, 0},
		"it says nothing of it": {nil, true, `<b>a</b> & "b" c`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			session(t)
			s := newServer(t, c.can...)
			s.set(func() { s.deny = c.deny })
			n := NewNotifier(t.Context())
			require.NoError(t, n.Show(t.Context(), hostile))
			got := <-s.got
			assert.Equal(t, Name, got.app)
			assert.Equal(t, "Code <i>1</i> &amp;", got.title, "a title has no markup")
			assert.Equal(t, c.body, got.body)
			assert.Len(t, got.actions, c.actions)
			assert.Equal(t, byte(2), got.hints["urgency"].Value())
			assert.EqualValues(t, -1, got.expires)
			hostile := hostile
			hostile.Urgent, hostile.Button = false, ""
			require.NoError(t, n.Show(t.Context(), hostile))
			got = <-s.got
			assert.Empty(t, got.actions)
			assert.Equal(t, byte(1), got.hints["urgency"].Value())
		})
	}
}

func TestPress(t *testing.T) {
	session(t)
	s := newServer(t, "actions")
	n := NewNotifier(t.Context())
	pressed := make(chan string, 10)
	key := func(name string) string {
		require.NoError(t, n.Show(t.Context(), Notice{Title: name, Button: "Copy", Press: func() { pressed <- name }}))
		got := <-s.got
		assert.Equal(t, "Copy", got.actions[1])
		return got.actions[0]
	}
	one, two := key("one"), key("two")
	for _, odd := range [][]any{
		{}, {uint32(1)}, {uint32(1), uint32(2)}, {"x", "y"}, {uint32(1), "default"}, {uint32(1), ""}, {uint32(1), "copy", "more"},
	} {
		s.press(t, odd...)
	}
	s.press(t, uint32(2), two)
	assert.Equal(t, "two", <-pressed)
	s.press(t, uint32(1), one)
	s.press(t, uint32(1), one)
	assert.Equal(t, "one", <-pressed)
	assert.Equal(t, "one", <-pressed, "it stays there on some desktops")

	other, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer other.Close()
	require.NoError(t, other.Emit(notificationsPath, notifications+".ActionInvoked", uint32(1), one))
	s.set(func() { s.quick = true })
	key("three")
	assert.Equal(t, "three", <-pressed, "nobody but the server presses a button")
}

func TestServersComeAndGo(t *testing.T) {
	kill := session(t)
	n := NewNotifier(t.Context())
	show := func() error { return n.Show(t.Context(), Notice{Title: "hello"}) }
	require.ErrorIs(t, show(), ErrNoNotices, "none is there yet")
	s := newServer(t)
	require.NoError(t, show())
	<-s.got
	_, err := s.bus.ReleaseName(notifications)
	require.NoError(t, err)
	require.ErrorIs(t, show(), ErrNoNotices)
	s = newServer(t, "actions")
	require.NoError(t, show())
	<-s.got

	kill()
	require.ErrorIs(t, show(), ErrNoNotices)
	require.ErrorIs(t, show(), ErrNoBus)
	serveBus(t, os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	s = newServer(t)
	require.NoError(t, show(), "the bus is back")
	<-s.got

	hang := make(chan struct{})
	defer close(hang)
	s.set(func() { s.hang = hang })
	hurried, cancel := context.WithTimeout(t.Context(), tick)
	defer cancel()
	require.ErrorIs(t, n.Show(hurried, Notice{Title: "hello"}), ErrNoNotices, "one that never answers holds nobody up")
}

func TestNoNoticesWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	require.ErrorIs(t, NewNotifier(t.Context()).Show(t.Context(), Notice{Title: "hello"}), ErrNoNotices)
}
