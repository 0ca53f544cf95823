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

// site is the provider that this run is for, and what belongs to it.
type profile struct {
	api            string
	host           string
	journal        string // the file
	settings       string // the file
	secrets        secrets.Store
	callsPerSecond int    // in a second, see Pace
	signUpURL      string // the sandbox's sign-up page
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

// sandboxCalls is how many calls a second the built-in provider gets. It has nobody else
// to serve.
const sandboxCalls = 1000

// openSandbox starts the built-in provider. It forgets everything when it stops, so
// nothing of an earlier one is kept here either.
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
