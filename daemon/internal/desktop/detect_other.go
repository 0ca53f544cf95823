//go:build windows || darwin

package desktop

import "context"

// Detect finds out what is there: here, all of it is part of the system.
func Detect(context.Context) Capabilities {
	return Capabilities{Tray: "the system", Notifications: "the system"}
}
