// Package datadir creates the directories for the companion's files, and rejects files and
// directories that another user of the computer could change. It never changes the mode or
// the owner of what exists.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrOthers means that another user owns a file or directory, or may write to it.
var ErrOthers = errors.New("another user of this computer could change it")

// Make creates dir and its parents with mode 0700 and syncs its name to the disk. An
// existing directory keeps its mode; if another user could change it, Make returns
// ErrOthers.
func Make(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	switch err := os.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist):
	case err != nil:
		return fmt.Errorf("make the data directory: %w", err)
	default:
		if err := Sync(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("look at the data directory: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory: use another one with --data-dir", dir)
	}
	return checkOwner(dir, info)
}

// Check returns ErrOthers if another user could change the file or directory at path, and
// fs.ErrNotExist if there is none.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return checkOwner(path, info)
}
