//go:build !linux

package main

import "errors"

func (*companion) fill(bool) error { return errors.New("a disk can be filled on Linux alone") }
