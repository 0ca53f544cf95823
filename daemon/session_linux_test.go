package main

import (
	"bufio"
	"bytes"
	"net/http/httptest"
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
	"golang.org/x/sys/unix"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/protocol"
)

// testSession is a login session with a message bus and a keyring, a data directory, and a
// provider on loopback.
type testSession struct {
	t       *testing.T
	program string // path of the companion
	dir     string
	api     string
	bus     *exec.Cmd
	stderr  bytes.Buffer // of the running companion
	cmd     *exec.Cmd
}

const password = "test"

func newTestSession(t *testing.T) *testSession {
	testenv.NeedsPrograms(t, "sh", "dbus-daemon", "gnome-keyring-daemon", "gdbus")
	s := &testSession{t: t, program: filepath.Join(t.TempDir(), "logspanel-companion"), dir: filepath.Join(t.TempDir(), "data")}
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, s.program)) // TestMain recognises the program by this name
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	s.api = server.URL + sandbox.Path

	runtime := t.TempDir()
	address := "unix:path=" + filepath.Join(runtime, "bus")
	for name, value := range map[string]string{
		"HOME": runtime, "XDG_RUNTIME_DIR": runtime, "XDG_DATA_HOME": runtime, "XDG_CONFIG_HOME": runtime,
		"DISPLAY": "", "WAYLAND_DISPLAY": "", "DBUS_SESSION_BUS_ADDRESS": address,
	} {
		t.Setenv(name, value)
	}
	s.bus = exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	out, err := s.bus.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.bus.Start())
	t.Cleanup(s.killBus)
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	keyring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	keyring.Stdin = strings.NewReader(password)
	require.NoError(t, keyring.Start())
	t.Cleanup(func() { _, _ = keyring.Process.Kill(), keyring.Wait() })
	require.NoError(t, exec.Command("gdbus", "wait", "--session", "--timeout", "60", "org.freedesktop.secrets").Run())
	set := s.command("key", "set", "--api-url", s.api)
	set.Stdin = strings.NewReader(sandbox.Key + "\n")
	printed, err := set.CombinedOutput()
	require.NoError(t, err, "%s", printed)
	return s
}

func (s *testSession) killBus() { _, _ = s.bus.Process.Kill(), s.bus.Wait() }

func (s *testSession) command(args ...string) *exec.Cmd {
	return exec.CommandContext(s.t.Context(), s.program, append(args, "--data-dir", s.dir)...)
}

// output runs a command and returns what it printed.
func (s *testSession) output(args ...string) string {
	out, _ := s.command(args...).CombinedOutput()
	return string(out)
}

// run starts the companion.
func (s *testSession) run(args ...string) {
	s.t.Helper()
	s.stderr.Reset()
	s.cmd = s.command(append([]string{"run", "--port", "0", "--api-url", s.api}, args...)...)
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(s.t, err)
	require.Contains(s.t, line, "listening on")
}

// stop ends the companion as a session does, and expects a clean exit.
func (s *testSession) stop() {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(unix.SIGTERM))
	require.NoError(s.t, s.cmd.Wait(), "%s", &s.stderr)
}

// await polls until the companion is as wanted.
func (s *testSession) await(what string, wanted func(control.Diagnostics) bool) {
	s.t.Helper()
	var c control.Diagnostics
	for deadline := time.Now().Add(testTimeout); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		var err error
		if c, err = control.Dial(s.dir).Diagnose(s.t.Context()); err == nil && wanted(c) {
			return
		}
	}
	require.Fail(s.t, "it is not "+what, "%+v", c)
}

// setLocked locks the keyring, or unlocks it with the password.
func (s *testSession) setLocked(locked bool) {
	s.t.Helper()
	bus, err := dbus.ConnectSessionBus()
	require.NoError(s.t, err)
	defer bus.Close()
	const login = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if locked {
		require.NoError(s.t, service.Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err)
		return
	}
	var output dbus.Variant
	var session dbus.ObjectPath
	require.NoError(s.t, service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&output, &session))
	secret := struct {
		Session       dbus.ObjectPath
		Params, Value []byte
		Type          string
	}{session, nil, []byte(password), "text/plain"}
	const method = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword"
	require.NoError(s.t, service.Call(method, 0, login, secret).Err)
}

// setDiskFull makes every write of the companion to a file fail, as on a full disk.
func (s *testSession) setDiskFull(full bool) {
	limit := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if full {
		limit.Cur = 0
	}
	require.NoError(s.t, unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil))
}

// With the keyring locked the companion runs and reports it, and continues by itself once
// the keyring is unlocked.
func TestLockedKeyring(t *testing.T) {
	s := newTestSession(t)
	s.setLocked(true)
	s.run("--no-tray")
	printed := s.output("doctor")
	assert.Contains(t, printed, "FAIL  keyring        the keyring is locked or waits for a password: unlock it and try again")
	assert.Contains(t, printed, "checks failed")
	assert.Contains(t, s.output("key", "status", "--api-url", s.api), "unlock it and try again")
	s.await("locked", func(c control.Diagnostics) bool { return c.Key == protocol.KeyLocked })
	pid := s.cmd.Process.Pid
	s.setLocked(false)
	opened := false // no command below could cause this
	for deadline := time.Now().Add(testTimeout); !opened && time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		list, err := control.Dial(s.dir).Ledger(t.Context())
		opened = err == nil && len(list) > 0
	}
	assert.True(t, opened, "it reads the balance without being asked")
	assert.Equal(t, pid, s.cmd.Process.Pid)
	assert.Contains(t, s.output("doctor"), "ok    API key        the provider accepts it")
	s.stop()
	assert.NotContains(t, s.stderr.String(), sandbox.Key)
}

