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
	"syscall"
)

// maxPath is the shortest bound on a socket's path among Unix systems (macOS).
const maxPath = 103

func listenSocket(dir string) (net.Listener, error) {
	path, err := socket(dir)
	if err != nil {
		return nil, err
	}
	switch about, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case about.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s already exists and isn't a socket: move it, or use another directory with --data-dir", path)
	default: // a leftover of a daemon that has ended, since we hold the lock
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	// On systems that apply this mode at creation, nobody else can open the socket even
	// between these two calls.
	early := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), 0o600) })
	}}
	l, err := early.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func dialSocket(ctx context.Context, dir string) (net.Conn, error) {
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
