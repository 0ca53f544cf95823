package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
)

// ownerOnly is a security descriptor: all rights to the pipe's owner, none to others.
const ownerOnly = "D:P(A;;GA;;;OW)"

func listenSocket(dir string) (net.Listener, error) {
	name, err := pipe(dir)
	if err != nil {
		return nil, err
	}
	return winio.ListenPipe(name, &winio.PipeConfig{SecurityDescriptor: ownerOnly})
}

func dialSocket(ctx context.Context, dir string) (net.Conn, error) {
	name, err := pipe(dir)
	if err != nil {
		return nil, err
	}
	return winio.DialPipeContext(ctx, name)
}

func pipe(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	sum := sha256.Sum256([]byte(strings.ToLower(path)))
	return `\\.\pipe\logspanel-companion-` + hex.EncodeToString(sum[:8]), err
}
