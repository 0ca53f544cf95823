//go:build !windows && !darwin

package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

func entryPath() string {
	return filepath.Join(xdg.ConfigHome, "autostart", "logspanel-companion.desktop")
}

// StartsAtLogin reports whether the companion starts at login.
func StartsAtLogin() (bool, error) {
	raw, err := os.ReadFile(entryPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("check what starts at login: %w", err)
	}
	return entryEnabled(string(raw)), nil
}

// StartAtLogin makes the session start a command at login, or no longer.
func StartAtLogin(on bool, command []string) error {
	if !on {
		return removeFile(entryPath())
	}
	return writeFile(entryPath(), desktopEntry(command))
}
