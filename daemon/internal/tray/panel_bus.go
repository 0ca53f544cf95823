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
	busRetry     = 20 * time.Second // until a bus that was lost is looked for
)

// perform builds the menu for every panel that comes, and plays it for as long as that
// is the one; where the session's bus dies and comes back, again. The library brings
// the icon to each panel.
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

// finish takes the icon away. The library panics where the bus left before it.
func quitSystray(end func()) {
	defer func() { _ = recover() }()
	end()
}

// setIcon reports whether the panel was told. The library panics where the bus has just died.
func setIcon(i Icon) (ok bool) {
	defer func() { _ = recover() }()
	systray.SetIcon(i.encoded())
	return true
}

// cast is what it takes to be seen.
type panelFinder struct {
	log           *slog.Logger
	missingLogged bool // and it was said
}

func (f *panelFinder) logMissing(cause any) {
	if !f.missingLogged {
		f.log.Warn("there is no tray icon; everything else works, and it appears when a panel is there", "cause", cause)
	}
	f.missingLogged = true
}

// stage is a session's bus with a panel on it.
type panelSession struct {
	bus    *dbus.Conn
	owners chan *dbus.Signal // of the panel's name
}

// await waits for one. Where there can't be a bus it gives ErrNoTray.
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

// awaitOwner waits until there is a panel, and says where it takes long.
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

// play plays until another panel comes, or the bus dies. It reports which.
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
