//go:build linux

package app_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/protocol"
)

// startBus starts a session bus for the test alone, which can be killed.
func startBus(t *testing.T) (kill func()) {
	t.Helper()
	testenv.NeedsPrograms(t, "dbus-daemon")
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
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

type shownNotification struct {
	title, body string
	actions     []string
}

// fakeNotificationServer is a desktop's notification service.
type fakeNotificationServer struct {
	bus   *dbus.Conn
	shown chan shownNotification
}

const notificationsName = "org.freedesktop.Notifications"

func newFakeNotificationServer(t *testing.T) *fakeNotificationServer {
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { bus.Close() })
	w := &fakeNotificationServer{bus, make(chan shownNotification, 100)}
	require.NoError(t, bus.Export(w, "/org/freedesktop/Notifications", notificationsName))
	_, err = bus.RequestName(notificationsName, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	return w
}

func (w *fakeNotificationServer) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"actions", "body", "body-markup"}, nil
}

func (w *fakeNotificationServer) Notify(_ string, _ uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	w.shown <- shownNotification{title, body, actions}
	return 7, nil
}

func (w *fakeNotificationServer) pressButton(t *testing.T, key string) {
	require.NoError(t, w.bus.Emit("/org/freedesktop/Notifications", notificationsName+".ActionInvoked", uint32(7), key))
}

// A code is shown in a notification and copied by its button. A restart repeats nothing,
// and a bus that dies takes nothing else down.
func TestNotifications(t *testing.T) {
	kill := startBus(t)
	server := newFakeNotificationServer(t)
	programs := t.TempDir()
	copied := filepath.Join(programs, "copied")
	require.NoError(t, syscall.Mkfifo(copied, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(programs, "xclip"), []byte("#!/bin/sh\nexec cat >'"+copied+"'\n"), 0o700))
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	t.Setenv("WAYLAND_DISPLAY", "")

	keyring := secrets.Memory()
	simulated, api := provider(t, keyring)
	opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
	const noService = "there are no notifications"
	var code string
	deliver := func() protocol.Order {
		c := pairClient(t, opts.Dir)
		state := c.Welcome().Snapshot
		bought := buy(t, c)
		var o protocol.Order
		found := func() bool {
			for _, o = range state.Orders {
				if o.ID == bought.OrderID {
					return true
				}
			}
			return false
		}
		follow(t, c, &state, found)
		var err error
		code, err = simulated.SendSMS(o.Number)
		require.NoError(t, err)
		follow(t, c, &state, func() bool { return found() && o.CodeReady })
		return o
	}
	whileRunning(t, opts, func() {
		o := deliver()
		n := <-server.shown
		assert.Equal(t, "Code "+code, n.title)
		assert.Contains(t, n.body, o.ServiceName)
		server.pressButton(t, n.actions[0])
		text, err := os.ReadFile(copied)
		require.NoError(t, err)
		assert.Equal(t, code, string(text))
	})
	whileRunning(t, opts, func() {
		hide := true
		_, err := control.Dial(opts.Dir).Change(t.Context(), control.Change{HideCodes: &hide})
		require.NoError(t, err)
		deliver()
		n := <-server.shown
		assert.Equal(t, "Code received", n.title, "the first code is not repeated, and this one is hidden")
		assert.NotContains(t, n.title+n.body+strings.Join(n.actions, ""), code)
		kill()
		_, err = control.Dial(opts.Dir).Change(t.Context(), control.Change{LowBalance: "1000000"}) // every balance is below it
		require.NoError(t, err)
		assert.Equal(t, protocol.IntentBought, buy(t, pairClient(t, opts.Dir)).State)
		require.Eventually(t, func() bool { return strings.Contains(logOf(t, opts.Dir), noService) }, testTimeout, 10*time.Millisecond)
	})
	assert.Empty(t, server.shown)
	log := logOf(t, opts.Dir)
	assert.Equal(t, 1, strings.Count(log, noService), "logged once")
	assert.NotContains(t, log, code)
}

func logOf(t *testing.T, dir string) string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "companion.log"))
	require.NoError(t, err)
	return string(log)
}

// A browser can have the window opened that asks for the key. The key goes from the window
// to the keyring, and no browser sees it.
func TestBrowserOpensTheKeyWindow(t *testing.T) {
	startBus(t)
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DISPLAY", "")
	keyring := secrets.Memory()
	_, api := provider(t, keyring)
	host := strings.TrimSuffix(strings.TrimPrefix(api, "http://"), sandbox.Path)
	require.NoError(t, app.NewKeys(keyring, host).Set(t.Context(), "wrong-"+sandbox.Key))
	programs := t.TempDir()
	asked := filepath.Join(programs, "asked")
	// The window gives nonsense first, and the key after the complaint.
	script := "#!/bin/sh\ncase \"$*\" in *'is not an API key'*) echo " + sandbox.Key + " ;; *) echo 'no key' ;; esac\necho \"$*\" >>'" + asked + "'\n"
	require.NoError(t, os.WriteFile(filepath.Join(programs, "zenity"), []byte(script), 0o700))
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
	whileRunning(t, opts, func() {
		c := pairClient(t, opts.Dir)
		state := c.Welcome().Snapshot
		follow(t, c, &state, func() bool { return state.Key.State == protocol.KeyRefused })
		err := c.Call(t.Context(), protocol.KeyAsk, protocol.Empty{}, nil)
		require.ErrorContains(t, err, "without a screen")
		assert.Contains(t, protocol.AsError(err).Next, "key set")

		t.Setenv("DISPLAY", ":1")
		call[protocol.Empty](t, c, protocol.KeyAsk, protocol.Empty{})
		follow(t, c, &state, func() bool { return state.Key.State == protocol.KeyOK })
	})
	raw, err := os.ReadFile(asked)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(raw), "--entry"))
	assert.Equal(t, 2, strings.Count(string(raw), "--hide-text"))
	for _, secret := range []string{sandbox.Key, "no key"} {
		assert.NotContains(t, string(raw)+logOf(t, opts.Dir), secret)
	}
}
