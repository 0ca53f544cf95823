// Package logging writes the companion's log: a file of bounded size without secrets.
//
// NewLogger returns the slog.Logger that the program uses. Each line passes a Redactor,
// which replaces what it was told to hide (Hide, HideOrder) and what looks like a key, a
// pairing code or a phone number. Numbers and codes are found however the line writes
// them: order_data.go compares their letters and digits, which chars.go reads. handler.go
// logs an error by its LogText if it has one, so that no text of the provider gets into
// the log. File rotates itself.
//
// The package never decides what is secret; app tells it.
package logging

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

const (
	maxSize  = 1 << 20 // bytes of one file
	oldFiles = 2       // rotated files beside the current one
)

// File is a log file that rotates at one megabyte. The two files before it are PATH.1 and
// PATH.2. It is opened by the first Write, so a log that can't be written stops nothing. It
// is safe for concurrent use.
type File struct {
	path string

	mu   sync.Mutex
	f    *os.File
	size int64
}

// NewFile returns the log at path, without opening it.
func NewFile(path string) *File { return &File{path: path} }

// Path returns the path of the current file.
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

// open opens the file if needed, and rotates it if more bytes would exceed maxSize.
func (l *File) open(more int64) (err error) {
	if l.f != nil && l.size+more > maxSize {
		err = l.f.Close()
		l.f = nil
		for i := oldFiles; i > 0 && err == nil; i-- {
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

// Close closes the file. A later Write opens it again.
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

// MultiWriter writes each line to all of its writers. Unlike io.MultiWriter it goes on after
// an error, and reports none.
type MultiWriter []io.Writer

// Write implements io.Writer and always succeeds.
func (m MultiWriter) Write(line []byte) (int, error) {
	for _, w := range m {
		_, _ = w.Write(line)
	}
	return len(line), nil
}
