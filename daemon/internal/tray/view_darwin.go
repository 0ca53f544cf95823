//go:build !cgo

package tray

import "context"

// Run gives ErrNoTray: on macOS the tray wants a build with cgo.
func Run(context.Context, Options) error { return ErrNoTray }
