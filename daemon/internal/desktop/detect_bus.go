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

// TrayWatcher is the bus name of the service that collects tray icons.
const TrayWatcher = "org.kde.StatusNotifierWatcher"

// Detect asks the session bus what the desktop offers. It takes a few seconds at most.
func Detect(ctx context.Context) (found Capabilities) {
	bus, err := Connect(ctx)
	if err != nil {
		return Capabilities{Bus: err, TrayErr: err, NotificationsErr: err}
	}
	defer bus.Close()
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	found.Tray, found.TrayErr = findTray(ctx, bus)
	server := bus.Object(notificationsName, notificationsPath)
	var name, vendor, version, spec string
	if err := server.CallWithContext(ctx, notificationsName+".GetServerInformation", 0).Store(&name, &vendor, &version, &spec); err != nil {
		found.NotificationsErr = fmt.Errorf("%w: %w", ErrNoNotifications, err)
		return found
	}
	found.Notifications = strings.TrimSpace(name + " " + version)
	found.NotificationButtons = slices.Contains(serverCapabilities(ctx, server), "actions")
	return found
}

var errNoTray = errors.New("no panel shows tray icons")

func findTray(ctx context.Context, bus *dbus.Conn) (who string, err error) {
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
		return "", fmt.Errorf("%w: a tray service is running and waits for a panel", errNoTray)
	}
	if call("GetConnectionUnixProcessID", &pid, owner) == nil {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
			return strings.TrimSpace(string(name)), nil
		}
	}
	return "a panel", nil
}
