package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// sessionMark says to this program, started again by itself, that it is inside.
const sessionMark = "LOGSPANEL_TRIAL_SESSION"

// inSession runs this program again in a session of its own: a message bus, and on it
// an unlocked keyring in a home that is deleted afterwards.
func inSession() (again bool, err error) {
	if os.Getenv(sessionMark) != "" {
		return false, nil
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon", "gdbus"} {
		if _, err := exec.LookPath(program); err != nil {
			return true, fmt.Errorf("%s is missing: make install brings it", program)
		}
	}
	home, err := os.MkdirTemp("", "trial-")
	if err != nil {
		return true, err
	}
	defer os.RemoveAll(home)
	self, err := os.Executable()
	if err != nil {
		return true, err
	}
	script := `printf trial | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
		gdbus wait --session --timeout 10 org.freedesktop.secrets
		exec "$0" "$@"`
	cmd := exec.Command("dbus-run-session", append([]string{"--", "sh", "-ec", script, self}, os.Args[1:]...)...)
	cmd.Env = append(os.Environ(), sessionMark+"=yes", "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home,
		"XDG_CONFIG_HOME="+home, "DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		_ = os.RemoveAll(home) // before the exit that no defer survives
		os.Exit(exit.ExitCode())
	}
	return true, err
}
