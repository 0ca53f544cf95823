package app

import (
	"fmt"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/secrets"
)

// Keyring is where secrets are kept.
type Keyring struct {
	File       bool                   // in an encrypted file instead of the system's keyring
	Passphrase func() (string, error) // asks for that of the file
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

// OpenKeys is the API key of the API under opts.API, and the host that it belongs to.
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
