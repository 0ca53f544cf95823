package secrets

import "github.com/godbus/dbus"

// listenForPrompts subscribes the connection that the keyring library shares to the
// end of password prompts. Without it the library waits forever for a Secret Service
// that announces the end only to subscribers.
func listenForPrompts() {
	bus, err := dbus.SessionBus()
	if err != nil {
		return // opening the keyring reports it
	}
	bus.BusObject().Call("org.freedesktop.DBus.AddMatch", 0, "type='signal',interface='org.freedesktop.Secret.Prompt'")
}

// sessionError asks the Secret Service for a session and returns the error. The library
// does the same and drops the error.
func sessionError() error {
	bus, err := dbus.SessionBus()
	if err != nil {
		return err
	}
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	return service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Err
}
