package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// sessionEnv is set for the copy of this program that runs inside the session.
const sessionEnv = "LOGSPANEL_E2E_SESSION"

// reexecInSession runs this program again in a D-Bus session of its own, with an unlocked
// keyring and a temporary home directory. Again is true in the outer program, which is then
// done; it is false inside the session.
func reexecInSession() (again bool, err error) {
	if os.Getenv(sessionEnv) != "" {
		return false, nil
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon", "gdbus"} {
		if _, err := exec.LookPath(program); err != nil {
			return true, fmt.Errorf("%s is missing: make install installs it", program)
		}
	}
	home, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		return true, err
	}
	defer os.RemoveAll(home)
	self, err := os.Executable()
	if err != nil {
		return true, err
	}
	script := `printf e2e | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
		gdbus wait --session --timeout 10 org.freedesktop.secrets
		exec "$0" "$@"`
	cmd := exec.Command("dbus-run-session", append([]string{"--", "sh", "-ec", script, self}, os.Args[1:]...)...)
	cmd.Env = append(os.Environ(), sessionEnv+"=yes", "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home,
		"XDG_CONFIG_HOME="+home, "DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		_ = os.RemoveAll(home) // os.Exit runs no deferred calls
		os.Exit(exit.ExitCode())
	}
	return true, err
}
