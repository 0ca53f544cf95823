package app

import (
	"fmt"
	"os"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// canStartAtLogin reports whether a companion with these options can be started at login.
func (o Options) canStartAtLogin() bool { return !o.Sandbox && !o.Keyring.File }

// Command returns the command that starts a companion with these options.
func (o Options) Command() ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	command := []string{program, "run"}
	if o.Dir != DefaultDir() {
		command = append(command, "--data-dir", o.Dir)
	}
	if o.API != DefaultAPI {
		command = append(command, "--api-url", o.API)
	}
	if o.Port != protocol.DefaultPort {
		command = append(command, "--port", fmt.Sprint(o.Port))
	}
	return command, nil
}

// StartAtLogin makes the session start a companion with these options, or no longer.
func StartAtLogin(on bool, opts Options) error {
	command, err := opts.Command()
	if err != nil {
		return err
	}
	return desktop.StartAtLogin(on, command)
}
