//go:build unix

package datadir_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/datadir"
)

func TestMake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	require.NoError(t, datadir.Make(dir))
	for _, made := range []string{dir, filepath.Dir(dir)} {
		info, err := os.Stat(made)
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o700), info.Mode().Perm(), made)
	}
	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, datadir.Make(dir))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o755), info.Mode().Perm(), "an existing directory keeps its mode")

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, datadir.Make(file), "not a directory")
	require.ErrorIs(t, datadir.Check(filepath.Join(dir, "none")), fs.ErrNotExist)
}

func TestWritableByOthersIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	err := datadir.Make(dir)
	require.ErrorIs(t, err, datadir.ErrOthers)
	require.ErrorContains(t, err, "chmod go-w")
	require.NoError(t, os.Chmod(dir, 0o770))
	require.NoError(t, datadir.Make(dir), "the user's own group")
}

const nobody = 65534

func TestOwnedByOthersIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		require.ErrorIs(t, datadir.Make("/"), datadir.ErrOthers)
		return // only root can change a file's owner
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "journal.db"), filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.Symlink(dir, link))
	require.NoError(t, os.Chown(file, nobody, -1))
	require.ErrorIs(t, datadir.Check(file), datadir.ErrOthers)
	require.NoError(t, os.Chown(dir, nobody, -1))
	for _, path := range []string{dir, link} {
		err := datadir.Make(path)
		require.ErrorIs(t, err, datadir.ErrOthers)
		require.ErrorContains(t, err, "--data-dir")
	}
	require.NoError(t, os.Chown(dir, os.Geteuid(), nobody))
	require.NoError(t, os.Chmod(dir, 0o770))
	require.ErrorIs(t, datadir.Make(dir), datadir.ErrOthers, "another group may write")
}
