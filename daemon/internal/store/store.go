// Package store is the only durable state besides the keyring: tables of JSON
// rows in bbolt files, written in transactions that are on disk when they return.
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
	// ErrInUse says that another process holds the journal.
	ErrInUse = errors.New("another companion is already using this data directory: stop it, or give this one another --data-dir")
	// ErrDamaged says that the file can't be read as a journal.
	ErrDamaged = errors.New("the journal is damaged")
	// ErrForeign says that the journal was made for another API host.
	ErrForeign = errors.New("the journal belongs to another API host")
	// ErrNewer says that a later version of the program wrote the journal.
	ErrNewer = errors.New("the data directory was written by a newer version of the companion: install that version or a later one, nothing was changed")
)

// lockWait is how long Open waits for a process that is just leaving.
const lockWait = 500 * time.Millisecond

// Store is an open journal file; its lock is held until Close.
type Store struct {
	db     *bbolt.DB
	id     string
	broken atomic.Bool // the library failed over torn pages while it wrote: it is asked for nothing more
	stuck  atomic.Bool // it failed while it held its own locks, which it never gives up
}

type meta struct {
	ID      string    `json:"id"`
	Host    string    `json:"host"`
	Created time.Time `json:"created"`
	Version int       `json:"version,omitempty"` // of the tables and their rows; absent: 1
}

var metas = Table[meta]{Name: "meta"}

const metaKey = "journal"

// Migration brings a journal from one version to the next. It runs in the transaction
// that writes the new version down.
type Migration func(*Tx) error

// Open opens the journal at path, or makes one that belongs to host. The first migration
// leads from version 1 to version 2, and so on; a journal that is newer than the last one
// is ErrNewer, and stays as it is.
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

// create makes a journal under another name and then moves it to its place, so that
// whatever is there is whole: a file without its first row has lost it.
func create(path string, m meta) (err error) {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) { // what an interruption left
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

// open opens a journal that is there.
func open(path string, readOnly bool) (*bbolt.DB, error) {
	if err := datadir.Check(path); err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	if about, err := os.Stat(path); err == nil && about.Size() == 0 { // the library would make it new
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
	case err != nil: // not the system's, so the file's
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, nil
}

// claim checks whose journal it is and how old, reads all of it, and brings it up to date.
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

// ID tells this journal from every other, also from one that replaces it.
func (s *Store) ID() string { return s.id }

// Check reads the whole file and says what is damaged in it. Nothing is written meanwhile.
func (s *Store) Check() error {
	return s.run(!s.db.IsReadOnly(), func(tx *Tx) error {
		if err := tx.walk(); err != nil {
			return err
		}
		// The library checks in a goroutine of its own, where a fault in the mapped file
		// would end the program: what is cut off is looked for before.
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

// Check reads a journal that nobody uses, and changes nothing in it. One that isn't
// there is an fs.ErrNotExist.
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

// Close gives up the file and its lock.
func (s *Store) Close() error {
	if s.stuck.Load() {
		return fmt.Errorf("%w: it can't be closed before the program ends", ErrDamaged)
	}
	return guard(s.db.Close)
}
