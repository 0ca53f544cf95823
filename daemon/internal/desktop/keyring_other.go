//go:build windows || darwin

package desktop

import "context"

// OnUnlock has nothing to watch for: here, the keyring is open while the person is
// logged in.
func OnUnlock(context.Context, func()) {}
