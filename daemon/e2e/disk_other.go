//go:build !linux

package main

import "errors"

func (*companion) setDiskFull(bool) error {
	return errors.New("a full disk can be simulated only on Linux")
}
