// Package journal is the only durable state besides the keyring: tables of JSON
// rows in one bbolt file, written in transactions that are on disk when they return.
package journal

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

var (
	// ErrInUse says that another process holds the journal.
	ErrInUse = errors.New("another companion is already using this data directory: stop it, or give this one another --data-dir")
	// ErrDamaged says that the file can't be read as a journal.
	ErrDamaged = errors.New("the journal is damaged")
	// ErrForeign says that the journal was made for another API host.
	ErrForeign = errors.New("the journal belongs to another API host")
)

// lockWait is how long Open waits for a process that is just leaving.
const lockWait = 500 * time.Millisecond

// Journal is an open journal file; its lock is held until Close.
type Journal struct {
	db *bbolt.DB
	id string
}

type meta struct {
	ID      string    `json:"id"`
	Host    string    `json:"host"`
	Created time.Time `json:"created"`
}

var metas = Table[meta]{Name: "meta"}

// Open opens the journal at path, or makes one that belongs to host.
func Open(path, host string) (j *Journal, err error) {
	defer guard(&err)()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	db, err := open(path, false)
	if err != nil {
		return nil, err
	}
	j = &Journal{db: db}
	if err := j.claim(host); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

func open(path string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, ReadOnly: readOnly})
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, new(syscall.Errno)):
		return nil, fmt.Errorf("open the journal: %w", err)
	case err != nil: // not the system's, so the file's
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, nil
}

// claim gives a new journal its id and host, and checks an old one's host.
func (j *Journal) claim(host string) error {
	return j.Update(func(tx *Tx) error {
		if err := tx.walk(); err != nil {
			return err
		}
		m, found, err := metas.Get(tx, "journal")
		if err != nil {
			return err
		}
		if !found {
			m = meta{ID: rand.Text(), Host: host, Created: time.Now().UTC()}
			if err := metas.Put(tx, "journal", m); err != nil {
				return err
			}
		}
		if m.Host != host {
			return fmt.Errorf("%w: it was made for %s, not for %s; give each its own --data-dir", ErrForeign, m.Host, host)
		}
		j.id = m.ID
		return nil
	})
}

// SetAside gives the file at path a dated name beside it, so that a new journal can be
// made there, and returns that name. Nothing is deleted.
func SetAside(path string, now time.Time) (name string, err error) {
	dated := "journal-" + now.UTC().Format("2006-01-02T15-04-05.000Z") + ".db"
	if _, err := os.Lstat(filepath.Join(filepath.Dir(path), dated)); err == nil {
		return "", fmt.Errorf("set the damaged journal aside: %s is there already: move it away", dated)
	}
	if err := os.Rename(path, filepath.Join(filepath.Dir(path), dated)); err != nil {
		return "", fmt.Errorf("set the damaged journal aside: %w", err)
	}
	return dated, nil
}

// walk goes over every row of every table, so that torn pages are found at once.
func (tx *Tx) walk() error {
	return tx.tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
		return bucket.ForEach(func(_, _ []byte) error { return nil })
	})
}

// ID tells this journal from every other, also from one that replaces it.
func (j *Journal) ID() string { return j.id }

// Check reads the whole file and says what is damaged in it. Nothing is written meanwhile.
func (j *Journal) Check() (err error) {
	defer guard(&err)()
	tx, err := j.db.Begin(!j.db.IsReadOnly())
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := (&Tx{tx}).walk(); err != nil {
		return err
	}
	var damage error
	for found := range tx.Check() {
		damage = errors.Join(damage, found)
	}
	if damage != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, damage)
	}
	return nil
}

// Check reads a journal that nobody uses, and changes nothing in it. One that isn't
// there is an fs.ErrNotExist.
func Check(path string) (err error) {
	defer guard(&err)()
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := open(path, true)
	if err != nil {
		return err
	}
	defer db.Close()
	return (&Journal{db: db}).Check()
}

// Close gives up the file and its lock.
func (j *Journal) Close() error { return j.db.Close() }

// Tx is one transaction; it is not used after the function it was given to.
type Tx struct{ tx *bbolt.Tx }

// Update runs do and makes all that it wrote durable, or none of it.
func (j *Journal) Update(do func(*Tx) error) (err error) {
	defer guard(&err)()
	return j.db.Update(func(tx *bbolt.Tx) error { return do(&Tx{tx}) })
}

// View runs do over an unchanging state.
func (j *Journal) View(do func(*Tx) error) (err error) {
	defer guard(&err)()
	return j.db.View(func(tx *bbolt.Tx) error { return do(&Tx{tx}) })
}

// guard turns what bbolt does over torn pages, a panic or a fault in the mapped
// file, into ErrDamaged.
func guard(err *error) (done func()) {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			*err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}
}

// Table is a named set of rows of one type.
type Table[T any] struct{ Name string }

// Put writes a row over what stood under its key.
func (t Table[T]) Put(tx *Tx, key string, row T) error {
	raw, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("encode %s %q: %w", t.Name, key, err)
	}
	bucket, err := tx.tx.CreateBucketIfNotExists([]byte(t.Name))
	if err != nil {
		return fmt.Errorf("write %s %q: %w", t.Name, key, err)
	}
	if err := bucket.Put([]byte(key), raw); err != nil {
		return fmt.Errorf("write %s %q: %w", t.Name, key, err)
	}
	return nil
}

// Get reads a row, and reports whether there is one.
func (t Table[T]) Get(tx *Tx, key string) (row T, found bool, err error) {
	bucket := tx.tx.Bucket([]byte(t.Name))
	if bucket == nil {
		return row, false, nil
	}
	raw := bucket.Get([]byte(key))
	if raw == nil {
		return row, false, nil
	}
	row, err = t.decode(key, raw)
	return row, err == nil, err
}

// Last reads the row with the greatest key, and reports whether there is one.
func (t Table[T]) Last(tx *Tx) (row T, found bool, err error) {
	bucket := tx.tx.Bucket([]byte(t.Name))
	if bucket == nil {
		return row, false, nil
	}
	key, raw := bucket.Cursor().Last()
	if key == nil {
		return row, false, nil
	}
	row, err = t.decode(string(key), raw)
	return row, err == nil, err
}

// Delete removes a row; one that isn't there is no error.
func (t Table[T]) Delete(tx *Tx, key string) error {
	bucket := tx.tx.Bucket([]byte(t.Name))
	if bucket == nil {
		return nil
	}
	if err := bucket.Delete([]byte(key)); err != nil {
		return fmt.Errorf("delete %s %q: %w", t.Name, key, err)
	}
	return nil
}

// All reads every row, in the order of their keys.
func (t Table[T]) All(tx *Tx) ([]T, error) {
	bucket := tx.tx.Bucket([]byte(t.Name))
	if bucket == nil {
		return nil, nil
	}
	var rows []T
	err := bucket.ForEach(func(key, raw []byte) error {
		row, err := t.decode(string(key), raw)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

func (t Table[T]) decode(key string, raw []byte) (row T, err error) {
	if err := json.Unmarshal(raw, &row); err != nil {
		return row, fmt.Errorf("%w: %s %q: %w", ErrDamaged, t.Name, key, err)
	}
	return row, nil
}
