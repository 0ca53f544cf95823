package secrets

// ForbidDumps does nothing: Windows writes the memory of a crashed program to a file only
// if somebody has configured that.
func ForbidDumps() error { return nil }
