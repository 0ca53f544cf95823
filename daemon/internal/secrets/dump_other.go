//go:build unix && !linux

package secrets

// forbidTracing does nothing, because these systems have no common call for it.
func forbidTracing() error { return nil }
