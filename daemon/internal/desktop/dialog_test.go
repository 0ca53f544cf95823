//go:build linux

package desktop

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

const (
	testTimeout  = 2 * time.Minute // long, for a machine that is busy with other work
	pollInterval = 50 * time.Millisecond
)

// startScreen gives the test a virtual screen.
func startScreen(t *testing.T) {
	t.Helper()
	testenv.NeedsPrograms(t, "Xvfb", "xdotool", "zenity")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	t.Setenv("NO_AT_BRIDGE", "1")
}

// operateWindow waits for the companion's window and runs xdotool's args on it.
func operateWindow(t *testing.T, args ...string) {
	t.Helper()
	args = append([]string{"search", "--sync", "--onlyvisible", "--name", "^" + Name + "$", "windowfocus", "--sync"}, args...)
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "xdotool", args...).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

func TestDialogs(t *testing.T) {
	startScreen(t)
	releaseEscape := func() { _ = exec.CommandContext(t.Context(), "xdotool", "keyup", "Escape").Run() }
	type answer struct {
		text string
		err  error
	}
	secret := func(t *testing.T) chan answer {
		asked := make(chan answer, 1)
		go func() {
			text, err := AskSecret(t.Context(), Name, "API key for <b>this</b> host:")
			asked <- answer{text, err}
		}()
		return asked
	}
	t.Run("typing a secret", func(t *testing.T) {
		asked := secret(t)
		operateWindow(t, "type", "--delay", "20", "a|b c%d-é")
		operateWindow(t, "key", "Return")
		assert.Equal(t, answer{"a|b c%d-é", nil}, <-asked)
	})
	t.Run("pressing Escape", func(t *testing.T) {
		asked := secret(t)
		operateWindow(t, "keydown", "Escape")
		assert.ErrorIs(t, (<-asked).err, ErrDismissed)
		releaseEscape()
	})
	t.Run("confirming the present amount", func(t *testing.T) {
		asked := make(chan answer, 1)
		go func() {
			text, err := Ask(t.Context(), Name, "What may one number cost?", "10000.00")
			asked <- answer{text, err}
		}()
		operateWindow(t, "key", "Return")
		assert.Equal(t, answer{"10000.00", nil}, <-asked)
	})
	t.Run("the context ends", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		closed := make(chan error, 1)
		go func() { closed <- ShowMessage(ctx, Name, "hello") }()
		operateWindow(t)
		stop()
		assert.ErrorIs(t, <-closed, context.Canceled)
	})
	t.Run("a shown code is in no argument", func(t *testing.T) {
		shown := make(chan error, 1)
		go func() {
			shown <- ShowCountdown(t.Context(), Name, func(left time.Duration) string { return "ABCD-EFGH-IJKL" }, time.Now().Add(time.Minute))
		}()
		operateWindow(t)
		arguments, err := filepath.Glob("/proc/[0-9]*/cmdline")
		require.NoError(t, err)
		seen := false
		for _, path := range arguments {
			raw, _ := os.ReadFile(path)
			assert.NotContains(t, string(raw), "ABCD-EFGH-IJKL", path)
			seen = seen || strings.Contains(string(raw), "--progress")
		}
		assert.True(t, seen, "zenity was running")
		operateWindow(t, "keydown", "Escape")
		assert.NoError(t, <-shown)
	})
	t.Run("the countdown ends", func(t *testing.T) {
		assert.NoError(t, ShowCountdown(t.Context(), Name, func(time.Duration) string { return "" }, time.Now().Add(time.Second)))
	})
}

func TestNoDialogs(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	_, err := AskSecret(t.Context(), Name, "?")
	require.ErrorIs(t, err, ErrNoDialogs)
	require.ErrorContains(t, err, "without a screen")
	require.ErrorIs(t, ShowMessage(t.Context(), Name, "?"), ErrNoDialogs)
	require.ErrorIs(t, ShowCountdown(t.Context(), Name, func(time.Duration) string { return "" }, time.Now()), ErrNoDialogs)
}

// The library looks for zenity once per process, so this test starts another one.
func TestNoDialogProgram(t *testing.T) {
	if os.Getenv("LOGSPANEL_TEST_NO_ZENITY") != "" {
		fmt.Println(CheckDialogs())
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "LOGSPANEL_TEST_NO_ZENITY=yes", "PATH="+t.TempDir(), "DISPLAY=:1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "install zenity")
}
