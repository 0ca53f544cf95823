//go:build windows || (darwin && cgo)

package tray

import "context"

// awaitPanel has nothing to wait for: the panel is part of the system.
func awaitPanel(context.Context) error { return nil }
