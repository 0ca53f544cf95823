package desktop

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// On each system, StartAtLogin writes or removes one file or one registry value, and
// StartsAtLogin reads it. The login_*.go files have one implementation for each system.

// writeFile replaces a file atomically.
func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".logspanel-companion-")
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("start at login: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// removeFile removes a file if it exists.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("turn off starting at login: %w", err)
	}
	return nil
}

// desktopEntry returns the XDG autostart entry that starts a command at login.
func desktopEntry(command []string) string {
	quoted := make([]string, 0, len(command))
	for _, arg := range command {
		arg = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg)
		quoted = append(quoted, `"`+strings.ReplaceAll(arg, `%`, `%%`)+`"`)
	}
	exec := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(strings.Join(quoted, " "))
	return `[Desktop Entry]
Type=Application
Name=` + Name + `
Comment=Rents phone numbers for the browser extension
Exec=` + exec + `
Terminal=false
Categories=Utility;
X-GNOME-Autostart-enabled=true
`
}

// entryEnabled reports whether a desktop entry starts anything. Desktops disable one by
// adding a line to it.
func entryEnabled(text string) bool {
	group := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			group = line
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if group == "[Desktop Entry]" && (key == "Hidden" && value == "true" || key == "X-GNOME-Autostart-enabled" && value == "false") {
			return false
		}
	}
	return true
}

// launchAgent returns the property list that makes launchd start a command at login.
func launchAgent(label string, command []string) string {
	var args strings.Builder
	for _, arg := range command {
		args.WriteString("\t\t<string>")
		_ = xml.EscapeText(&args, []byte(arg)) // writing to memory never fails
		args.WriteString("</string>\n")
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + label + `</string>
	<key>ProgramArguments</key>
	<array>
` + args.String() + `	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`
}

// SystemdUnit returns a systemd user unit that runs a command, as an alternative to
// starting at login. Its sandbox leaves the home directory and the screen open, because
// dialogs and clipboard programs need them.
func SystemdUnit(command []string) string {
	quoted := make([]string, 0, len(command))
	for _, arg := range command {
		quoted = append(quoted, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, `$`, `$$`).Replace(arg)+`"`)
	}
	return `[Unit]
Description=` + Name + `
PartOf=graphical-session.target
After=graphical-session.target

[Service]
ExecStart=` + strings.Join(quoted, " ") + `
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
ProtectSystem=full
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
CapabilityBoundingSet=

[Install]
WantedBy=graphical-session.target
`
}
