package app

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// portOwner names the program that listens on a local port, as far as this user may know
// it.
func portOwner(port int) string {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		inode, uid := findListener(f, port)
		f.Close()
		if inode == "" {
			continue
		}
		if program := socketOwner(inode); program != "" {
			return program
		}
		if u, err := user.LookupId(uid); err == nil {
			uid = u.Username
		}
		return "a program of the user " + uid
	}
	return "another program"
}

// loopback lists the addresses, as the kernel's tables write them, that keep 127.0.0.1
// taken.
var loopback = map[string]bool{
	"0100007F": true, "00000000": true,
	"00000000000000000000000000000000": true, "0000000000000000FFFF00000100007F": true,
}

const stateListen = "0A"

// findListener finds the socket that listens on a port in a table of the kernel.
func findListener(table io.Reader, port int) (inode, uid string) {
	for lines := bufio.NewScanner(table); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != stateListen {
			continue
		}
		address, at, _ := strings.Cut(f[1], ":")
		if loopback[address] && at == fmt.Sprintf("%04X", port) {
			return f[9], f[7]
		}
	}
	return "", ""
}

// socketOwner names the process that has a socket open.
func socketOwner(inode string) string {
	open, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range open {
		if target, err := os.Readlink(fd); err != nil || target != "socket:["+inode+"]" {
			continue
		}
		process := filepath.Dir(filepath.Dir(fd))
		name, _ := os.ReadFile(filepath.Join(process, "comm"))
		return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), filepath.Base(process))
	}
	return ""
}
