package control_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

type fake struct {
	revoked  string
	handed   control.Asking
	decided  control.Decision
	settings control.Settings
}

var (
	expires = time.Date(2026, 5, 1, 12, 2, 0, 0, time.UTC)
	entry   = control.Entry{N: 1, At: expires, Kind: "opening", After: money.Money{Minor: 5, Currency: "NGN"}}
	paired  = browser.Browser{ID: "c1", Name: "work", Product: "Firefox 153", Origin: "moz-extension://x", PairedAt: expires}
)

func (f *fake) Pair(context.Context) (control.Pairing, error) {
	return control.Pairing{Code: "ABCD", ExpiresAt: expires}, nil
}

func (f *fake) Browsers(context.Context) ([]browser.Browser, error) {
	return []browser.Browser{paired}, nil
}

func (f *fake) Revoke(_ context.Context, id string) error {
	if id != "c1" {
		return &protocol.Error{Code: protocol.CodePairing, Message: "no browser has the id " + id, Next: "list them"}
	}
	f.revoked = id
	return nil
}
func (f *fake) KeyChanged(context.Context) error { return errors.New("the keyring is locked") }
func (f *fake) Status(context.Context) (control.Status, error) {
	return control.Status{Version: "1", Port: 47615, PID: 42}, nil
}

func (f *fake) Change(_ context.Context, c control.Change) (control.Settings, error) {
	if c.KeepExpired != nil {
		f.settings.KeepExpired = *c.KeepExpired
	}
	return f.settings, nil
}

func (f *fake) Ledger(context.Context) ([]control.Entry, error) { return []control.Entry{entry}, nil }

func (f *fake) Asking(context.Context) ([]control.Asking, error) {
	return []control.Asking{{OrderID: "o1", Client: "c1", Service: "Telegram", Number: "+2348031234567"}}, nil
}

func (f *fake) Diagnose(context.Context) (control.Diagnostics, error) {
	return control.Diagnostics{Journal: "page 3: damaged"}, nil
}

func (f *fake) HandOver(_ context.Context, to control.Asking) error {
	f.handed = to
	return nil
}

func (f *fake) Undecided(context.Context) ([]protocol.Intent, error) {
	return []protocol.Intent{{ID: "i1", NeedsDecision: true}}, nil
}

func (f *fake) Decide(_ context.Context, d control.Decision) error {
	f.decided = d
	return nil
}

func serve(t *testing.T, dir string, d control.Daemon) {
	t.Helper()
	l, err := control.Listen(dir)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- control.Serve(ctx, l, d) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
		assert.NoError(t, l.Close())
	})
}

func TestCalls(t *testing.T) {
	dir, d := t.TempDir(), new(fake)
	serve(t, dir, d)
	r, ctx := control.Dial(dir), t.Context()

	p, err := r.Pair(ctx)
	require.NoError(t, err)
	assert.Equal(t, control.Pairing{Code: "ABCD", ExpiresAt: expires}, p)
	list, err := r.Browsers(ctx)
	require.NoError(t, err)
	assert.Equal(t, []browser.Browser{paired}, list)
	require.NoError(t, r.Revoke(ctx, "c1"))
	assert.Equal(t, "c1", d.revoked)
	assert.EqualError(t, r.Revoke(ctx, "c2"), "no browser has the id c2: list them")
	keep := true
	changed, err := r.Change(ctx, control.Change{KeepExpired: &keep})
	require.NoError(t, err)
	settings, err := r.Change(ctx, control.Change{})
	require.NoError(t, err)
	assert.Equal(t, changed, settings)
	assert.True(t, settings.KeepExpired)
	ledger, err := r.Ledger(ctx)
	require.NoError(t, err)
	assert.Equal(t, []control.Entry{entry}, ledger)
	asking, err := r.Asking(ctx)
	require.NoError(t, err)
	require.Len(t, asking, 1)
	require.NoError(t, r.HandOver(ctx, asking[0]))
	diagnostics, err := r.Diagnose(ctx)
	require.NoError(t, err)
	require.Equal(t, "page 3: damaged", diagnostics.Journal)
	assert.Equal(t, asking[0], d.handed)
	undecided, err := r.Undecided(ctx)
	require.NoError(t, err)
	assert.Equal(t, []protocol.Intent{{ID: "i1", NeedsDecision: true}}, undecided)
	require.NoError(t, r.Decide(ctx, control.Decision{Purchase: "i1", OrderID: "o1"}))
	assert.Equal(t, control.Decision{Purchase: "i1", OrderID: "o1"}, d.decided)
	assert.EqualError(t, r.KeyChanged(ctx), "the keyring is locked")
}

func TestSocketIsPrivate(t *testing.T) {
	open, made := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "made")
	require.NoError(t, os.Mkdir(open, 0o755))
	serve(t, open, new(fake))
	serve(t, made, new(fake))
	for path, want := range map[string]os.FileMode{
		open: 0o755, filepath.Join(open, "control.sock"): 0o600, filepath.Join(open, "control.lock"): 0o600,
		made: 0o700, filepath.Join(made, "control.sock"): 0o600, filepath.Join(made, "control.lock"): 0o600,
	} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), path)
	}
}

func TestOneDaemonPerDirectory(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, new(fake))
	_, err := control.Listen(dir)
	require.ErrorIs(t, err, control.ErrRunning)
	assert.ErrorContains(t, err, "process 42 listens on 127.0.0.1:47615")
}

func TestStartAfterACrash(t *testing.T) {
	dir := t.TempDir()
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "control.sock"), Net: "unix"})
	require.NoError(t, err)
	dead.SetUnlinkOnClose(false)
	require.NoError(t, dead.Close())
	_, err = control.Dial(dir).Status(t.Context())
	require.ErrorIs(t, err, control.ErrNotRunning)
	serve(t, dir, new(fake))
	_, err = control.Dial(dir).Status(t.Context())
	require.NoError(t, err)
}

// A file at the socket's path that is no socket is not touched.
func TestForeignFileAtTheSocketPath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "control.sock")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	_, err := control.Listen(dir)
	require.ErrorContains(t, err, "--data-dir")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(raw))
}

func TestDirectoryThatOthersCanChange(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, new(fake))
	require.NoError(t, os.Chmod(dir, 0o777))
	_, err := control.Listen(dir)
	require.ErrorIs(t, err, datadir.ErrOthers)
	_, err = control.Dial(dir).Status(t.Context())
	require.ErrorIs(t, err, datadir.ErrOthers, "another user may have opened the socket")
	assert.NotContains(t, err.Error(), "http:", "the error hides the made-up URL")
	info, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o777), info.Mode().Perm())
}

func TestPathTooLongForASocket(t *testing.T) {
	_, err := control.Listen(filepath.Join(t.TempDir(), strings.Repeat("long", 30)))
	require.ErrorContains(t, err, "--data-dir")
}
