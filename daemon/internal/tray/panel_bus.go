//go:build linux || freebsd || openbsd || netbsd

package tray

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"github.com/logspanel/companion/daemon/internal/desktop"
)

const watcher = desktop.TrayWatcher

var (
	panelTimeout = 20 * time.Second // at login, the panel may start after the companion
	busRetry     = 20 * time.Second // until the next attempt to reach a lost bus
)

// runInPanels builds the menu for each panel that appears and runs it while that panel is
// there. It starts again when the session bus dies and comes back. The systray library
// registers the icon with each panel.
func runInPanels(ctx context.Context, log *slog.Logger, build func(), run func(context.Context)) error {
	systray.SetTitle(desktop.Name)
	systray.SetIcon(IconIdle.encoded())
	finder := &panelFinder{log: log}
	for {
		session, err := finder.waitForPanel(ctx)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if finder.missingLogged {
			log.Info("there is a tray icon now")
		}
		finder.missingLogged = false
		ready := make(chan struct{})
		begin, end := systray.RunWithExternalLoop(func() {
			build()
			close(ready)
		}, nil)
		begin()
		<-ready
		for session.run(run) {
			build()
		}
		if ctx.Err() != nil {
			quitSystray(end)
			return nil
		}
		finder.logMissing("the session's message bus went away")
	}
}

// quitSystray removes the icon. The library panics if the bus is gone already.
func quitSystray(end func()) {
	defer func() { _ = recover() }()
	end()
}

// setIcon reports whether the panel has the icon. The library panics if the bus has just
// died.
func setIcon(i Icon) (ok bool) {
	defer func() { _ = recover() }()
	systray.SetIcon(i.encoded())
	return true
}

// panelFinder waits for panels, and logs once when there is none.
type panelFinder struct {
	log           *slog.Logger
	missingLogged bool
}

func (f *panelFinder) logMissing(cause any) {
	if !f.missingLogged {
		f.log.Warn("there is no tray icon; everything else works, and it appears when a panel is there", "cause", cause)
	}
	f.missingLogged = true
}

// panelSession is a session bus with a panel on it.
type panelSession struct {
	bus    *dbus.Conn
	owners chan *dbus.Signal // changes of who owns the panel's bus name
}

// waitForPanel waits for a bus with a panel. It returns ErrNoTray if the session has its
// bus disabled.
func (f *panelFinder) waitForPanel(ctx context.Context) (*panelSession, error) {
	for ctx.Err() == nil {
		bus, err := desktop.Connect(ctx)
		if err == nil {
			s := &panelSession{bus, make(chan *dbus.Signal, 16)}
			if err = f.waitForOwner(ctx, s); err == nil {
				return s, nil
			}
			_ = bus.Close()
		} else if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "disabled:" {
			return nil, fmt.Errorf("%w: %w", ErrNoTray, err)
		}
		if ctx.Err() == nil {
			f.logMissing(err)
		}
		select {
		case <-time.After(busRetry):
		case <-ctx.Done():
		}
	}
	return nil, nil
}

// waitForOwner waits until a panel owns the watcher's name, and logs it if that takes long.
func (f *panelFinder) waitForOwner(ctx context.Context, s *panelSession) error {
	s.bus.Signal(s.owners)
	err := s.bus.AddMatchSignalContext(ctx,
		dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher))
	if err != nil {
		return err
	}
	timeout := time.After(panelTimeout)
	for {
		var owned bool
		if err := s.bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&owned); err != nil {
			return err
		}
		if owned {
			return nil
		}
		select {
		case <-s.owners:
		case <-timeout:
			f.logMissing("no panel collects them")
		case <-s.bus.Context().Done():
			return context.Cause(s.bus.Context())
		}
	}
}

// run calls run until another panel appears or the bus dies. It reports whether it was a
// panel.
func (s *panelSession) run(run func(context.Context)) (another bool) {
	sessionCtx, end := context.WithCancel(s.bus.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		run(sessionCtx)
	}()
	defer func() { end(); <-stopped }()
	for {
		select {
		case change := <-s.owners:
			if change == nil {
				return false // the bus is gone
			}
			if owner, ok := at(change.Body, 2).(string); ok && owner != "" {
				return true
			}
		case <-sessionCtx.Done():
			return false
		}
	}
}
