package secrets

import "github.com/godbus/dbus"

// listenForPrompts subscribes the connection that the keyring library shares to the
// end of password prompts. Without it the library waits forever on a Secret Service
// that announces the end to subscribers alone.
func listenForPrompts() {
	bus, err := dbus.SessionBus()
	if err != nil {
		return // the keyring says so itself
	}
	bus.BusObject().Call("org.freedesktop.DBus.AddMatch", 0, "type='signal',interface='org.freedesktop.Secret.Prompt'")
}

// whyNot asks the Secret Service for a session, as the library does, which does not
// tell why it got none.
func whyNot() error {
	bus, err := dbus.SessionBus()
	if err != nil {
		return err
	}
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	return service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Err
}
