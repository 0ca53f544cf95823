//go:build js && wasm

// The extension's backend, run by its worker.
package main

import "github.com/logspanel/companion/wasm/internal/jsbridge"

func main() { jsbridge.Run() }
