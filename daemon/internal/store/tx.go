package store

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Tx is one transaction; it is not used after the function it was given to.
type Tx struct {
	tx      *bbolt.Tx
	journal *Store
}

// Journal is the id of the journal that the transaction is of.
func (tx *Tx) Journal() string { return tx.journal.id }

// Update runs do and makes all that it wrote durable, or none of it. A panic in do goes
// through, and leaves the journal as it was.
func (s *Store) Update(do func(*Tx) error) error { return s.run(true, do, (*Tx).commit) }

// View runs do over an unchanging state. A panic in do goes through.
func (s *Store) View(do func(*Tx) error) error { return s.run(false, do, (*Tx).end) }

func (s *Store) run(write bool, do, finish func(*Tx) error) (err error) {
	tx, err := s.begin(write)
	if err != nil {
		return err
	}
	defer func() {
		if failed := tx.end(); failed != nil {
			err = errors.Join(err, failed)
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	return finish(tx)
}

func (s *Store) begin(write bool) (*Tx, error) {
	if s.broken.Load() {
		return nil, fmt.Errorf("%w: it failed before", ErrDamaged)
	}
	tx := &Tx{journal: s}
	err := guard(func() (err error) {
		tx.tx, err = s.db.Begin(write)
		return err
	})
	if errors.Is(err, ErrDamaged) {
		s.broken.Store(true)
		s.stuck.Store(true)
	}
	if err != nil {
		return nil, fmt.Errorf("begin in the journal: %w", err)
	}
	return tx, nil
}

// commit makes what was written durable. After a failure over torn pages nothing more is
// written: what the library remembers of the file may not be so.
func (tx *Tx) commit() error {
	err := tx.call((*bbolt.Tx).Commit)
	if errors.Is(err, ErrDamaged) {
		tx.journal.broken.Store(true)
	}
	return err
}

// end gives up a transaction with what it wrote, unless it was committed.
func (tx *Tx) end() error {
	if tx.tx == nil {
		return nil
	}
	err := tx.call((*bbolt.Tx).Rollback)
	tx.tx = nil
	switch {
	case errors.Is(err, bbolterrors.ErrTxClosed):
		return nil
	case errors.Is(err, ErrDamaged):
		tx.journal.broken.Store(true)
		tx.journal.stuck.Store(true)
	}
	return err
}

// call makes one call of the library in the transaction.
func (tx *Tx) call(do func(*bbolt.Tx) error) error {
	if tx.tx == nil {
		panic("journal: a transaction is used after its end")
	}
	return guard(func() error { return do(tx.tx) })
}

// walk goes over every row of every table, so that torn pages are found at once.
func (tx *Tx) walk() error {
	return tx.call(func(b *bbolt.Tx) error {
		return b.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(_, _ []byte) error { return nil })
		})
	})
}

// guard turns what the library does over torn pages, a panic or a fault in the mapped
// file, into ErrDamaged. Only calls of the library go in: a panic of anybody else is a
// fault of the program, and says nothing about the file.
func guard(call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return call()
}
