//go:build linux

package tray

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// sessionVariable tells the restarted test binary that it runs in a session of its own.
const sessionVariable = "LOGSPANEL_TEST_SESSION"

// inOwnSession reruns the test in a D-Bus session of its own. It reports whether this
// process is that rerun.
func inOwnSession(t *testing.T) bool {
	t.Helper()
	if os.Getenv(sessionVariable) != "" {
		return true
	}
	testenv.NeedsPrograms(t, "dbus-run-session")
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--",
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=2m")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), sessionVariable+"=yes", "HOME="+home, "XDG_RUNTIME_DIR="+home,
		"DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Run(), "%s", &out)
	require.Contains(t, out.String(), "PASS")
	return false
}

// fakePanel collects tray icons as a desktop's panel does.
type fakePanel struct {
	t       *testing.T
	bus     *dbus.Conn
	signals chan *dbus.Signal
	arrived chan string // bus names of registered icons
	item    string
}

func newPanel(t *testing.T) *fakePanel {
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { bus.Close() })
	p := &fakePanel{t: t, bus: bus, signals: make(chan *dbus.Signal, 1000), arrived: make(chan string, 1)}
	require.NoError(t, bus.Export(p, "/StatusNotifierWatcher", watcher))
	bus.Signal(p.signals)
	for _, path := range []dbus.ObjectPath{"/StatusNotifierItem", "/StatusNotifierItem/menu"} {
		require.NoError(t, bus.AddMatchSignal(dbus.WithMatchObjectPath(path)))
	}
	return p
}

func (p *fakePanel) open() {
	reply, err := p.bus.RequestName(watcher, dbus.NameFlagDoNotQueue)
	require.NoError(p.t, err)
	require.Equal(p.t, dbus.RequestNameReplyPrimaryOwner, reply)
}

// RegisterStatusNotifierItem is the D-Bus method that icons call.
func (p *fakePanel) RegisterStatusNotifierItem(sender dbus.Sender, _ string) *dbus.Error {
	p.arrived <- string(sender)
	return nil
}

func TestPanelThatStartsLate(t *testing.T) {
	if !inOwnSession(t) {
		return
	}
	p := newPanel(t)
	panelTimeout = 10 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	done, logged := make(chan error, 1), make(logLines, 10)
	go func() {
		done <- Run(ctx, Options{Source: &fakeSource{state: healthyState()}, Controller: newFakeController(), Log: logged.logger()})
	}()
	require.Contains(t, <-logged, "no panel collects them")
	p.open()
	<-p.arrived
	stop()
	require.NoError(t, <-done)
}

// logLines receives the lines of a log.
type logLines chan string

func (s logLines) Write(line []byte) (int, error) {
	s <- string(line)
	return len(line), nil
}

func (s logLines) logger() *slog.Logger { return slog.New(slog.NewTextHandler(s, nil)) }

func TestRunAfterItsContextEnded(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	require.NoError(t, Run(ended, Options{}), "a context that has ended is no error")
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	require.ErrorIs(t, Run(t.Context(), Options{}), ErrNoTray)

	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	ctx, stop := context.WithCancel(t.Context())
	done, logged := make(chan error, 1), make(logLines, 10)
	go func() { done <- Run(ctx, Options{Log: logged.logger()}) }()
	require.Contains(t, <-logged, "no tray icon")
	stop()
	require.NoError(t, <-done, "it waits for a bus that starts later")
}
