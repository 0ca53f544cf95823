package store

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Tx is a transaction. It is valid only until the function that received it returns.
type Tx struct {
	tx    *bbolt.Tx
	store *Store
}

// StoreID returns the id of the file that the transaction belongs to.
func (tx *Tx) StoreID() string { return tx.store.id }

// Update runs do in a write transaction. If do returns nil, everything it wrote is on disk
// when Update returns; otherwise nothing is written. The same holds for a panic in do, which
// Update doesn't recover.
func (s *Store) Update(do func(*Tx) error) error { return s.run(true, do, (*Tx).commit) }

// View runs do in a read transaction, which sees an unchanging state. It doesn't recover a
// panic in do.
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
	tx := &Tx{store: s}
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

// commit writes the transaction to disk. After a failure on damaged pages nothing more is
// written, because bbolt's memory of the file may be wrong.
func (tx *Tx) commit() error {
	err := tx.call((*bbolt.Tx).Commit)
	if errors.Is(err, ErrDamaged) {
		tx.store.broken.Store(true)
	}
	return err
}

// end rolls a transaction back unless it was committed.
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
		tx.store.broken.Store(true)
		tx.store.stuck.Store(true)
	}
	return err
}

// call makes one call of bbolt in the transaction.
func (tx *Tx) call(do func(*bbolt.Tx) error) error {
	if tx.tx == nil {
		panic("store: a transaction is used after its end")
	}
	return guard(func() error { return do(tx.tx) })
}

// walk reads every row of every table, so that damaged pages are found at once.
func (tx *Tx) walk() error {
	return tx.call(func(b *bbolt.Tx) error {
		return b.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(_, _ []byte) error { return nil })
		})
	})
}

// guard turns a panic or a memory fault, which bbolt causes on damaged pages, into
// ErrDamaged. It must only wrap calls of bbolt: any other panic is a bug of the program and
// says nothing about the file.
func guard(call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return call()
}
