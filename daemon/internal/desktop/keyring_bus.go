//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

const busRetry = 30 * time.Second // until the next attempt to reach a lost bus

// OnUnlock calls unlocked whenever the keyring becomes usable: when it is unlocked, or when
// its service appears. It blocks until ctx ends, and never makes the system ask for a
// password.
func OnUnlock(ctx context.Context, unlocked func()) {
	for ctx.Err() == nil {
		watchKeyring(ctx, unlocked)
		select {
		case <-time.After(busRetry):
		case <-ctx.Done():
		}
	}
}

func watchKeyring(ctx context.Context, unlocked func()) {
	const service = "org.freedesktop.secrets"
	bus, err := Connect(ctx)
	if err != nil {
		return
	}
	defer bus.Close()
	changes := make(chan *dbus.Signal, 64)
	bus.Signal(changes)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, service)},
		{dbus.WithMatchSender(service), dbus.WithMatchInterface("org.freedesktop.DBus.Properties"), dbus.WithMatchMember("PropertiesChanged")},
	} {
		if bus.AddMatchSignalContext(ctx, match...) != nil {
			return
		}
	}
	for change := range changes {
		if unlockedBy(change) {
			unlocked()
		}
	}
}

func unlockedBy(change *dbus.Signal) bool {
	switch {
	case change == nil:
		return false
	case change.Name == "org.freedesktop.DBus.NameOwnerChanged" && len(change.Body) == 3:
		owner, _ := change.Body[2].(string)
		return owner != ""
	case len(change.Body) >= 2:
		properties, _ := change.Body[1].(map[string]dbus.Variant)
		locked, present := properties["Locked"].Value().(bool)
		return present && !locked
	}
	return false
}
