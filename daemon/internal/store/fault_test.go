package store_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/store"
)

// trap is a row whose JSON methods panic.
type trap struct{}

func (trap) MarshalJSON() ([]byte, error)  { panic("a fault of the row") }
func (*trap) UnmarshalJSON(_ []byte) error { panic("a fault of the row") }

// A panic of the caller does not mean that the file is damaged: it is not recovered, the
// transaction is rolled back, and the store stays usable.
func TestAPanicOfTheCallerGoesThrough(t *testing.T) {
	traps := store.Table[trap]{Name: "rows"}
	var none map[string]int
	for name, fault := range map[string]func(*store.Tx) error{
		"a write to a nil map": func(*store.Tx) error { none["x"]++; return nil },
		"a nil pointer":        func(*store.Tx) error { return (*struct{ error })(nil).error },
		"encoding a row":       func(tx *store.Tx) error { return traps.Put(tx, "b", trap{}) },
		"decoding a row":       func(tx *store.Tx) error { _, _, err := traps.Get(tx, "a"); return err },
		"the last row":         func(tx *store.Tx) error { _, _, err := traps.Last(tx); return err },
		"all rows":             func(tx *store.Tx) error { _, err := traps.All(tx); return err },
		"between rows":         func(tx *store.Tx) error { return rows.Each(tx, func(string, row) error { panic("here") }) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			j := open(t, path)
			require.NoError(t, j.Update(func(tx *store.Tx) error { return rows.Put(tx, "a", row{"one"}) }))
			for _, run := range []func(func(*store.Tx) error) error{j.Update, j.View} {
				assert.Panics(t, func() { _ = run(fault) })
			}
			assert.Panics(t, func() {
				_ = j.Update(func(tx *store.Tx) error {
					require.NoError(t, rows.Put(tx, "half", row{"not kept"}))
					return fault(tx)
				})
			})
			require.NoError(t, j.Update(func(tx *store.Tx) error { return rows.Put(tx, "c", row{"three"}) }))
			require.NoError(t, j.View(func(tx *store.Tx) error {
				all, err := rows.All(tx)
				assert.Equal(t, []row{{"one"}, {"three"}}, all)
				return err
			}))
			require.NoError(t, j.Check())
		})
	}
}

// A migration is code of the caller, too.
func TestAPanicOfAMigrationGoesThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	require.NoError(t, j.Close())
	assert.Panics(t, func() {
		_, _ = store.Open(path, "example.test", func(*store.Tx) error { panic("a fault of the migration") })
	})
}

// A goroutine that exits within a transaction, as a failing test does, releases the lock.
func TestLeavingInTheMiddle(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = j.Update(func(tx *store.Tx) error {
			_ = rows.Put(tx, "half", row{"not kept"})
			runtime.Goexit()
			return nil
		})
	}()
	<-gone
	require.NoError(t, j.Update(func(tx *store.Tx) error {
		_, found, err := rows.Get(tx, "half")
		assert.False(t, found)
		return err
	}))
}

// Using a transaction after its end is a bug of the program.
func TestATransactionAfterItsEnd(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	var kept *store.Tx
	require.NoError(t, j.View(func(tx *store.Tx) error { kept = tx; return nil }))
	assert.Panics(t, func() { _, _, _ = rows.Get(kept, "a") })
	require.NoError(t, j.Update(func(tx *store.Tx) error { kept = tx; return nil }))
	assert.Panics(t, func() { _ = rows.Put(kept, "a", row{"late"}) })
}

