package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// provider starts a sandbox and stores its key in the keyring.
func provider(t *testing.T, keyring secrets.Store) (simulated *sandbox.Provider, api string) {
	t.Helper()
	simulated = sandbox.New(sandbox.Options{CodeDelay: shortDelay})
	server := httptest.NewServer(simulated)
	t.Cleanup(server.Close)
	require.NoError(t, app.NewKeys(keyring, strings.TrimPrefix(server.URL, "http://")).Set(t.Context(), sandbox.Key))
	return simulated, server.URL + sandbox.Path
}

// whileRunning runs a daemon for as long as do takes, and returns what it printed.
func whileRunning(t *testing.T, opts app.Options, do func()) string {
	t.Helper()
	var printed bytes.Buffer
	listening := make(chan struct{})
	opts.NoTray, opts.Version, opts.Rate = true, "test", fastRate
	opts.Out = io.MultiWriter(&printed, writerFunc(func(p []byte) {
		if bytes.Contains(p, []byte("listening on")) {
			close(listening)
		}
	}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, opts) }()
	select {
	case <-listening:
		do()
		cancel()
		require.NoError(t, <-ended)
	case err := <-ended:
		cancel()
		require.NoError(t, err, "it did not start")
	}
	return printed.String()
}

type writerFunc func([]byte)

func (w writerFunc) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func hostOf(api string) string {
	return strings.TrimSuffix(strings.TrimPrefix(api, "http://"), sandbox.Path)
}

func journalOf(dir, api string) string {
	return filepath.Join(dir, strings.ReplaceAll(hostOf(api), ":", "_"), "journal.db")
}

// Whatever happens to the journal, the companion starts, keeps the old file under another
// name, and knows its numbers and money again.
func TestDamagedJournal(t *testing.T) {
	t.Parallel()
	page := os.Getpagesize()
	overwrite := func(n int, with byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			defer f.Close()
			_, err = f.WriteAt(bytes.Repeat([]byte{with}, page), int64(n*page))
			require.NoError(t, err)
		}
	}
	for name, c := range map[string]struct {
		damage func(*testing.T, string)
		sound  bool // the damage may have hit nothing that is in use
	}{
		"truncated": {damage: func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, int64(page))) }},
		"empty but for a line": {damage: func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte("hello\n"), 0o600))
		}},
		"another host's": {damage: func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path))
			j, err := store.Open(path, "other.test")
			require.NoError(t, err)
			require.NoError(t, j.Close())
		}},
		"both heads": {damage: func(t *testing.T, path string) { overwrite(0, 0xff)(t, path); overwrite(1, 0xff)(t, path) }},
		"page 2":     {damage: overwrite(2, 0xff), sound: true},
		"page 3":     {damage: overwrite(3, 0xff), sound: true},
		"page 4":     {damage: overwrite(4, 0xff), sound: true},
		"page 5":     {damage: overwrite(5, 0x00), sound: true},
		"page 6":     {damage: overwrite(6, 0xff), sound: true},
		"page 7":     {damage: overwrite(7, 0x00), sound: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keyring := secrets.Memory()
			simulated, api := provider(t, keyring)
			opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
			var bought protocol.Intent
			whileRunning(t, opts, func() { bought = buy(t, pairClient(t, opts.Dir)) })
			path := journalOf(opts.Dir, api)
			c.damage(t, path)
			before, err := os.ReadFile(path)
			require.NoError(t, err)

			printed := whileRunning(t, opts, func() {
				c := pairClient(t, opts.Dir)
				state := c.Welcome().Snapshot
				follow(t, c, &state, func() bool { return len(state.Orders) == 1 && !state.Recovery.InProgress() && state.Wallet != nil })
				assert.Equal(t, bought.OrderID, state.Orders[0].ID)
				assert.Equal(t, bought.Charged, state.Limits.Spent)
				second := buy(t, c)
				assert.Equal(t, protocol.IntentBought, second.State)
				stale := protocol.BuyRequest{IntentID: bought.ID, Journal: bought.Journal, Price: bought.Price}
				if state.Recovery.SetAside != "" {
					err := c.Call(t.Context(), protocol.OrderBuy, stale, nil)
					assert.Equal(t, protocol.CodeIntentUnknown, protocol.AsError(err).Code)
				}
			})
			setAside, err := filepath.Glob(filepath.Join(filepath.Dir(path), "journal-*.db"))
			require.NoError(t, err)
			if len(setAside) == 0 && c.sound {
				assert.NotContains(t, printed, "can't be used")
			} else {
				require.Len(t, setAside, 1)
				after, err := os.ReadFile(setAside[0])
				require.NoError(t, err)
				assert.Equal(t, before, after)
				assert.Contains(t, printed, filepath.Base(setAside[0]))
			}
			charges := 0
			for _, e := range simulated.Ledger() {
				if e.Kind == sandbox.Charge {
					charges++
				}
			}
			assert.Equal(t, 2, charges)
		})
	}
}

// A purchase belongs to its host. With another provider or the sandbox nothing of it is
// sent, and with its own host again it is settled.
func TestPurchaseOfAnotherHost(t *testing.T) {
	t.Parallel()
	keyring := secrets.Memory()
	simulated, api := provider(t, keyring)
	other, elsewhere := provider(t, keyring)
	opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
	var req protocol.BuyRequest
	whileRunning(t, opts, func() {
		c := pairClient(t, opts.Dir)
		q := quoteTelegram(t, c)
		require.NoError(t, simulated.InjectFault(sandbox.Fault{Kind: sandbox.Drop, Method: "POST", Path: "/numbers/orders", Processed: true, Times: -1}))
		req = protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
		i := call[protocol.Intent](t, c, protocol.OrderBuy, req)
		require.Equal(t, protocol.IntentUnknown, i.State)
	})
	simulated.ClearFaults()
	calls := len(simulated.Calls())
	for name, changed := range map[string]app.Options{
		"another host": {API: elsewhere, Dir: opts.Dir, Secrets: keyring},
		"play money":   {API: app.DefaultAPI, Sandbox: true, Dir: opts.Dir},
	} {
		whileRunning(t, changed, func() {
			c := pairClient(t, opts.Dir)
			assert.Empty(t, c.Welcome().Snapshot.Intents, name)
			err := c.Call(t.Context(), protocol.OrderBuy, req, nil)
			assert.Equal(t, protocol.CodeIntentUnknown, protocol.AsError(err).Code, name)
			call[protocol.OrderPage](t, c, protocol.OrderList, protocol.Empty{})
		})
	}
	assert.Len(t, simulated.Calls(), calls, "its own host got no calls")
	for _, c := range other.Calls() {
		assert.NotEqual(t, "POST", c.Method)
	}
	whileRunning(t, opts, func() {
		c := pairClient(t, opts.Dir)
		state := c.Welcome().Snapshot
		follow(t, c, &state, func() bool { return len(state.Intents) == 0 && len(state.Orders) == 1 })
		assert.Equal(t, req.IntentID, state.Orders[0].IntentID)
	})
	assert.Len(t, simulated.Ledger(), 1)
}

// A key goes to no host but its own.
func TestKeyOfAnotherHost(t *testing.T) {
	t.Parallel()
	keyring := secrets.Memory()
	provider(t, keyring)
	otherProvider := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(otherProvider.Close)
	dir := t.TempDir()
	whileRunning(t, app.Options{API: otherProvider.URL + sandbox.Path, Dir: dir, Secrets: keyring}, func() {
		c := pairClient(t, dir)
		state := c.Welcome().Snapshot
		follow(t, c, &state, func() bool { return state.Key.State == protocol.KeyMissing })
	})
}
