// Package store keeps tables of JSON rows in bbolt files. The daemon has no other durable
// state besides the keyring.
//
// A Store is one open file, locked against other processes. Update and View run a
// transaction, a Tx; an Update is on disk when it returns. A Table reads and writes rows of
// one type within a Tx. Open migrates an older file. A damaged file never crashes the
// program: it yields ErrDamaged, and the caller may rename it with SetAside and open a new
// one.
package store

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/logspanel/companion/daemon/internal/datadir"
)

var (
	// ErrInUse means that another process has the file open.
	ErrInUse = errors.New("another companion is already using this data directory: stop it, or give this one another --data-dir")
	// ErrDamaged means that the file can't be read.
	ErrDamaged = errors.New("the journal is damaged")
	// ErrForeign means that the file was created for another API host.
	ErrForeign = errors.New("the journal belongs to another API host")
	// ErrNewer means that a newer version of the program wrote the file.
	ErrNewer = errors.New("the data directory was written by a newer version of the companion: install that version or a later one, nothing was changed")
)

// lockWait is how long Open waits for another process that is about to exit.
const lockWait = 500 * time.Millisecond

// Store is an open file, locked until Close. It is safe for concurrent use.
type Store struct {
	db     *bbolt.DB
	id     string
	broken atomic.Bool // bbolt failed on damaged pages while writing, and is not called any more
	stuck  atomic.Bool // bbolt failed while it held its own locks, which it never releases
}

type meta struct {
	ID      string    `json:"id"`
	Host    string    `json:"host"`
	Created time.Time `json:"created"`
	Version int       `json:"version,omitempty"` // of the tables and rows; absent: 1
}

var metas = Table[meta]{Name: "meta"}

const metaKey = "journal"

// Migration converts a file from one version to the next. It runs in the transaction that
// writes the new version.
type Migration func(*Tx) error

// Open opens the file at path, or creates one that belongs to host. The first migration
// leads from version 1 to version 2, and so on. Open fails with ErrInUse, ErrDamaged,
// ErrForeign or ErrNewer, and then leaves the file unchanged.
func Open(path, host string, migrations ...Migration) (*Store, error) {
	if err := datadir.Make(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, meta{ID: rand.Text(), Host: host, Created: time.Now().UTC(), Version: latest(migrations)}); err != nil {
			return nil, err
		}
	}
	db, err := open(path, false)
	if err != nil {
		return nil, err
	}
	store := &Store{db: db}
	if err := store.claim(host, migrations); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func latest(migrations []Migration) int { return 1 + len(migrations) }

// create creates a file under a temporary name and then renames it, so that path never
// holds an incomplete file: a file without its meta row is damaged.
func create(path string, m meta) (err error) {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) { // left by an interrupted create
		return fmt.Errorf("make the journal: %w", err)
	}
	db, err := openFile(fresh, false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("make the journal: %w", errors.Join(err, os.Remove(fresh)))
		}
	}()
	store := &Store{db: db}
	err = store.Update(func(tx *Tx) error { return metas.Put(tx, metaKey, m) })
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return datadir.Sync(filepath.Dir(path))
}

// open opens an existing file.
func open(path string, readOnly bool) (*bbolt.DB, error) {
	if err := datadir.Check(path); err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	if about, err := os.Stat(path); err == nil && about.Size() == 0 { // bbolt would initialize it
		return nil, fmt.Errorf("%w: %s is empty", ErrDamaged, filepath.Base(path))
	}
	return openFile(path, readOnly)
}

func openFile(path string, readOnly bool) (db *bbolt.DB, err error) {
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, ReadOnly: readOnly})
		return err
	})
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, new(syscall.Errno)):
		return nil, fmt.Errorf("open the journal: %w", err)
	case errors.Is(err, ErrDamaged):
		return nil, err
	case err != nil: // no error of the system, so the file is damaged
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, nil
}

// claim checks host and version of the file, reads all of it, and migrates it.
func (s *Store) claim(host string, migrations []Migration) error {
	return s.Update(func(tx *Tx) error {
		m, found, err := metas.Get(tx, metaKey)
		if err != nil {
			return err
		}
		version := cmp.Or(m.Version, 1)
		switch {
		case !found || version < 1:
			return fmt.Errorf("%w: it does not say what it is", ErrDamaged)
		case version > latest(migrations):
			return ErrNewer
		case m.Host != host:
			return fmt.Errorf("%w: it was made for %s, not for %s; give each its own --data-dir", ErrForeign, m.Host, host)
		}
		if err := tx.walk(); err != nil {
			return err
		}
		s.id = m.ID
		if version == latest(migrations) {
			return nil
		}
		for _, migrate := range migrations[version-1:] {
			if err := migrate(tx); err != nil {
				return fmt.Errorf("bring the journal up to date: %w", err)
			}
		}
		m.Version = latest(migrations)
		return metas.Put(tx, metaKey, m)
	})
}

// ID identifies this file. It differs from the id of every other file, including one that
// replaces it.
func (s *Store) ID() string { return s.id }

// Check reads the whole file and returns ErrDamaged with what is wrong in it. It blocks
// writers meanwhile.
func (s *Store) Check() error {
	return s.run(!s.db.IsReadOnly(), func(tx *Tx) error {
		if err := tx.walk(); err != nil {
			return err
		}
		// bbolt checks in a goroutine of its own, where a fault in the mapped file would
		// crash the program. A truncated file must therefore be detected first.
		if about, err := os.Stat(s.db.Path()); err != nil || about.Size() < tx.tx.Size() {
			return errors.Join(fmt.Errorf("%w: its end is missing", ErrDamaged), err)
		}
		var damage error
		for found := range tx.tx.Check() {
			damage = errors.Join(damage, found)
		}
		if damage != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, damage)
		}
		return nil
	}, (*Tx).end)
}

// Check checks the file at path, which no process may have open, without changing it. It
// fails with fs.ErrNotExist if there is no file.
func Check(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := open(path, true)
	if err != nil {
		return err
	}
	store := &Store{db: db}
	return errors.Join(store.Check(), store.Close())
}

// Close closes the file and releases its lock.
func (s *Store) Close() error {
	if s.stuck.Load() {
		return fmt.Errorf("%w: it can't be closed before the program ends", ErrDamaged)
	}
	return guard(s.db.Close)
}
