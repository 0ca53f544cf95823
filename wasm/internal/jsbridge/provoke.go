//go:build js && wasm && !panics

package jsbridge

import "github.com/logspanel/companion/wasm/internal/core"

// provoke does nothing. Test builds, with the tag panics, replace it.
func provoke(core.Event) {}
