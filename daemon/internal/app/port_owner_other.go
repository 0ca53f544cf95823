//go:build !linux

package app

// portOwner can't name the program on this system.
func portOwner(int) string { return "another program" }
