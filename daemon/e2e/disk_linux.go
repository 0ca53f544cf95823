package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// setDiskFull makes every write to a file fail in the running companion, as on a full disk.
// It lasts until setDiskFull(false) or the companion's end.
func (c *companion) setDiskFull(full bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return nil
	}
	limit := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if full {
		limit.Cur = 0
	}
	if err := unix.Prlimit(c.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		return fmt.Errorf("limit the companion's file size: %w", err)
	}
	return nil
}
