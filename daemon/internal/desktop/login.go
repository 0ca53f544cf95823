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

// What starts at login is one file or one value of the system, made and removed by
// StartAtLogin and read by StartsAtLogin; each system has a file of its own here.

// place writes a file whole or not at all.
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

// remove takes a file away; one that isn't there is no error.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no longer start at login: %w", err)
	}
	return nil
}

// entry is the desktop entry that starts a command at login, by the XDG autostart
// specification.
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

// enabled reports whether an entry is one that starts something: desktops turn one off
// by a line in it.
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

// agent is the property list that makes launchd start a command at login.
func launchAgent(label string, command []string) string {
	var args strings.Builder
	for _, arg := range command {
		args.WriteString("\t\t<string>")
		_ = xml.EscapeText(&args, []byte(arg)) // to memory
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

// Unit is a systemd user unit that runs a command, for those who would rather have
// systemd look after it. What it may do is cut down to what it needs; its windows and
// its clipboard programs need the home directory and the screen.
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
