package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// leaks looks for the account's key and the browser's secret where neither may be: in
// the companion's files and log, in its arguments and in its environment.
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
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, path)
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
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for what, mark := range marks {
			if bytes.Contains(raw, mark) {
				found = append(found, fmt.Sprintf("%s is in %s", what, path))
			}
		}
	}
	return found, nil
}
