package secrets

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const passphrase = "correct horse battery staple"

func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keyring")
	k, err := OpenFile(dir, passphrase)
	require.NoError(t, err)
	keeps(t, k)
	require.NoError(t, k.Set(t.Context(), "api-key/logspanel.com", []byte("lp-secret-1")))

	again, err := OpenFile(dir, passphrase)
	require.NoError(t, err)
	got, err := again.Get(t.Context(), "api-key/logspanel.com")
	require.NoError(t, err)
	assert.Equal(t, "lp-secret-1", string(got))

	seen := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "others can't read %s", path)
		if d.IsDir() {
			return nil
		}
		seen++
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), "lp-secret-1")
		return nil
	}))
	assert.Equal(t, 2, seen)
}

func TestFileWithAnotherPassphrase(t *testing.T) {
	dir := t.TempDir()
	_, err := OpenFile(dir, strings.Repeat("x", minPassphrase-1))
	require.ErrorIs(t, err, ErrShort)
	_, err = OpenFile(dir, passphrase)
	require.NoError(t, err)
	for _, wrong := range []string{"", "correct horse", passphrase + " "} {
		_, err = OpenFile(dir, wrong)
		require.ErrorIs(t, err, ErrPassphrase, "%q", wrong)
	}
}

// Other files in the directory stay.
func TestFileKeepsOtherFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keyring")
	mine := filepath.Join(dir, "new", "mine")
	require.NoError(t, os.MkdirAll(filepath.Dir(mine), 0o700))
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o600))
	k, err := OpenFile(dir, passphrase)
	require.NoError(t, err)
	require.NoError(t, k.Set(t.Context(), "a", []byte("one")))
	assert.FileExists(t, mine)
	absent, err := OpenFile(filepath.Join(t.TempDir(), "deep", "keyring"), passphrase)
	require.NoError(t, err)
	require.NoError(t, absent.Set(t.Context(), "a", []byte("one")))
}

func TestDamagedFile(t *testing.T) {
	dir := t.TempDir()
	k, err := OpenFile(dir, passphrase)
	require.NoError(t, err)
	require.NoError(t, k.Set(t.Context(), "a", []byte("one")))
	kept, err := filepath.Glob(filepath.Join(dir, "*a"))
	require.NoError(t, err)
	require.Len(t, kept, 1)

	torn := filepath.Join(dir, "new-1", filepath.Base(kept[0]))
	require.NoError(t, os.MkdirAll(filepath.Dir(torn), 0o700))
	require.NoError(t, os.WriteFile(torn, []byte("half"), 0o600))
	require.NoError(t, k.Set(t.Context(), "b", []byte("two")))
	got, err := k.Get(t.Context(), "a")
	require.NoError(t, err, "what was half written is in nobody's place")
	assert.Equal(t, "one", string(got))

	left, err := filepath.Glob(filepath.Join(dir, "new-*"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Dir(torn)}, left, "only this process's temporary directory is removed")

	require.NoError(t, os.WriteFile(kept[0], []byte("half"), 0o600))
	_, err = k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrUnreadable)
	require.NoError(t, k.Set(t.Context(), "a", []byte("three")))
	got, err = k.Get(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, "three", string(got))
}
