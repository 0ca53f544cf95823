package secrets

// ForbidDumps does nothing: Windows writes the memory of a program that failed to a file
// only where somebody has set that up for it.
func ForbidDumps() error { return nil }
