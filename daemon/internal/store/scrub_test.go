package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/store"
)

type secretRow struct {
	Text string `json:"text"`
}

var secretRows = store.Table[secretRow]{Name: "rows"}

// marked counts the rows whose mark is anywhere in the file.
func marked(t *testing.T, path string, rows int) (found int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range rows {
		if bytes.Contains(raw, fmt.Appendf(nil, "marked-%05d", i)) {
			found++
		}
	}
	return found
}

func TestScrubLeavesNothingOfErasedRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	const rows = 500
	put := func(i int, text string) {
		require.NoError(t, j.Update(func(tx *store.Tx) error {
			return secretRows.Put(tx, fmt.Sprintf("%05d", i), secretRow{text})
		}))
	}
	for i := range rows {
		// Some are longer than a page.
		put(i, fmt.Sprintf("marked-%05d", i)+strings.Repeat("x", i%7*1000))
	}
	for i := range rows {
		put(i, "kept")
	}
	require.NotZero(t, marked(t, path, rows), "without scrubbing the file holds old rows")
	require.NoError(t, j.Scrub())
	assert.Zero(t, marked(t, path, rows))
	require.NoError(t, j.Check())
	put(rows, "later")
	require.NoError(t, j.Close())
	require.NoError(t, store.Check(path))
	j, err = store.Open(path, "example.test")
	require.NoError(t, err)
	require.NoError(t, j.View(func(tx *store.Tx) error {
		all, err := secretRows.All(tx)
		require.Len(t, all, rows+1)
		for _, row := range all[:rows] {
			require.Equal(t, "kept", row.Text)
		}
		return err
	}))
}

// Nothing is overwritten while there is a reader: it may still see old rows.
func TestScrubWaitsForReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	put := func(text string) {
		require.NoError(t, j.Update(func(tx *store.Tx) error { return secretRows.Put(tx, "row", secretRow{text}) }))
	}
	put(strings.Repeat("x", 1<<18)) // space, so that no writer has to wait for the reader
	put("marked-00000")
	require.NoError(t, j.View(func(tx *store.Tx) error {
		put("kept")
		require.ErrorIs(t, j.Scrub(), store.ErrBusy)
		row, _, err := secretRows.Get(tx, "row")
		assert.Equal(t, "marked-00000", row.Text)
		return err
	}))
	require.NoError(t, j.Scrub())
	assert.Zero(t, marked(t, path, 1))
}
