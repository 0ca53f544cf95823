//go:build linux || freebsd || openbsd || netbsd

package tray

import (
	"context"
	"fmt"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

const (
	watcher  = "org.kde.StatusNotifierWatcher"
	patience = 20 * time.Second // at login, the panel may start after the companion
)

// awaitPanel waits for the panel that collects the icons, on the session's bus.
func awaitPanel(ctx context.Context) error {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoTray, err)
	}
	defer bus.Close()
	if err := greet(bus); err != nil {
		return fmt.Errorf("%w: %w", ErrNoTray, err)
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := awaitOwner(patient, bus, watcher); err != nil && ctx.Err() == nil {
		return err
	}
	systray.SetTitle("Logspanel Companion")
	return nil
}

func greet(bus *dbus.Conn) error {
	if err := bus.Auth(nil); err != nil {
		return err
	}
	return bus.Hello()
}

// awaitOwner waits until somebody owns the name; ErrNoTray where nobody comes.
func awaitOwner(ctx context.Context, bus *dbus.Conn, name string) error {
	changes := make(chan *dbus.Signal, 16)
	bus.Signal(changes)
	err := bus.AddMatchSignalContext(ctx,
		dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoTray, err)
	}
	for {
		var owned bool
		err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoTray, err)
		}
		if owned {
			return nil
		}
		select {
		case _, ok := <-changes:
			if !ok {
				return fmt.Errorf("%w: the session's bus went away", ErrNoTray)
			}
		case <-ctx.Done():
			return fmt.Errorf("%w: no panel collects them", ErrNoTray)
		}
	}
}
