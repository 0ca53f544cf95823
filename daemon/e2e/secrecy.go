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

// leaks looks for the account's key and the browser's secret where neither may be: in
// the companion's files and log, in its arguments and environment, and in what was said
// over the wire. It also finds what other users of the machine could read.
func (c *companion) leaks(key string) (found []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	marks := map[string][]byte{"the API key": []byte(key)}
	if c.creds != nil {
		marks["the browser's secret"] = c.creds.Secret
		marks["the browser's secret in base64"] = []byte(base64.StdEncoding.EncodeToString(c.creds.Secret))
		marks["the browser's secret in hex"] = []byte(hex.EncodeToString(c.creds.Secret))
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
			found = append(found, fmt.Sprintf("others may use %s: %s", path, info.Mode()))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.cmd != nil {
		process := fmt.Sprintf("/proc/%d/", c.cmd.Process.Pid)
		for _, name := range []string{"environ", "cmdline"} {
			if _, err := os.Stat(process + name); err == nil { // not on every system
				paths = append(paths, process+name)
			}
		}
	}
	places := map[string][]byte{"what was said over the wire": c.wire.Bytes()}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrPermission) && strings.HasPrefix(path, "/proc/") {
			continue // the companion keeps it from the user's other programs; root sees it
		}
		if err != nil {
			return nil, err
		}
		places[path] = raw
	}
	for place, raw := range places {
		for what, mark := range marks {
			if bytes.Contains(raw, mark) {
				found = append(found, fmt.Sprintf("%s is in %s", what, place))
			}
		}
	}
	return found, nil
}

// crash makes the companion fall over with all that the runtime says of it.
func (c *companion) crash() error {
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
	if err == nil || !strings.Contains(c.said(), "goroutine") {
		return fmt.Errorf("the companion did not crash: %w", err)
	}
	return nil
}
