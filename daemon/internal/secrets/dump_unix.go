//go:build unix

package secrets

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// ForbidDumps keeps this process's memory, which has secrets in it, out of core dumps,
// and out of the reach of the user's other programs where the system can do that. The
// programs that it starts write no core file either: some have a secret typed into them.
func ForbidDumps() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("keep secrets out of core dumps: %w", err)
	}
	if err := forbidTracing(); err != nil {
		return fmt.Errorf("keep secrets out of core dumps: %w", err)
	}
	return nil
}
