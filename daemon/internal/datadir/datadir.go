// Package datadir makes the directories that the companion keeps its files in, and
// refuses what another user of the computer could change.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrOthers says that another user owns a file or a directory, or may write into it.
var ErrOthers = errors.New("another user of this computer could change it")

// Make makes dir for this user alone, and makes its name durable. A directory that is
// there already stays as it is; it is refused if another user could change it.
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
	return check(dir, info)
}

// Check refuses a file or a directory that another user could change. One that isn't
// there is an fs.ErrNotExist.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return check(path, info)
}
