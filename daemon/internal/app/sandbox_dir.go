package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/datadir"
)

const (
	sandboxDir = "sandbox"
	// sandboxMark is a file in each directory that clearSandbox made. Nothing is removed from
	// a directory without it.
	sandboxMark = ".logspanel-companion-sandbox"
)

// clearSandbox makes the sandbox's directory, or removes the given files from it. It leaves
// a directory alone that the companion did not make, and every other file.
func clearSandbox(dir string, files ...string) error {
	mark := filepath.Join(dir, sandboxMark)
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return writeMark(mark)
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the sandbox's directory: %w", err)
	}
	if !isType(dir, fs.ModeDir) || !isType(mark, 0) {
		return fmt.Errorf("%s is not marked as made by this version of the sandbox, and is left as it is: move it away, or use another directory with --data-dir", dir)
	}
	if err := datadir.Check(dir); err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clear the sandbox's data: %w", err)
		}
	}
	return nil
}

func writeMark(mark string) error {
	f, err := os.OpenFile(mark, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString("The sandbox of Logspanel Companion keeps its play money here, and removes it at its next start.\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("make the sandbox's directory: %w", err)
	}
	return nil
}

// isType reports whether path exists with this type. It does not follow links.
func isType(path string, kind fs.FileMode) bool {
	about, err := os.Lstat(path)
	return err == nil && about.Mode().Type() == kind
}
