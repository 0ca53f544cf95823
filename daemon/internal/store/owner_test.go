//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/daemon/internal/store"
)

// A file that another user could change is refused, but not as damaged.
func TestJournalOfAnotherUser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	require.NoError(t, j.Close())
	refused := func() {
		t.Helper()
		_, err := store.Open(path, "example.test")
		require.ErrorIs(t, err, datadir.ErrOthers)
		require.NotErrorIs(t, err, store.ErrDamaged)
		require.ErrorIs(t, store.Check(path), datadir.ErrOthers)
	}
	require.NoError(t, os.Chmod(path, 0o666))
	refused()
	require.NoError(t, os.Chmod(path, 0o600))
	if os.Geteuid() == 0 { // only root can change the owner
		require.NoError(t, os.Chown(path, 65534, -1))
		refused()
	}
}
