//go:build unix

package secrets

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// ForbidDumps keeps this process's memory, which contains secrets, out of core dumps and,
// where the system allows it, out of reach of the user's other programs. Programs that it
// starts write no core file either, because a secret is typed into some of them.
func ForbidDumps() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("keep secrets out of core dumps: %w", err)
	}
	if err := forbidTracing(); err != nil {
		return fmt.Errorf("keep secrets out of core dumps: %w", err)
	}
	return nil
}
