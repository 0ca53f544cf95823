package app

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPortOwner(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::]:0"} {
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		port := l.Addr().(*net.TCPAddr).Port
		assert.Regexp(t, `^\S+ \(process `+strconv.Itoa(os.Getpid())+`\)$`, portOwner(port), address)
		_, err = listen(t.Context(), port)
		require.ErrorIs(t, err, syscall.EADDRINUSE)
		require.ErrorContains(t, err, "(process "+strconv.Itoa(os.Getpid())+")")
		require.ErrorContains(t, err, "--port")
		require.NoError(t, l.Close())
		assert.Equal(t, "another program", portOwner(port), "the port is free")
	}
}

func TestFindListener(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0101A8C0:9805 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
   1: 0100007F:9805 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 100 0 0 10 0
   2: 0100007F:9805 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4711        0 333 1 0 100 0 0 10 0
   short: line
`
	inode, uid := findListener(strings.NewReader(table), 0x9805)
	assert.Equal(t, "333", inode)
	assert.Equal(t, "4711", uid)
	inode, _ = findListener(strings.NewReader(table), 1)
	assert.Empty(t, inode)
}

// For a program of another user only the user is named, because its open files can't be
// read.
func TestPortOwnerOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		assert.NotEmpty(t, portOwner(1), "only root can start a program as another user")
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPrintPortOwner$", "-test.v")
	cmd.Env = append(os.Environ(), "LOGSPANEL_TEST_PORT="+strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Dir = "/"
	program, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	copied := "/tmp/logspanel-holder-" + strconv.Itoa(os.Getpid())
	require.NoError(t, os.WriteFile(copied, program, 0o755))
	defer os.Remove(copied)
	cmd.Path, cmd.Args[0] = copied, copied
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "held by: a program of the user root")
}

func TestPrintPortOwner(t *testing.T) {
	port, err := strconv.Atoi(os.Getenv("LOGSPANEL_TEST_PORT"))
	if err != nil {
		port = 1
	}
	t.Log("held by: " + portOwner(port))
	assert.NotEmpty(t, portOwner(port))
}
