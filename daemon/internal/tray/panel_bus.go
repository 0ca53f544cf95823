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

const watcher = "org.kde.StatusNotifierWatcher"

var (
	patience = 20 * time.Second // at login, the panel may start after the companion
	revival  = 20 * time.Second // until a bus that was lost is looked for
)

// perform builds the menu once, and plays it for as long as the session's bus lives;
// where that comes back, again. The library looks after panels that come and go.
func perform(ctx context.Context, log *slog.Logger, build func(), play func(context.Context)) error {
	systray.SetTitle(desktop.Name)
	systray.SetIcon(IconIdle.image())
	c := &cast{log: log}
	for built := false; ; built = true {
		bus, err := c.awaitPanel(ctx)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if c.missed {
			log.Info("there is a tray icon now")
		}
		c.missed = false
		ready := make(chan struct{})
		begin, end := systray.RunWithExternalLoop(func() {
			if !built {
				build()
			}
			close(ready)
		}, nil)
		begin()
		<-ready
		play(bus.Context())
		if ctx.Err() != nil {
			finish(end)
			return nil
		}
		c.miss("the session's message bus went away")
	}
}

// finish takes the icon away. The library panics where the bus left before it.
func finish(end func()) {
	defer func() { _ = recover() }()
	end()
}

// setIcon reports whether the panel was told. The library panics where the bus has just died.
func setIcon(i Icon) (told bool) {
	defer func() { _ = recover() }()
	systray.SetIcon(i.image())
	return true
}

// cast is what it takes to be seen.
type cast struct {
	log    *slog.Logger
	missed bool // and it was said
}

func (c *cast) miss(cause any) {
	if !c.missed {
		c.log.Warn("there is no tray icon; everything else works, and it appears when a panel is there", "cause", cause)
	}
	c.missed = true
}

// awaitPanel waits for a session's bus and on it for the panel that collects the icons.
// The connection it gives ends with either. Where there can't be a bus it gives ErrNoTray.
func (c *cast) awaitPanel(ctx context.Context) (*dbus.Conn, error) {
	for ctx.Err() == nil {
		bus, err := desktop.Connect(ctx)
		if err == nil {
			if err = c.awaitOwner(ctx, bus, watcher); err == nil {
				return bus, nil
			}
			_ = bus.Close()
		} else if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "disabled:" {
			return nil, fmt.Errorf("%w: %w", ErrNoTray, err)
		}
		if ctx.Err() == nil {
			c.miss(err)
		}
		select {
		case <-time.After(revival):
		case <-ctx.Done():
		}
	}
	return nil, nil
}

// awaitOwner waits until somebody owns the name, and says where it takes long.
func (c *cast) awaitOwner(ctx context.Context, bus *dbus.Conn, name string) error {
	changes := make(chan *dbus.Signal, 16)
	bus.Signal(changes)
	defer bus.RemoveSignal(changes)
	err := bus.AddMatchSignalContext(ctx,
		dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err != nil {
		return err
	}
	late := time.After(patience)
	for {
		var owned bool
		if err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned); err != nil {
			return err
		}
		if owned {
			return nil
		}
		select {
		case <-changes:
		case <-late:
			c.miss("no panel collects them")
		case <-bus.Context().Done():
			return context.Cause(bus.Context())
		}
	}
}
