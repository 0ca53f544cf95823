package secrets

import "golang.org/x/sys/unix"

// forbidTracing makes the process undumpable: a limit of zero does not bind a program
// that the kernel hands dumps to, and other programs of the user could read the memory.
func forbidTracing() error {
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
