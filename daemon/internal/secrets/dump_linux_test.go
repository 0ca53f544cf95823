package secrets

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestForbidDumps(t *testing.T) {
	if os.Getenv("FORBID_DUMPS") == "" { // it can't be undone, so it runs in its own process
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestForbidDumps$", "-test.v")
		again.Env = append(os.Environ(), "FORBID_DUMPS=1")
		out, err := again.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	require.NoError(t, err)
	require.Equal(t, 1, dumpable)
	require.NoError(t, ForbidDumps())
	dumpable, err = unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	require.NoError(t, err)
	assert.Zero(t, dumpable)
	var limit unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_CORE, &limit))
	assert.Zero(t, limit.Max, "nor may a program that it starts")
}
