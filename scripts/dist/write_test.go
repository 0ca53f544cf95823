package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A folder that holds anything but a release is left as it is.
func TestWriteReplacesOnlyAReleaseDir(t *testing.T) {
	into := filepath.Join(t.TempDir(), "into")
	r := &release{files: map[string][]byte{"one": []byte("1")}}
	require.NoError(t, r.write(into))
	r.files = map[string][]byte{"two": []byte("2")}
	require.NoError(t, r.write(into))
	assert.NoFileExists(t, filepath.Join(into, "one"))

	mine := filepath.Join(t.TempDir(), "thesis.txt")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o600))
	require.ErrorContains(t, r.write(filepath.Dir(mine)), "-into")
	assert.FileExists(t, mine)
}
