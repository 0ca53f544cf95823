//go:build !cgo

package tray

import "context"

// Run returns ErrNoTray: on macOS the tray needs a build with cgo.
func Run(context.Context, Options) error { return ErrNoTray }
