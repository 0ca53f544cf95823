package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// Table is a named set of rows of one type. Rows are stored as JSON, in the order of their
// keys. A row that can't be decoded yields ErrDamaged.
type Table[T any] struct{ Name string }

// Put writes a row. It replaces an earlier row with the same key.
func (t Table[T]) Put(tx *Tx, key string, row T) error {
	raw, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("encode %s %q: %w", t.Name, key, err)
	}
	err = tx.call(func(b *bbolt.Tx) error {
		bucket, err := b.CreateBucketIfNotExists([]byte(t.Name))
		if err != nil {
			return err
		}
		return bucket.Put([]byte(key), raw)
	})
	if err != nil {
		return fmt.Errorf("write %s %q: %w", t.Name, key, err)
	}
	return nil
}

// Get reads a row. found is false if there is none.
func (t Table[T]) Get(tx *Tx, key string) (row T, found bool, err error) {
	var raw []byte
	err = tx.call(func(b *bbolt.Tx) error {
		if bucket := b.Bucket([]byte(t.Name)); bucket != nil {
			raw = bytes.Clone(bucket.Get([]byte(key)))
		}
		return nil
	})
	if err != nil || raw == nil {
		return row, false, err
	}
	row, err = t.decode(key, raw)
	return row, err == nil, err
}

// Last reads the row with the greatest key. found is false if the table is empty.
func (t Table[T]) Last(tx *Tx) (row T, found bool, err error) {
	var key, raw []byte
	err = tx.call(func(b *bbolt.Tx) error {
		if bucket := b.Bucket([]byte(t.Name)); bucket != nil {
			key, raw = copied(bucket.Cursor().Last())
		}
		return nil
	})
	if err != nil || key == nil {
		return row, false, err
	}
	row, err = t.decode(string(key), raw)
	return row, err == nil, err
}

// Delete removes a row. It does nothing if there is none.
func (t Table[T]) Delete(tx *Tx, key string) error {
	err := tx.call(func(b *bbolt.Tx) error {
		if bucket := b.Bucket([]byte(t.Name)); bucket != nil {
			return bucket.Delete([]byte(key))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete %s %q: %w", t.Name, key, err)
	}
	return nil
}

// All reads every row, in the order of their keys.
func (t Table[T]) All(tx *Tx) ([]T, error) {
	var rows []T
	err := t.Each(tx, func(_ string, row T) error {
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// Each calls do with every key and row, in the order of the keys, until do fails, and
// returns its error. do must not change the table.
func (t Table[T]) Each(tx *Tx, do func(key string, row T) error) error {
	var cursor *bbolt.Cursor
	for {
		var key, raw []byte
		err := tx.call(func(b *bbolt.Tx) error {
			if cursor != nil {
				key, raw = copied(cursor.Next())
			} else if bucket := b.Bucket([]byte(t.Name)); bucket != nil {
				cursor = bucket.Cursor()
				key, raw = copied(cursor.First())
			}
			return nil
		})
		if err != nil || key == nil {
			return err
		}
		row, err := t.decode(string(key), raw)
		if err == nil {
			err = do(string(key), row)
		}
		if err != nil {
			return err
		}
	}
}

// copied returns copies of bbolt's slices, which point into the mapped file and are valid
// only within a call.
func copied(key, raw []byte) (k, r []byte) { return bytes.Clone(key), bytes.Clone(raw) }

func (t Table[T]) decode(key string, raw []byte) (row T, err error) {
	if err := json.Unmarshal(raw, &row); err != nil {
		return row, fmt.Errorf("%w: %s %q: %w", ErrDamaged, t.Name, key, err)
	}
	return row, nil
}
