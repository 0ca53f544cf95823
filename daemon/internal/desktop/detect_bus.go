//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// TrayWatcher is the bus name of what collects tray icons.
const TrayWatcher = "org.kde.StatusNotifierWatcher"

// Detect finds out what is there.
func Detect(ctx context.Context) (s Capabilities) {
	bus, err := Connect(ctx)
	if err != nil {
		return Capabilities{Bus: err, TrayErr: err, NoticesErr: err}
	}
	defer bus.Close()
	ctx, cancel := context.WithTimeout(ctx, noticePatience)
	defer cancel()
	s.Tray, s.TrayErr = tray(ctx, bus)
	server := bus.Object(notifications, notificationsPath)
	var name, vendor, version, spec string
	if err := server.CallWithContext(ctx, notifications+".GetServerInformation", 0).Store(&name, &vendor, &version, &spec); err != nil {
		s.NoticesErr = fmt.Errorf("%w: %w", ErrNoNotices, err)
		return s
	}
	s.Notices = strings.TrimSpace(name + " " + version)
	s.Buttons = slices.Contains(capabilities(ctx, server), "actions")
	return s
}

var errNoTray = errors.New("no panel shows tray icons")

func tray(ctx context.Context, bus *dbus.Conn) (who string, err error) {
	var owner string
	var pid uint32
	call := func(method string, result any, args ...any) error {
		return bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+method, 0, args...).Store(result)
	}
	if err := call("GetNameOwner", &owner, TrayWatcher); err != nil {
		return "", errNoTray
	}
	var hosts dbus.Variant
	err = bus.Object(TrayWatcher, "/StatusNotifierWatcher").CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		TrayWatcher, "IsStatusNotifierHostRegistered").Store(&hosts)
	if shown, ok := hosts.Value().(bool); err == nil && ok && !shown {
		return "", fmt.Errorf("%w: something collects them and waits for a panel", errNoTray)
	}
	if call("GetConnectionUnixProcessID", &pid, owner) == nil {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
			return strings.TrimSpace(string(name)), nil
		}
	}
	return "a panel", nil
}
