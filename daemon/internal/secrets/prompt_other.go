//go:build !linux

package secrets

func listenForPrompts() {}
