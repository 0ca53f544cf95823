package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// findLeaks searches for the API key and the browser's secret where neither may be: in the
// companion's files, log, arguments, environment and messages. It also reports files that
// other users could read.
func (c *companion) findLeaks(key string) (found []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	secrets := map[string][]byte{"the API key": []byte(key)}
	if c.creds != nil {
		secrets["the browser's secret"] = c.creds.Secret
		secrets["the browser's secret in base64"] = []byte(base64.StdEncoding.EncodeToString(c.creds.Secret))
		secrets["the browser's secret in hex"] = []byte(hex.EncodeToString(c.creds.Secret))
	}
	var paths []string
	err = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			paths = append(paths, path)
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			found = append(found, fmt.Sprintf("other users can open %s: %s", path, info.Mode()))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.cmd != nil {
		process := fmt.Sprintf("/proc/%d/", c.cmd.Process.Pid)
		for _, name := range []string{"environ", "cmdline"} {
			if _, err := os.Stat(process + name); err == nil { // Linux only
				paths = append(paths, process+name)
			}
		}
	}
	places := map[string][]byte{"the messages": c.transcript.Bytes()}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrPermission) && strings.HasPrefix(path, "/proc/") {
			continue // the companion hides it from the user's other programs; root can read it
		}
		if err != nil {
			return nil, err
		}
		places[path] = raw
	}
	for place, raw := range places {
		for what, secret := range secrets {
			if bytes.Contains(raw, secret) {
				found = append(found, fmt.Sprintf("%s is in %s", what, place))
			}
		}
	}
	return found, nil
}

// crashWithDump makes the Go runtime end the companion with a dump of all goroutines, which
// must not contain a secret either.
func (c *companion) crashWithDump() error {
	if err := c.start(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return err
	}
	err := c.cmd.Wait()
	c.cmd = nil
	if err == nil || !strings.Contains(c.logTail(), "goroutine") {
		return fmt.Errorf("the companion did not crash: %w", err)
	}
	return nil
}
