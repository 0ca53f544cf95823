package app

import (
	"fmt"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/secrets"
)

// Keyring says where secrets are kept.
type Keyring struct {
	File       bool                   // true: an encrypted file; false: the system's keyring
	Passphrase func() (string, error) // asks for the file's passphrase
}

func (k Keyring) open(dir string) (secrets.Store, error) {
	if !k.File {
		return secrets.Open()
	}
	files := filepath.Join(dir, "keyring")
	for _, made := range []string{dir, files} {
		if err := datadir.Make(made); err != nil {
			return nil, err
		}
	}
	passphrase, err := k.Passphrase()
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase: %w", err)
	}
	return secrets.OpenFile(files, passphrase)
}

// OpenKeys returns the API key of the host in opts.API, and that host.
func OpenKeys(opts Options) (*Keys, string, error) {
	client, err := logspanel.New(opts.API, nil)
	if err != nil {
		return nil, "", err
	}
	keyring, err := opts.Keyring.open(opts.Dir)
	if err != nil {
		return nil, "", err
	}
	return NewKeys(keyring, client.Host()), client.Host(), nil
}
