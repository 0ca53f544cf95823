package store_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/store"
)

type row struct{ Name string }

var rows = store.Table[row]{Name: "rows"}

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

func TestRowsSurviveReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	id := j.ID()
	require.NotEmpty(t, id)
	require.NoError(t, j.Update(func(tx *store.Tx) error {
		return errors.Join(rows.Put(tx, "b", row{"two"}), rows.Put(tx, "a", row{"one"}), rows.Put(tx, "c", row{"three"}), rows.Delete(tx, "c"))
	}))
	require.NoError(t, j.Close())

	j = open(t, path)
	assert.Equal(t, id, j.ID())
	require.NoError(t, j.View(func(tx *store.Tx) error {
		all, err := rows.All(tx)
		require.NoError(t, err)
		assert.Equal(t, []row{{"one"}, {"two"}}, all)
		_, found, err := rows.Get(tx, "c")
		require.NoError(t, err)
		assert.False(t, found)
		return nil
	}))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	failure := errors.New("stop")
	require.ErrorIs(t, j.Update(func(tx *store.Tx) error {
		require.NoError(t, rows.Put(tx, "a", row{"half"}))
		return failure
	}), failure)
	require.NoError(t, j.View(func(tx *store.Tx) error {
		_, found, err := rows.Get(tx, "a")
		assert.False(t, found)
		return err
	}))
}

func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	open(t, path)
	_, err := store.Open(path, "example.test")
	require.ErrorIs(t, err, store.ErrInUse)
}

func TestJournalOfAnotherHost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	require.NoError(t, j.Close())
	_, err = store.Open(path, "other.test")
	require.ErrorIs(t, err, store.ErrForeign)
}

// An error of the operating system does not mean that the file is damaged.
func TestUnreachableFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, os.Mkdir(path, 0o700))
	_, err := store.Open(path, "example.test")
	require.Error(t, err)
	require.NotErrorIs(t, err, store.ErrDamaged)
}

func TestDamage(t *testing.T) {
	whole := func(t *testing.T) (path string, size int64) {
		path = filepath.Join(t.TempDir(), "journal.db")
		j, err := store.Open(path, "example.test")
		require.NoError(t, err)
		require.NoError(t, j.Update(func(tx *store.Tx) error { return rows.Put(tx, "a", row{"one"}) }))
		require.NoError(t, j.Close())
		info, err := os.Stat(path)
		require.NoError(t, err)
		return path, info.Size()
	}
	for name, damage := range map[string]func(t *testing.T, path string, size int64){
		"truncated": func(t *testing.T, path string, size int64) {
			require.NoError(t, os.Truncate(path, size/4))
		},
		"empty": func(t *testing.T, path string, _ int64) {
			require.NoError(t, os.Truncate(path, 0))
		},
		"all but gone": func(t *testing.T, path string, _ int64) {
			require.NoError(t, os.Truncate(path, 100))
		},
		"not a database": func(t *testing.T, path string, size int64) {
			require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("hello "), 4096), 0o600))
		},
		"torn pages": func(t *testing.T, path string, size int64) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			defer f.Close()
			page := int64(os.Getpagesize())
			_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, int(size-2*page)), 2*page)
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, size := whole(t)
			damage(t, path, size)
			_, err := store.Open(path, "example.test")
			require.ErrorIs(t, err, store.ErrDamaged)
		})
	}
}

func TestUnreadableRow(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	require.NoError(t, j.Update(func(tx *store.Tx) error {
		return store.Table[string]{Name: "rows"}.Put(tx, "a", "not a row")
	}))
	require.ErrorIs(t, j.View(func(tx *store.Tx) error {
		_, err := rows.All(tx)
		return err
	}), store.ErrDamaged)
}

func TestSetAside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[odd] *")
	require.NoError(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "journal.db")
	before, err := store.WasSetAside(path)
	require.NoError(t, err)
	assert.False(t, before)
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for n, want := range []bool{true, false} {
		require.NoError(t, os.WriteFile(path, []byte{byte(n)}, 0o600))
		name, err := store.SetAside(path, at)
		assert.Equal(t, want, err == nil, "nothing is overwritten")
		if want {
			assert.Equal(t, "journal-2026-05-01T12-00-00.000Z.db", name)
		}
	}
	after, err := store.WasSetAside(path)
	require.NoError(t, err)
	assert.True(t, after)
	other, err := store.WasSetAside(filepath.Join(dir, "settings.db"))
	require.NoError(t, err)
	assert.False(t, other)
	raw, err := os.ReadFile(filepath.Join(dir, "journal-2026-05-01T12-00-00.000Z.db"))
	require.NoError(t, err)
	assert.Equal(t, []byte{0}, raw)
}

func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	require.ErrorIs(t, store.Check(path), fs.ErrNotExist)
	j, err := store.Open(path, "host")
	require.NoError(t, err)
	require.NoError(t, j.Check())
	require.ErrorIs(t, store.Check(path), store.ErrInUse)
	require.NoError(t, j.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, store.Check(path))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after, "it only looks")
	for name, damage := range map[string][]byte{
		"cut":      before[:os.Getpagesize()],
		"a letter": []byte("hello"),
		"torn":     append(bytes.Clone(before[:2*os.Getpagesize()]), bytes.Repeat([]byte{0xff}, len(before)-2*os.Getpagesize())...),
	} {
		require.NoError(t, os.WriteFile(path, damage, 0o600))
		require.ErrorIs(t, store.Check(path), store.ErrDamaged, name)
	}
}
