package secrets

import "golang.org/x/sys/unix"

// forbidTracing makes the process undumpable. A limit of zero does not stop a program to
// which the kernel pipes dumps, and the user's other programs could read the memory.
func forbidTracing() error {
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
