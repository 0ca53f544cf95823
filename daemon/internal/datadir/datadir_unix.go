//go:build unix

package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// checkOwner examines the owner and the mode. The user's own group may write: on many systems
// each user has a group with no other members.
func checkOwner(path string, info os.FileInfo) error {
	about, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("the owner of %s can't be read", path)
	}
	mode := info.Mode().Perm()
	switch {
	case int(about.Uid) != os.Geteuid():
		return fmt.Errorf("%w: %s belongs to the user with the number %d: use a directory of your own with --data-dir", ErrOthers, path, about.Uid)
	case mode&0o002 != 0, mode&0o020 != 0 && int(about.Gid) != os.Getegid():
		return fmt.Errorf("%w: %s has the mode %04o: run chmod go-w on it, or use another directory with --data-dir", ErrOthers, path, mode)
	}
	return nil
}

// Sync makes the names in dir durable, which syncing the files does not. It does nothing if
// the system can't do that, or if this user may not read dir.
func Sync(dir string) error {
	f, err := os.Open(dir)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("write the names in %s to the disk: %w", dir, err)
	}
	return nil
}
