package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/sandbox"
)

// profile is everything that belongs to one API host: its address, its files and its
// secrets.
type profile struct {
	api            string
	host           string
	journal        string // path
	settings       string // path
	secrets        secrets.Store
	callsPerSecond int    // 0: the client's default
	signUpURL      string // of the sandbox; otherwise empty
	close          func()
}

func openProfile(ctx context.Context, opts Options) (profile, error) {
	if opts.Sandbox {
		return openSandboxProfile(ctx, opts)
	}
	client, err := logspanel.New(opts.API, nil)
	if err != nil {
		return profile{}, err
	}
	keyring := opts.Secrets
	if keyring == nil {
		if keyring, err = opts.Keyring.open(opts.Dir); err != nil {
			return profile{}, err
		}
	}
	path := journalPath(opts.Dir, client.Host())
	return profile{
		api: opts.API, host: client.Host(), secrets: keyring, close: func() {},
		journal: path, settings: settingsPath(path), callsPerSecond: opts.Rate.CallsPerSecond,
	}, nil
}

// sandboxCalls is how many calls per second the sandbox takes. It serves nobody else.
const sandboxCalls = 1000

// openSandboxProfile starts the built-in provider. The provider forgets everything when it
// stops, so this also removes what an earlier sandbox left in the data directory.
func openSandboxProfile(ctx context.Context, opts Options) (profile, error) {
	if opts.API != DefaultAPI {
		return profile{}, errors.New("--sandbox brings its own provider: leave out --api-url")
	}
	path := filepath.Join(opts.Dir, sandboxDir, "journal.db")
	if err := clearSandbox(filepath.Dir(path), path, settingsPath(path)); err != nil {
		return profile{}, err
	}
	listener, err := listen(ctx, 0)
	if err != nil {
		return profile{}, err
	}
	server := &http.Server{Handler: sandbox.New(sandbox.Options{}), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	host := listener.Addr().String()
	p := profile{
		api: "http://" + host + sandbox.Path, host: host, journal: path, settings: settingsPath(path),
		callsPerSecond: cmp.Or(opts.Rate.CallsPerSecond, sandboxCalls),
		secrets:        secrets.Memory(), signUpURL: "http://" + host + "/signup/plain", close: func() { _ = server.Close() },
	}
	return p, NewKeys(p.secrets, host).Set(ctx, sandbox.Key)
}
