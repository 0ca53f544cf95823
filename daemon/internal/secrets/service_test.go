//go:build linux

package secrets

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// inSession tells the test binary, which starts itself again, in which session it runs.
const inSession = "LOGSPANEL_TEST_SESSION"

// noRest makes a program under the race detector end at once. By default it waits a second
// for remaining goroutines.
const noRest = "GORACE=atexit_sleep_ms=0"

// bus configures a message bus without service activation. With it, a call to a name without
// an owner would start a keyring that outlives the bus and blocks
// the test.
const bus = `<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`

// again runs the test again in its own session: a bus, and what script starts on it.
func again(t *testing.T, session, script string) {
	t.Helper()
	testenv.NeedsPrograms(t, "sh", "dbus-run-session", "gnome-keyring-daemon", "gdbus")
	home := t.TempDir()
	config := filepath.Join(t.TempDir(), "bus.conf")
	require.NoError(t, os.WriteFile(config, []byte(bus), 0o600))
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--config-file="+config, "--", "sh", "-ec", script+`exec "$0" "$@"`,
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), noRest, inSession+"="+session, "HOME="+home, "XDG_RUNTIME_DIR="+home,
		"XDG_DATA_HOME="+home, "DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Run(), "%s", &out)
	require.Contains(t, out.String(), "PASS")
}

func TestSecretService(t *testing.T) {
	if os.Getenv(inSession) != "unlocked" {
		again(t, "unlocked", `
			printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null
			gdbus wait --session --timeout 60 org.freedesktop.secrets
		`)
		return
	}
	k, err := Open()
	require.NoError(t, err)
	keeps(t, k)
}

func TestLockedSecretService(t *testing.T) {
	if os.Getenv(inSession) != "locked" {
		again(t, "locked", `
			gnome-keyring-daemon --start --components=secrets >/dev/null
			gdbus wait --session --timeout 60 org.freedesktop.secrets
		`)
		return
	}
	k, err := Open()
	require.NoError(t, err)
	_, err = k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorIs(t, k.Set(t.Context(), "a", []byte("x")), ErrLocked)
}

// The collection exists but is locked, and without a screen nobody can be asked to unlock it.
func TestRelockedCollection(t *testing.T) {
	if os.Getenv(inSession) != "locked again" {
		again(t, "locked again", `
			printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null
			gdbus wait --session --timeout 60 org.freedesktop.secrets
		`)
		return
	}
	k, err := Open()
	require.NoError(t, err)
	require.NoError(t, k.Set(t.Context(), "a", []byte("x")))
	out, err := exec.CommandContext(t.Context(), "gdbus", "call", "--session", "--dest=org.freedesktop.secrets",
		"--object-path=/org/freedesktop/secrets", "--method=org.freedesktop.Secret.Service.Lock",
		"['/org/freedesktop/secrets/collection/login']").CombinedOutput()
	require.NoError(t, err, "%s", out)
	_, err = k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrLocked)
}

func TestNoBus(t *testing.T) {
	if os.Getenv(inSession) != "no bus" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoBus$")
		cmd.Env = append(os.Environ(), noRest, inSession+"=no bus", "DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return
	}
	require.Equal(t, "disabled:", os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	_, err := Open()
	require.ErrorIs(t, err, ErrUnavailable)
}
