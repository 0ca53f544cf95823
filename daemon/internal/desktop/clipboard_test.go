//go:build linux

package desktop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNoClipboardProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	require.ErrorIs(t, Copy(t.Context(), "482913"), ErrNoClipboard)
}

func TestClipboardProgramFails(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "xclip"), []byte("#!/bin/sh\nexit 3\n"), 0o700))
	t.Setenv("PATH", dir)
	t.Setenv("WAYLAND_DISPLAY", "")
	err := Copy(t.Context(), "482913")
	require.ErrorContains(t, err, "xclip failed")
	assert.NotContains(t, err.Error(), "482913")
}
