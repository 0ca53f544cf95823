package desktop

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	runKey   = `Software\Microsoft\Windows\CurrentVersion\Run`
	runValue = "LogspanelCompanion"
)

// StartsAtLogin reports whether the companion starts at login.
func StartsAtLogin() (bool, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err == nil {
		defer key.Close()
		_, _, err = key.GetStringValue(runValue)
	}
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("check what starts at login: %w", err)
	}
	return true, nil
}

// StartAtLogin makes the session start a command at login, or no longer.
func StartAtLogin(on bool, command []string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	defer key.Close()
	if on {
		quoted := make([]string, 0, len(command))
		for _, arg := range command {
			quoted = append(quoted, windows.EscapeArg(arg))
		}
		err = key.SetStringValue(runValue, strings.Join(quoted, " "))
	} else if err = key.DeleteValue(runValue); errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	return nil
}
