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
	"github.com/logspanel/companion/shared/protocol"
)

// home is a person's: a session with a message bus and a keyring, a data directory, and
// a provider on loopback.
type home struct {
	t       *testing.T
	program string // the companion
	dir     string
	api     string
	bus     *exec.Cmd
	said    bytes.Buffer // by the companion that runs
	cmd     *exec.Cmd
}

const password = "test"

func newHome(t *testing.T) *home {
	h := &home{t: t, program: filepath.Join(t.TempDir(), "logspanel-companion"), dir: filepath.Join(t.TempDir(), "data")}
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, h.program)) // which TestMain knows by this name
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	h.api = server.URL + sandbox.Path

	runtime := t.TempDir()
	address := "unix:path=" + filepath.Join(runtime, "bus")
	for name, value := range map[string]string{
		"HOME": runtime, "XDG_RUNTIME_DIR": runtime, "XDG_DATA_HOME": runtime, "XDG_CONFIG_HOME": runtime,
		"DISPLAY": "", "WAYLAND_DISPLAY": "", "DBUS_SESSION_BUS_ADDRESS": address,
	} {
		t.Setenv(name, value)
	}
	h.bus = exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	out, err := h.bus.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, h.bus.Start(), "make install brings it")
	t.Cleanup(h.killBus)
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	keyring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	keyring.Stdin = strings.NewReader(password)
	require.NoError(t, keyring.Start(), "make install brings it")
	t.Cleanup(func() { _, _ = keyring.Process.Kill(), keyring.Wait() })
	require.NoError(t, exec.Command("gdbus", "wait", "--session", "--timeout", "60", "org.freedesktop.secrets").Run())
	set := h.command("key", "set", "--api-url", h.api)
	set.Stdin = strings.NewReader(sandbox.Key + "\n")
	printed, err := set.CombinedOutput()
	require.NoError(t, err, "%s", printed)
	return h
}

func (h *home) killBus() { _, _ = h.bus.Process.Kill(), h.bus.Wait() }

func (h *home) command(args ...string) *exec.Cmd {
	return exec.CommandContext(h.t.Context(), h.program, append(args, "--data-dir", h.dir)...)
}

// says runs a command, and gives what it printed.
func (h *home) says(args ...string) string {
	out, _ := h.command(args...).CombinedOutput()
	return string(out)
}

// run starts the companion.
func (h *home) run(args ...string) {
	h.t.Helper()
	h.said.Reset()
	h.cmd = h.command(append([]string{"run", "--port", "0", "--api-url", h.api}, args...)...)
	h.cmd.Stderr = &h.said
	out, err := h.cmd.StdoutPipe()
	require.NoError(h.t, err)
	require.NoError(h.t, h.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(h.t, err)
	require.Contains(h.t, line, "listening on")
}

// stop ends it as a session does, and expects that it ends well.
func (h *home) stop() {
	h.t.Helper()
	require.NoError(h.t, h.cmd.Process.Signal(unix.SIGTERM))
	require.NoError(h.t, h.cmd.Wait(), "%s", &h.said)
}

// await asks until the companion is as wanted.
func (h *home) await(what string, wanted func(control.Checkup) bool) {
	h.t.Helper()
	var c control.Checkup
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		var err error
		if c, err = control.Dial(h.dir).Checkup(h.t.Context()); err == nil && wanted(c) {
			return
		}
	}
	require.Fail(h.t, "it is not "+what, "%+v", c)
}

// lock locks the keyring, or unlocks it as a person does who types the password.
func (h *home) lock(locked bool) {
	h.t.Helper()
	bus, err := dbus.ConnectSessionBus()
	require.NoError(h.t, err)
	defer bus.Close()
	const login = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if locked {
		require.NoError(h.t, service.Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err)
		return
	}
	var output dbus.Variant
	var session dbus.ObjectPath
	require.NoError(h.t, service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&output, &session))
	secret := struct {
		Session       dbus.ObjectPath
		Params, Value []byte
		Type          string
	}{session, nil, []byte(password), "text/plain"}
	const method = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword"
	require.NoError(h.t, service.Call(method, 0, login, secret).Err)
}

// full makes every write to a file fail in the companion, as a full disk does.
func (h *home) full(full bool) {
	limit := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if full {
		limit.Cur = 0
	}
	require.NoError(h.t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil))
}

