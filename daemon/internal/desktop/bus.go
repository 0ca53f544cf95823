//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// ErrNoBus means that the session has no D-Bus message bus.
var ErrNoBus = errors.New("the session has no message bus: log in to a desktop session, or start one with dbus-run-session")

const busTimeout = 5 * time.Second // for a bus that accepts the connection and never answers

// Connect opens a private connection to the session bus. It closes when ctx ends. The
// connection's own Context ends when it closes, also when the bus dies.
func Connect(ctx context.Context) (*dbus.Conn, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBus, err)
	}
	late := time.AfterFunc(busTimeout, func() { _ = bus.Close() })
	if err = bus.Auth(nil); err == nil {
		err = bus.Hello()
	}
	if !late.Stop() && err == nil {
		err = os.ErrDeadlineExceeded
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoBus, err), bus.Close())
	}
	return bus, nil
}
