package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

const agentLabel = "com.logspanel.companion"

func agentPath() string {
	return filepath.Join(xdg.Home, "Library", "LaunchAgents", agentLabel+".plist")
}

// StartsAtLogin reports whether the companion starts at login.
func StartsAtLogin() (bool, error) {
	_, err := os.Stat(agentPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("check what starts at login: %w", err)
	}
	return true, nil
}

// StartAtLogin makes the session start a command at login, or no longer.
func StartAtLogin(on bool, command []string) error {
	if !on {
		return removeFile(agentPath())
	}
	return writeFile(agentPath(), launchAgent(agentLabel, command))
}
