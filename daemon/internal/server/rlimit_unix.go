//go:build unix

package server

import (
	"math"
	"syscall"
)

// maxOpenFiles returns how many files and sockets this process may have open at once.
func maxOpenFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt
	}
	return int(min(uint64(limit.Cur), math.MaxInt32))
}
