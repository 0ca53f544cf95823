//go:build unix

package attack

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

const nobody = 65534

// Another user of the computer can open neither the companion's files nor its control
// socket. Where the system tells which user a connection belongs to, the port sends them no
// byte.
func TestOtherUserReadsNothing(t *testing.T) {
	testenv.NeedsBrowsers(t)
	api, _ := startProvider(t, nil)
	c := startWithProvider(t, api)
	var paths []string
	require.NoError(t, filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "%s is %s", path, info.Mode())
		paths = append(paths, path)
		return nil
	}))
	require.Greater(t, len(paths), 4, "journal, lock, socket, keyring")
	if os.Geteuid() != 0 {
		return // only root can run a program as another user
	}
	as := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		cmd.Dir = "/"
		err := cmd.Run()
		return out.String(), err
	}
	mine := filepath.Join(t.TempDir(), "readable")
	require.NoError(t, os.WriteFile(mine, []byte("hello"), 0o644))
	for dir := filepath.Dir(mine); dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	output, err := as("cat", mine)
	require.NoError(t, err, "%s", output)
	require.Equal(t, "hello", output, "another user reads a file that is open to them")
	for _, path := range paths {
		output, err := as("cat", path)
		assert.Error(t, err, "%s", path)
		assert.Contains(t, output, "denied", path)
	}

	if runtime.GOOS != "linux" {
		return // elsewhere only the handshake protects the port
	}
	knock := func(address string) string {
		host, port, err := net.SplitHostPort(address)
		require.NoError(t, err)
		output, _ := as("bash", "-c", fmt.Sprintf(`exec 3<>/dev/tcp/%s/%s && printf 'GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' >&3 && timeout 20 cat <&3`, host, port, address))
		return output
	}
	assert.Contains(t, knock(newOpenServer(t).address()), "HTTP/1.1 400", "another user reaches an unprotected server")
	assert.NotContains(t, knock(c.Address), "HTTP")
	own, err := net.Dial("tcp4", c.Address)
	require.NoError(t, err)
	defer own.Close()
	_, err = fmt.Fprintf(own, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", c.Address)
	require.NoError(t, err)
	answer, err := io.ReadAll(own)
	require.NoError(t, err)
	assert.Contains(t, string(answer), "HTTP/1.1 403", "the companion's own user gets an answer")
}
