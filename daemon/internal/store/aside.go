package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/datadir"
)

const extension = ".db"

// SetAside renames the file at path to a dated name in the same directory, so that a new
// file can take its place. It returns the new name, without the directory. It deletes
// nothing.
func SetAside(path string, now time.Time) (name string, err error) {
	dir, base := filepath.Split(path)
	dated := prefix(base) + now.UTC().Format("2006-01-02T15-04-05.000Z") + extension
	if _, err := os.Lstat(filepath.Join(dir, dated)); err == nil {
		return "", fmt.Errorf("set the damaged journal aside: %s is there already: move it away", dated)
	}
	if err := os.Rename(path, filepath.Join(dir, dated)); err != nil {
		return "", fmt.Errorf("set the damaged journal aside: %w", err)
	}
	return dated, datadir.Sync(filepath.Dir(path))
}

// WasSetAside reports whether SetAside has ever renamed the file at path and the renamed
// file is still there.
func WasSetAside(path string) (bool, error) {
	dir, base := filepath.Split(path)
	files, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return false, fmt.Errorf("look for journals that were set aside: %w", err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), prefix(base)) && strings.HasSuffix(f.Name(), extension) {
			return true, nil
		}
	}
	return false, nil
}

func prefix(base string) string { return strings.TrimSuffix(base, extension) + "-" }