// Pages that are damaged while the file is open yield ErrDamaged, whatever is called next.
// Neither that call nor Close hangs, and nothing more is written.
func TestTornWhileOpen(t *testing.T) {
	page := os.Getpagesize()
	for name, torn := range map[string]struct{ from, to, cut int }{
		"the heads":           {0, 2, 64},
		"all but the heads":   {2, 64, 64},
		"all of it":           {0, 64, 64},
		"a page after others": {3, 64, 64},
		"cut":                 {0, 0, 2},
		"cut later":           {0, 0, 6},
		"cut and torn":        {0, 2, 2},
	} {
		for what, act := range map[string]func(*store.Store) error{
			"reading": func(j *store.Store) error {
				return j.View(func(tx *store.Tx) error { _, err := rows.All(tx); return err })
			},
			"writing": func(j *store.Store) error {
				return j.Update(func(tx *store.Tx) error { return rows.Put(tx, "b", row{"two"}) })
			},
			"writing nothing": func(j *store.Store) error {
				return j.Update(func(*store.Tx) error { return nil })
			},
			"checking": (*store.Store).Check,
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "journal.db")
				j, err := store.Open(path, "example.test")
				require.NoError(t, err)
				require.NoError(t, j.Update(func(tx *store.Tx) error {
					for n := range 200 {
						require.NoError(t, rows.Put(tx, string(rune('a'+n)), row{string(bytes.Repeat([]byte("x"), 500))}))
					}
					return nil
				}))
				require.NoError(t, j.Update(func(tx *store.Tx) error { return rows.Delete(tx, "a") }))
				f, err := os.OpenFile(path, os.O_WRONLY, 0)
				require.NoError(t, err)
				info, err := f.Stat()
				require.NoError(t, err)
				to := min(torn.to*page, int(info.Size()))
				_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, to-torn.from*page), int64(torn.from*page))
				require.NoError(t, err)
				require.NoError(t, f.Truncate(min(int64(torn.cut*page), info.Size())))
				require.NoError(t, f.Close())

				for range 3 {
					err := act(j)
					if err != nil || torn.from == 0 && torn.to > 0 {
						assert.ErrorIs(t, err, store.ErrDamaged)
					}
				}
				_ = j.Close()
			})
		}
	}
}

// A file of a newer program is not damaged, and stays unchanged.
func TestNewerJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	step := func(*store.Tx) error { return nil }
	j, err := store.Open(path, "example.test", step, step)
	require.NoError(t, err)
	require.NoError(t, j.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		host       string
		migrations []store.Migration
	}{
		"one version":          {"example.test", []store.Migration{step}},
		"two versions":         {"example.test", nil},
		"of another host also": {"other.test", nil},
	} {
		_, err = store.Open(path, c.host, c.migrations...)
		require.ErrorIs(t, err, store.ErrNewer, name)
		require.NotErrorIs(t, err, store.ErrDamaged, name)
		require.NotErrorIs(t, err, store.ErrForeign, name)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(before, after))
}

// An older file is migrated once, completely or not at all.
func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	texts := store.Table[json.RawMessage]{Name: "rows"}
	j, err := store.Open(path, "example.test")
	require.NoError(t, err)
	require.NoError(t, j.Update(func(tx *store.Tx) error { return rows.Put(tx, "a", row{"one"}) }))
	id := j.ID()
	require.NoError(t, j.Close())

	var ran []string
	step := func(name string, failure error) store.Migration {
		return func(tx *store.Tx) error {
			assert.Equal(t, id, tx.StoreID())
			ran = append(ran, name)
			require.NoError(t, texts.Put(tx, name, json.RawMessage(`{"Name": "new"}`)))
			return failure
		}
	}
	_, err = store.Open(path, "example.test", step("2", nil), step("3", os.ErrInvalid))
	require.ErrorIs(t, err, os.ErrInvalid)
	for _, migrations := range [][]store.Migration{
		{step("2", nil)}, {step("2", nil)}, {step("2", nil), step("3", nil)}, {step("2", nil), step("3", nil)},
	} {
		j, err := store.Open(path, "example.test", migrations...)
		require.NoError(t, err)
		require.NoError(t, j.Close())
	}
	assert.Equal(t, []string{"2", "3", "2", "3"}, ran, "both where it failed, and then each once")

	fresh, err := store.Open(filepath.Join(t.TempDir(), "journal.db"), "example.test", step("not run", nil))
	require.NoError(t, err)
	require.NoError(t, fresh.Close())
	assert.NotContains(t, ran, "not run")
}

// An interrupted creation leaves no file that Open would use.
func TestInterruptedWhileItWasMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, os.WriteFile(path+".new", []byte("half"), 0o600))
	open(t, path)
	assert.NoFileExists(t, path+".new")
}
