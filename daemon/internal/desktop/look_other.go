//go:build windows || darwin

package desktop

import "context"

// Look finds out what is there: here, all of it is part of the system.
func Look(context.Context) Surroundings {
	return Surroundings{Tray: "the system", Notices: "the system"}
}
