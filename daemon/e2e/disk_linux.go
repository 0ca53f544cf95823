package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// fill makes every write to a file fail in the running companion, as a full disk does,
// until it is emptied or the companion dies.
func (c *companion) fill(full bool) error {
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
		return fmt.Errorf("fill the companion's disk: %w", err)
	}
	return nil
}
