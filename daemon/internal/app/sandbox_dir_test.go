package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
)

// Whatever the person has at the sandbox's path stays.
func TestSandboxKeepsForeignFiles(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"a directory": func(t *testing.T, dir string) { require.NoError(t, os.Mkdir(dir, 0o755)) },
		"a link to a directory of the sandbox": func(t *testing.T, dir string) {
			other := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(other, ".logspanel-companion-sandbox"), nil, 0o600))
			require.NoError(t, os.Symlink(other, dir))
		},
		"a directory with a link for a mark": func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o755))
			mark := filepath.Join(t.TempDir(), "mark")
			require.NoError(t, os.WriteFile(mark, nil, 0o600))
			require.NoError(t, os.Symlink(mark, filepath.Join(dir, ".logspanel-companion-sandbox")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			require.NoError(t, os.Chmod(data, 0o750))
			dir := filepath.Join(data, "sandbox")
			prepare(t, dir)
			mine := []string{filepath.Join(dir, "journal.db"), filepath.Join(dir, "thesis.txt")}
			for _, file := range mine {
				require.NoError(t, os.WriteFile(file, []byte("mine"), 0o644))
			}
			require.ErrorContains(t, startError(t, app.Options{Sandbox: true, API: app.DefaultAPI, Dir: data}), "--data-dir")
			for _, file := range mine {
				raw, err := os.ReadFile(file)
				require.NoError(t, err)
				assert.Equal(t, "mine", string(raw))
			}
			info, err := os.Stat(data)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o750), info.Mode().Perm())
		})
	}
}

// startError returns why a daemon does not start. One that does start is stopped at once.
func startError(t *testing.T, opts app.Options) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opts.NoTray, opts.Out = true, writerFunc(func([]byte) { cancel() })
	return app.Run(ctx, opts)
}

// The sandbox removes its own files at the next start, and no others.
func TestSandboxStartsEmpty(t *testing.T) {
	opts := app.Options{Sandbox: true, API: app.DefaultAPI, Dir: t.TempDir()}
	whileRunning(t, opts, func() { buy(t, pairClient(t, opts.Dir)) })
	mine := filepath.Join(opts.Dir, "sandbox", "notes.txt")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o600))
	whileRunning(t, opts, func() {
		state := pairClient(t, opts.Dir).Welcome().Snapshot
		assert.Empty(t, state.Orders)
		assert.False(t, state.Limits.Unset)
		assert.Zero(t, state.Recovery)
	})
	assert.FileExists(t, mine)
}