// With the keyring locked the companion runs and says so, and goes on by itself once it
// is unlocked.
func TestALockedKeyring(t *testing.T) {
	h := newHome(t)
	h.lock(true)
	h.run("--no-tray")
	said := h.says("doctor")
	assert.Contains(t, said, "FAIL  keyring        the keyring is locked or waits for a password: unlock it and try again")
	assert.Contains(t, said, "checks failed")
	assert.Contains(t, h.says("key", "status", "--api-url", h.api), "unlock it and try again")
	h.await("locked", func(c control.Checkup) bool { return c.Key == protocol.KeyLocked })
	pid := h.cmd.Process.Pid
	h.lock(false)
	opened := false // which nothing that is asked here could have brought about
	for deadline := time.Now().Add(patience); !opened && time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		list, err := control.Dial(h.dir).Ledger(t.Context())
		opened = err == nil && len(list) > 0
	}
	assert.True(t, opened, "it reads the balance by itself")
	assert.Equal(t, pid, h.cmd.Process.Pid)
	assert.Contains(t, h.says("doctor"), "ok    API key        the provider takes it")
	h.stop()
	assert.NotContains(t, h.said.String(), sandbox.Key)
}

// The session's bus is killed under a companion with tray, notifications and keyring.
func TestAKilledBus(t *testing.T) {
	h := newHome(t)
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
	h.run()
	<-icons
	h.await("at work", func(c control.Checkup) bool { return c.Key == protocol.KeyOK })

	h.killBus()
	h.await("without a keyring", func(c control.Checkup) bool { return c.Keyring != "" })
	h.await("at work all the same", func(c control.Checkup) bool { return c.Key == protocol.KeyOK && c.Provider == nil })
	assert.Contains(t, h.says("limits", "--order", "777"), "one number may cost 777.00 NGN")
	assert.Contains(t, h.says("notifications", "--low", "1000000"), "a balance below 1000000.00 NGN") // which is told at once, to nobody
	said := h.says("doctor")
	assert.Contains(t, said, "ok    API key        the provider takes it")
	assert.Contains(t, said, "!     message bus    the session has no message bus")
	h.stop()
	assert.Equal(t, 1, strings.Count(h.said.String(), "there is no tray icon"), "%s", &h.said)
	assert.NotContains(t, h.said.String(), "panic")
}

// A full disk is spoken of, nothing of what was is lost, and with room again all goes on.
func TestAFullDisk(t *testing.T) {
	h := newHome(t)
	h.run("--no-tray")
	h.await("at work", func(c control.Checkup) bool { return c.Key == protocol.KeyOK })
	require.Contains(t, h.says("limits", "--order", "777"), "one number may cost 777.00 NGN")

	h.full(true)
	for _, command := range [][]string{
		{"limits", "--order", "888"}, {"auto-cancel", "off"}, {"notifications", "off"}, {"notifications", "--low", "5"},
	} {
		said := h.says(command...)
		assert.Contains(t, said, "check that the disk has space", "%v", command)
	}
	h.await("at work all the same", func(c control.Checkup) bool { return c.Key == protocol.KeyOK && c.Journal == "" })
	assert.Contains(t, h.says("doctor"), "ok    journal        it is sound")

	h.full(false)
	assert.Contains(t, h.says("limits"), "one number may cost 777.00 NGN")
	assert.Contains(t, h.says("notifications"), "on: ")
	assert.Contains(t, h.says("limits", "--order", "999"), "one number may cost 999.00 NGN")
	h.full(true)
	h.stop()
	h.run("--no-tray")
	assert.Contains(t, h.says("limits"), "one number may cost 999.00 NGN")
	h.stop()
}

func TestStartingOnAFullDisk(t *testing.T) {
	h := newHome(t)
	full := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 0; exec "$@"`, "sh", h.program, "run", "--no-tray", "--port", "0",
		"--api-url", h.api, "--data-dir", h.dir)
	out, err := full.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "the disk is full: make room on it and start the companion again")
	h.run("--no-tray")
	h.stop()
}

// A dump of the memory would have the API key in it.
func TestACrashLeavesNoDump(t *testing.T) {
	var before unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_CORE, &before))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: before.Max, Max: before.Max}))
	t.Cleanup(func() { assert.NoError(t, unix.Setrlimit(unix.RLIMIT_CORE, &before)) })
	t.Chdir(t.TempDir()) // where the kernel may put it

	other := exec.Command("sh", "-c", "kill -ABRT $$")
	require.Error(t, other.Run())
	require.True(t, other.ProcessState.Sys().(syscall.WaitStatus).CoreDump(), "another program has to leave one here: see ulimit -Hc")

	h := newHome(t)
	t.Setenv("GOTRACEBACK", "crash")
	h.run("--no-tray")
	require.NoError(t, h.cmd.Process.Signal(unix.SIGQUIT))
	require.Error(t, h.cmd.Wait())
	status := h.cmd.ProcessState.Sys().(syscall.WaitStatus)
	assert.Equal(t, unix.SIGABRT, status.Signal(), "it falls as the system wants it to: %s", &h.said)
	assert.False(t, status.CoreDump())
}
