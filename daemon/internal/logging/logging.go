// Package logging is what the companion writes down for whoever looks for a fault: a
// file that is never long, and that no secret gets into.
package logging

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

const (
	maxSize = 1 << 20 // bytes of one file
	kept    = 2       // files before the present one
)

// File is a log that grows to a megabyte and then begins anew; the two before it are
// kept as PATH.1 and PATH.2. It is opened at the first line, so that one that can't be
// written holds nothing up.
type File struct {
	path string

	mu   sync.Mutex
	f    *os.File
	size int64
}

// NewFile is the log at a path.
func NewFile(path string) *File { return &File{path: path} }

// Path is where the log is.
func (l *File) Path() string { return l.path }

// Write appends a line, whole or not at all.
func (l *File) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.open(int64(len(line))); err != nil {
		return 0, fmt.Errorf("write the log: %w", err)
	}
	n, err := l.f.Write(line)
	if err != nil && n > 0 { // the disk is full: half a line would spoil the next one
		err = errors.Join(err, l.f.Truncate(l.size))
		n = 0
	}
	l.size += int64(n)
	return n, err
}

// open makes room for so many bytes in an open file.
func (l *File) open(more int64) (err error) {
	if l.f != nil && l.size+more > maxSize {
		err = l.f.Close()
		l.f = nil
		for i := kept; i > 0 && err == nil; i-- {
			if renamed := os.Rename(l.name(i-1), l.name(i)); !errors.Is(renamed, os.ErrNotExist) {
				err = renamed
			}
		}
	}
	if l.f != nil || err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	about, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.f, l.size = f, about.Size()
	if l.size > 0 && l.size+more > maxSize {
		return l.open(more)
	}
	return nil
}

func (l *File) name(i int) string {
	if i == 0 {
		return l.path
	}
	return fmt.Sprintf("%s.%d", l.path, i)
}

// Close gives up the file.
func (l *File) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}

// Each writes every line to all of some places, whatever becomes of it in the others.
type Each []io.Writer

// Write gives the line to each; a place that takes none is left out.
func (e Each) Write(line []byte) (int, error) {
	for _, w := range e {
		_, _ = w.Write(line)
	}
	return len(line), nil
}
