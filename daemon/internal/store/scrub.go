package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// ErrBusy means that another transaction is reading the file.
var ErrBusy = errors.New("the journal is being read: try again later")

// Scrub overwrites the remains of changed and deleted rows in the file with zeros. bbolt
// writes a changed page elsewhere and leaves the old one as it is until its space is needed.
// Scrub fails with ErrBusy while another transaction reads.
func (s *Store) Scrub() error {
	// While this write transaction is open, no page is allocated or freed.
	return s.run(true, func(tx *Tx) error {
		// A reader that began before the last change may still read pages that are free now.
		// A reader that begins later does not.
		if s.db.Stats().OpenTxN > 0 {
			return ErrBusy
		}
		file, err := os.OpenFile(s.db.Path(), os.O_RDWR, 0)
		if err != nil {
			return fmt.Errorf("scrub the journal: %w", err)
		}
		if err := errors.Join(tx.scrub(file), file.Close()); err != nil {
			return fmt.Errorf("scrub the journal: %w", err)
		}
		return nil
	}, (*Tx).end)
}

// scrub zeroes the unused pages of file.
func (tx *Tx) scrub(file *os.File) error {
	size := int64(tx.store.db.Info().PageSize)
	about, err := file.Stat()
	if err != nil {
		return err
	}
	changed, page, zeros := false, make([]byte, size), make([]byte, size)
	for id := range about.Size() / size {
		used, err := tx.uses(int(id))
		if err != nil {
			return err
		}
		if used {
			continue
		}
		if _, err := file.ReadAt(page, id*size); err != nil {
			return err
		}
		if bytes.Equal(page, zeros) {
			continue
		}
		if _, err := file.WriteAt(zeros, id*size); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	return file.Sync()
}

// uses reports whether a page of the file is in use by the current transaction.
func (tx *Tx) uses(page int) (used bool, err error) {
	err = tx.call(func(b *bbolt.Tx) error {
		info, err := b.Page(page) // nil: after the last page in use
		used = info != nil && info.Type != "free"
		return err
	})
	return used, err
}
