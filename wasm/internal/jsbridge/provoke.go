//go:build js && wasm && !panics

package jsbridge

import "github.com/logspanel/companion/wasm/internal/core"

// provoke does nothing but in a build for tests.
func provoke(core.Event) {}