// The session bus is killed under a companion with tray, notifications and keyring.
func TestKilledBus(t *testing.T) {
	s := newTestSession(t)
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer bus.Close()
	icons := make(chan string, 1)
	require.NoError(t, bus.ExportMethodTable(map[string]any{
		"RegisterStatusNotifierItem": func(sender dbus.Sender, _ string) *dbus.Error {
			icons <- string(sender)
			return nil
		},
	}, "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher"))
	_, err = bus.RequestName("org.kde.StatusNotifierWatcher", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	s.run()
	<-icons
	s.await("at work", func(c control.Diagnostics) bool { return c.Key == protocol.KeyOK })

	s.killBus()
	s.await("without a keyring", func(c control.Diagnostics) bool { return c.Keyring != "" })
	s.await("at work all the same", func(c control.Diagnostics) bool { return c.Key == protocol.KeyOK && c.Provider == nil })
	assert.Contains(t, s.output("limits", "--order", "777"), "limit per order: 777.00 NGN")
	assert.Contains(t, s.output("notifications", "--low", "1000000"), "a balance below 1000000.00 NGN") // which causes a notification at once, with nobody to show it
	printed := s.output("doctor")
	assert.Contains(t, printed, "ok    API key        the provider accepts it")
	assert.Contains(t, printed, "!     message bus    the session has no message bus")
	s.stop()
	assert.Equal(t, 1, strings.Count(s.stderr.String(), "there is no tray icon"), "%s", &s.stderr)
	assert.NotContains(t, s.stderr.String(), "panic")
}

// The companion reports a full disk, loses nothing, and continues once there is space.
func TestFullDisk(t *testing.T) {
	s := newTestSession(t)
	s.run("--no-tray")
	s.await("at work", func(c control.Diagnostics) bool { return c.Key == protocol.KeyOK })
	require.Contains(t, s.output("limits", "--order", "777"), "limit per order: 777.00 NGN")

	s.setDiskFull(true)
	for _, command := range [][]string{
		{"limits", "--order", "888"}, {"auto-cancel", "off"}, {"notifications", "off"}, {"notifications", "--low", "5"},
	} {
		printed := s.output(command...)
		assert.Contains(t, printed, "free up disk space", "%v", command)
	}
	s.await("at work all the same", func(c control.Diagnostics) bool { return c.Key == protocol.KeyOK && c.Journal == "" })
	assert.Contains(t, s.output("doctor"), "ok    journal        it is intact")

	s.setDiskFull(false)
	assert.Contains(t, s.output("limits"), "limit per order: 777.00 NGN")
	assert.Contains(t, s.output("notifications"), "on: ")
	assert.Contains(t, s.output("limits", "--order", "999"), "limit per order: 999.00 NGN")
	s.setDiskFull(true)
	s.stop()
	s.run("--no-tray")
	assert.Contains(t, s.output("limits"), "limit per order: 999.00 NGN")
	s.stop()
}

func TestStartingOnAFullDisk(t *testing.T) {
	s := newTestSession(t)
	full := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 0; exec "$@"`, "sh", s.program, "run", "--no-tray", "--port", "0",
		"--api-url", s.api, "--data-dir", s.dir)
	out, err := full.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "the disk is full: free up space and start the companion again")
	s.run("--no-tray")
	s.stop()
}

// A memory dump would contain the API key.
func TestCrashLeavesNoDump(t *testing.T) {
	testenv.NeedsPrograms(t, "sh")
	var before unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_CORE, &before))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: before.Max, Max: before.Max}))
	t.Cleanup(func() { assert.NoError(t, unix.Setrlimit(unix.RLIMIT_CORE, &before)) })
	t.Chdir(t.TempDir()) // the kernel may put the dump here

	other := exec.Command("sh", "-c", "kill -ABRT $$")
	require.Error(t, other.Run())
	require.True(t, other.ProcessState.Sys().(syscall.WaitStatus).CoreDump(), "a dump must be possible here for other programs: see ulimit -Hc")

	s := newTestSession(t)
	t.Setenv("GOTRACEBACK", "crash")
	s.run("--no-tray")
	require.NoError(t, s.cmd.Process.Signal(unix.SIGQUIT))
	require.Error(t, s.cmd.Wait())
	status := s.cmd.ProcessState.Sys().(syscall.WaitStatus)
	assert.Equal(t, unix.SIGABRT, status.Signal(), "it falls as the system wants it to: %s", &s.stderr)
	assert.False(t, status.CoreDump())
}
