//go:build linux

package desktop

import (
	"encoding/xml"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// oddCommand contains every character that some system could misread.
var oddCommand = []string{"/opt/My \"Apps\"/50% $HOME/`c`/a\\b", "run", "--data-dir", "/tmp/<a>&'b' c"}

func TestLoginFiles(t *testing.T) {
	golden(t, "logspanel-companion.desktop", desktopEntry(oddCommand))
	golden(t, "com.logspanel.companion.plist", launchAgent("com.logspanel.companion", oddCommand))
	golden(t, "logspanel-companion.service", SystemdUnit(oddCommand))
}

func TestStartAtLogin(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	on := func() bool {
		on, err := StartsAtLogin()
		require.NoError(t, err)
		return on
	}
	assert.False(t, on())
	require.NoError(t, StartAtLogin(false, oddCommand), "turning it off twice is no error")
	require.NoError(t, StartAtLogin(true, oddCommand))
	assert.True(t, on())
	require.NoError(t, StartAtLogin(true, []string{"/usr/bin/logspanel-companion", "run"}))
	raw, err := os.ReadFile(entryPath())
	require.NoError(t, err)
	assert.Contains(t, string(raw), "\nExec=\"/usr/bin/logspanel-companion\" \"run\"\n")
	left, err := os.ReadDir(filepath.Dir(entryPath()))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file is left")
	for _, off := range []string{"Hidden=true", "X-GNOME-Autostart-enabled = false"} {
		require.NoError(t, os.WriteFile(entryPath(), []byte("[Desktop Entry]\nExec=x\n"+off+"\n[Other]\n"), 0o600))
		assert.False(t, on(), "the desktop turned it off: %s", off)
	}
	require.NoError(t, os.WriteFile(entryPath(), []byte("[Desktop Entry]\nExec=x\n[Other]\nHidden=true\n"), 0o600))
	assert.True(t, on())
	require.NoError(t, StartAtLogin(false, oddCommand))
	assert.False(t, on())
}

func TestStartAtLoginWithoutADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	t.Setenv("XDG_CONFIG_HOME", file)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	require.ErrorContains(t, StartAtLogin(true, oddCommand), "start at login")
	_, err := StartsAtLogin()
	require.ErrorContains(t, err, "check what starts at login")
}

// A desktop's launcher gets the command exactly as it was given.
func TestEntryRunsTheCommand(t *testing.T) {
	testenv.NeedsPrograms(t, "sh", "gio")
	dir := t.TempDir()
	program := filepath.Join(dir, `a "b" $c \e`)
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\" >'"+dir+"/got'\n"), 0o700))
	args := []string{`with space`, `"quoted"`, `$HOME`, `100%`, "`x`", `back\slash`}
	file := filepath.Join(dir, "test.desktop")
	require.NoError(t, writeFile(file, desktopEntry(append([]string{program}, args...))))
	out, err := exec.CommandContext(t.Context(), "gio", "launch", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		got, err := os.ReadFile(filepath.Join(dir, "got"))
		require.NoError(t, err)
		assert.Equal(t, strings.Join(args, "\n")+"\n", string(got))
	}, testTimeout, pollInterval)
}

func TestAgentIsXML(t *testing.T) {
	var list struct {
		Args []string `xml:"dict>array>string"`
	}
	require.NoError(t, xml.Unmarshal([]byte(launchAgent("a", oddCommand)), &list))
	assert.Equal(t, oddCommand, list.Args)
}

func TestUnitIsValid(t *testing.T) {
	testenv.NeedsPrograms(t, "systemd-analyze")
	path := filepath.Join(t.TempDir(), "logspanel-companion.service")
	require.NoError(t, os.WriteFile(path, []byte(SystemdUnit([]string{"/bin/true", "run", "--data-dir", "/tmp/50% $x"})), 0o600))
	cmd := exec.CommandContext(t.Context(), "systemd-analyze", "--user", "verify", path)
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
}
