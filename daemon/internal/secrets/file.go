package secrets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/99designs/keyring"
)

var (
	// ErrPassphrase means that the passphrase does not open the files.
	ErrPassphrase = errors.New("wrong passphrase for the companion's keyring file")
	// ErrShort means that a new passphrase is too short to withstand guessing.
	ErrShort = fmt.Errorf("a passphrase for the keyring file needs at least %d characters", minPassphrase)
	// ErrUnreadable means that a file is damaged or was written by another program.
	ErrUnreadable = errors.New("a secret's file can't be read: remove it and set the secret again")
)

// minPassphrase is long because the library derives the files' key from it with no
// more than 8,192 rounds of PBKDF2.
const minPassphrase = 16

// OpenFile returns a keyring of files in dir, encrypted with the passphrase. It is for
// systems without a keyring, and only for people who ask for it.
func OpenFile(dir, passphrase string) (*Keyring, error) {
	kept, err := fileRing(dir, passphrase)
	if err != nil {
		return nil, err
	}
	ring := files{kept, dir, passphrase}
	switch _, err := ring.Get(probe); {
	case errors.Is(err, keyring.ErrKeyNotFound) && len([]rune(passphrase)) < minPassphrase:
		return nil, ErrShort
	case errors.Is(err, keyring.ErrKeyNotFound):
		if err := ring.Set(keyring.Item{Key: probe, Data: []byte(probe)}); err != nil {
			return nil, fmt.Errorf("write the keyring file: %w", err)
		}
	case err != nil:
		return nil, ErrPassphrase
	}
	return newKeyring(func() (keyring.Keyring, error) { return ring, nil }), nil
}

const probe = "passphrase" // a stored value that shows whether the passphrase is right

func fileRing(dir, passphrase string) (keyring.Keyring, error) {
	ring, err := keyring.Open(keyring.Config{
		AllowedBackends: []keyring.BackendType{keyring.FileBackend}, FileDir: dir,
		FilePasswordFunc: func(string) (string, error) { return passphrase, nil },
	})
	if err != nil {
		return nil, fmt.Errorf("open the keyring file: %w", err)
	}
	return ring, nil
}

// files is the library's file keyring with atomic writes: a secret is written to a
// temporary directory and then renamed. The library alone could leave half a file.
type files struct {
	keyring.Keyring
	dir        string
	passphrase string
}

// Get returns a secret, or ErrUnreadable.
func (f files) Get(name string) (keyring.Item, error) {
	item, err := f.Keyring.Get(name)
	if err != nil && !errors.Is(err, keyring.ErrKeyNotFound) {
		err = fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return item, err
}

// Set stores a secret and replaces an earlier one.
func (f files) Set(item keyring.Item) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(f.dir, "new-") // always a new one: an interrupted write may have left damaged files
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside)
	ring, err := fileRing(beside, f.passphrase)
	if err != nil {
		return err
	}
	if err := ring.Set(item); err != nil {
		return err
	}
	written, err := os.ReadDir(beside)
	if err != nil {
		return err
	}
	for _, w := range written {
		if err := move(filepath.Join(beside, w.Name()), filepath.Join(f.dir, w.Name())); err != nil {
			return err
		}
	}
	return nil
}

// move syncs a file to the disk and renames it over another.
func move(from, to string) error {
	file, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(from, to)
}
