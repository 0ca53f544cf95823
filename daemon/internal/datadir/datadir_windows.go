package datadir

import "os"

// checkOwner trusts the access lists that the user's profile hands down to what is made in it.
func checkOwner(string, os.FileInfo) error { return nil }

// Sync does nothing: Windows has no way to write a directory to the disk.
func Sync(string) error { return nil }
