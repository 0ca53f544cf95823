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

	"github.com/logspanel/companion/scripts/testenv"
)

// startBus starts a session bus for the test alone. It can be killed and started again.
func startBus(t *testing.T) (kill func()) {
	t.Helper()
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return serveBus(t, address)
}

func serveBus(t *testing.T, address string) (kill func()) {
	t.Helper()
	testenv.NeedsPrograms(t, "dbus-daemon")
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

// receivedNotification is a notification as the fake server received it.
type receivedNotification struct {
	app, icon, title, body string
	replaces               uint32
	actions                []string
	hints                  map[string]dbus.Variant
	expires                int32
}

// fakeServer is a desktop's notification service.
type fakeServer struct {
	bus          *dbus.Conn
	mu           sync.Mutex
	capabilities []string
	silent       bool // refuses to list its capabilities
	pressesEarly bool // presses the button before it answers the call
	hang         chan struct{}
	received     chan receivedNotification
}

func newFakeServer(t *testing.T, can ...string) *fakeServer {
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { bus.Close() })
	s := &fakeServer{bus: bus, capabilities: can, received: make(chan receivedNotification, 10)}
	s.register(t)
	return s
}

func (s *fakeServer) register(t *testing.T) {
	require.NoError(t, s.bus.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.silent {
				return nil, dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", nil)
			}
			return s.capabilities, nil
		},
		"Notify": func(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
			s.mu.Lock()
			hang, quick := s.hang, s.pressesEarly
			s.mu.Unlock()
			if hang != nil {
				<-hang
			}
			if quick {
				s.press(t, 1, actions[0])
			}
			s.received <- receivedNotification{app, icon, title, body, replaces, actions, hints, expires}
			return 1, nil
		},
	}, notificationsPath, notificationsName))
	reply, err := s.bus.RequestName(notificationsName, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
}

func (s *fakeServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *fakeServer) press(t *testing.T, body ...any) {
	assert.NoError(t, s.bus.Emit(notificationsPath, notificationsName+".ActionInvoked", body...))
}

func TestShow(t *testing.T) {
	hostile := Notification{Title: "Code <i>1</i>\x07\n&amp; \u202e", Body: "<b>a</b> & \xff\u2066\"b\"\nc", Urgent: true, Button: "Copy"}
	for name, c := range map[string]struct {
		can     []string
		deny    bool
		body    string
		actions int
	}{
		"every capability":       {[]string{"body", "body-markup", "actions", "persistence"}, false, `&lt;b&gt;a&lt;/b&gt; &amp; "b" c`, 2},
		"no markup":              {[]string{"body", "actions"}, false, `<b>a</b> & "b" c`, 2},
		"no buttons":             {[]string{"body", "body-markup"}, false, `&lt;b&gt;a&lt;/b&gt; &amp; "b" c`, 0},
		"nothing":                {nil, false, `<b>a</b> & "b" c`, 0},
		"no capabilities listed": {nil, true, `<b>a</b> & "b" c`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			startBus(t)
			s := newFakeServer(t, c.can...)
			s.set(func() { s.silent = c.deny })
			n := NewNotifier(t.Context())
			require.NoError(t, n.Show(t.Context(), hostile))
			got := <-s.received
			assert.Equal(t, Name, got.app)
			assert.Equal(t, "Code <i>1</i> &amp;", got.title, "a title has no markup")
			assert.Equal(t, c.body, got.body)
			assert.Len(t, got.actions, c.actions)
			assert.Equal(t, byte(2), got.hints["urgency"].Value())
			assert.EqualValues(t, -1, got.expires)
			hostile := hostile
			hostile.Urgent, hostile.Button = false, ""
			require.NoError(t, n.Show(t.Context(), hostile))
			got = <-s.received
			assert.Empty(t, got.actions)
			assert.Equal(t, byte(1), got.hints["urgency"].Value())
		})
	}
}

func TestButtonPress(t *testing.T) {
	startBus(t)
	s := newFakeServer(t, "actions")
	n := NewNotifier(t.Context())
	pressed := make(chan string, 10)
	key := func(name string) string {
		require.NoError(t, n.Show(t.Context(), Notification{Title: name, Button: "Copy", OnPress: func() { pressed <- name }}))
		got := <-s.received
		assert.Equal(t, "Copy", got.actions[1])
		return got.actions[0]
	}
	one, two := key("one"), key("two")
	for _, malformed := range [][]any{
		{}, {uint32(1)}, {uint32(1), uint32(2)}, {"x", "y"}, {uint32(1), "default"}, {uint32(1), ""}, {uint32(1), "copy", "more"},
	} {
		s.press(t, malformed...)
	}
	s.press(t, uint32(2), two)
	assert.Equal(t, "two", <-pressed)
	s.press(t, uint32(1), one)
	s.press(t, uint32(1), one)
	assert.Equal(t, "one", <-pressed)
	assert.Equal(t, "one", <-pressed, "on some desktops the button stays")

	other, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer other.Close()
	require.NoError(t, other.Emit(notificationsPath, notificationsName+".ActionInvoked", uint32(1), one))
	s.set(func() { s.pressesEarly = true })
	key("three")
	assert.Equal(t, "three", <-pressed, "a signal from another program presses nothing")
}

func TestServersComeAndGo(t *testing.T) {
	kill := startBus(t)
	n := NewNotifier(t.Context())
	show := func() error { return n.Show(t.Context(), Notification{Title: "hello"}) }
	require.ErrorIs(t, show(), ErrNoNotifications, "no service is running yet")
	s := newFakeServer(t)
	require.NoError(t, show())
	<-s.received
	_, err := s.bus.ReleaseName(notificationsName)
	require.NoError(t, err)
	require.ErrorIs(t, show(), ErrNoNotifications)
	s = newFakeServer(t, "actions")
	require.NoError(t, show())
	<-s.received

	kill()
	require.ErrorIs(t, show(), ErrNoNotifications)
	require.ErrorIs(t, show(), ErrNoBus)
	serveBus(t, os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	s = newFakeServer(t)
	require.NoError(t, show(), "the bus is back")
	<-s.received

	hang := make(chan struct{})
	defer close(hang)
	s.set(func() { s.hang = hang })
	hurried, cancel := context.WithTimeout(t.Context(), pollInterval)
	defer cancel()
	require.ErrorIs(t, n.Show(hurried, Notification{Title: "hello"}), ErrNoNotifications, "a service that never answers does not block")
}

func TestNoNotificationsWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	require.ErrorIs(t, NewNotifier(t.Context()).Show(t.Context(), Notification{Title: "hello"}), ErrNoNotifications)
}
