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

// ErrNoBus says that the session has no message bus to speak over.
var ErrNoBus = errors.New("the session has no message bus: log in to a desktop session, or start one with dbus-run-session")

const busTimeout = 5 * time.Second // with a bus that takes a connection and says nothing

// Connect opens a connection of its own to the session's bus. It ends with ctx; its
// own context ends with it, also when the bus dies.
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
