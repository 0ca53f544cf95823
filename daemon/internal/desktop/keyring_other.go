//go:build windows || darwin

package desktop

import "context"

// OnUnlock does nothing: on this system the keyring is open while the person is logged in.
func OnUnlock(context.Context, func()) {}
