//go:build !windows

package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// maxPath is the shortest bound on a socket's path among Unix systems (macOS).
const maxPath = 103

func listen(dir string) (net.Listener, error) {
	path, err := socket(dir)
	if err != nil {
		return nil, err
	}
	// Whoever left it is gone, since the lock is ours.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	path, err := socket(dir)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "unix", path)
}

func socket(dir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, "control.sock"))
	if err == nil && len(path) > maxPath {
		err = fmt.Errorf("the data directory's path is too long for a socket: choose a shorter one with --data-dir")
	}
	return path, err
}
