package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

func naira(n int64) money.Money { return money.FromMajor(n, "NGN") }

// damageFile makes a file unusable, each in another way.
var damageFile = map[string]func(*testing.T, string){
	"damaged": func(t *testing.T, path string) { require.NoError(t, os.WriteFile(path, []byte("hello\n"), 0o600)) },
	"empty":   func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 0)) },
	"gone":    func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
	"another": func(t *testing.T, path string) {
		require.NoError(t, os.Remove(path))
		j, err := store.Open(path, strings.ReplaceAll(filepath.Base(filepath.Dir(path)), "_", ":"))
		require.NoError(t, err)
		require.NoError(t, j.Close())
	},
}

// Limits survive the loss of either file: they still hold, or nothing is bought until the
// person sets them again. Browsers stay paired when only the journal is lost.
func TestLimitsOutliveLostFiles(t *testing.T) {
	t.Parallel()
	for lost, files := range map[string][]string{
		"journal": {"journal.db"}, "settings": {"settings.db"}, "both": {"journal.db", "settings.db"},
	} {
		for damageName, damage := range damageFile {
			if lost == "both" && (damageName == "gone" || damageName == "another") {
				continue // that looks like a first start
			}
			t.Run(lost+" "+damageName, func(t *testing.T) {
				t.Parallel()
				keyring := secrets.Memory()
				simulated, api := provider(t, keyring)
				opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
				remote := control.Dial(opts.Dir)
				whileRunning(t, opts, func() {
					buy(t, pairClient(t, opts.Dir))
					_, err := remote.Change(t.Context(), control.Change{PerOrder: "100", PerDay: "200"})
					require.NoError(t, err)
				})
				dir := filepath.Dir(journalOf(opts.Dir, api))
				for _, file := range files {
					damage(t, filepath.Join(dir, file))
				}
				for range 2 { // the second start must know it, too
					whileRunning(t, opts, func() {
						c := pairClient(t, opts.Dir)
						state := c.Welcome().Snapshot
						follow(t, c, &state, func() bool {
							return state.Wallet != nil && !state.Recovery.InProgress() && len(state.Orders) == 1
						})
						assert.Equal(t, naira(550), state.Limits.Spent)
						var found protocol.Offers
						for found.Total == 0 {
							found = call[protocol.Offers](t, c, protocol.OfferSearch, protocol.Search{Query: "telegram nigeria", Limit: 5})
						}
						o := found.Offers[0]
						err := c.Call(t.Context(), protocol.OrderQuote, protocol.QuoteRequest{CountryID: o.CountryID, ServiceID: o.ServiceID}, nil)
						paired, listed := remote.Browsers(t.Context())
						require.NoError(t, listed)
						if lost == "journal" {
							assert.Equal(t, protocol.CodeLimitOrder, protocol.AsError(err).Code)
							assert.Equal(t, protocol.Limits{PerOrder: naira(100), PerDay: naira(200), Spent: naira(550)}, state.Limits)
							assert.Greater(t, len(paired), 1, "the browser from before is still paired")
						} else {
							assert.Equal(t, protocol.CodeLimitsUnset, protocol.AsError(err).Code)
							assert.True(t, state.Limits.Unset)
						}
					})
				}
				charges := 0
				for _, e := range simulated.Ledger() {
					if e.Kind == sandbox.Charge {
						charges++
					}
				}
				assert.Equal(t, 1, charges)
				if lost == "journal" {
					return
				}
				whileRunning(t, opts, func() {
					_, err := remote.Change(t.Context(), control.Change{PerOrder: "1000", PerDay: "5000"})
					require.NoError(t, err)
					buy(t, pairClient(t, opts.Dir))
				})
			})
		}
	}
}

// A start that ends while it records a loss does not make the next one a first start.
func TestLossInterrupted(t *testing.T) {
	t.Parallel()
	keyring := secrets.Memory()
	_, api := provider(t, keyring)
	opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
	whileRunning(t, opts, func() { buy(t, pairClient(t, opts.Dir)) })
	path := journalOf(opts.Dir, api)
	for _, file := range []string{path, filepath.Join(filepath.Dir(path), "settings.db")} {
		require.NoError(t, os.WriteFile(file, []byte("hello\n"), 0o600))
		require.NoError(t, os.Rename(file, filepath.Join(filepath.Dir(path), filepath.Base(file[:len(file)-3])+"-2026-05-01T12-00-00.000Z.db")))
	}
	whileRunning(t, opts, func() {
		state := pairClient(t, opts.Dir).Welcome().Snapshot
		assert.True(t, state.Limits.Unset)
		assert.False(t, state.Recovery.At.IsZero())
	})
}

// Nothing in a journal of the first version is lost.
func TestJournalOfVersion1(t *testing.T) {
	t.Parallel()
	const host, id = "127.0.0.1:9", "EF2M5IAORWJ4KPPXMXHEJUJ2V7"
	raw, err := os.ReadFile("testdata/journal-v1.db")
	require.NoError(t, err)
	for name, before := range map[string]func(*testing.T, string){
		"as it was left": func(*testing.T, string) {},
		"beside one that was set aside": func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "journal-2026-05-01T12-00-00.000Z.db"), []byte("hello"), 0o600))
		},
		"beside settings that were never used": func(t *testing.T, path string) {
			j, err := store.Open(filepath.Join(filepath.Dir(path), "settings.db"), host)
			require.NoError(t, err)
			require.NoError(t, j.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keyring := secrets.Memory()
			secret := make([]byte, 32)
			require.NoError(t, keyring.Set(t.Context(), "client/"+id, secret))
			opts := app.Options{API: "http://" + host + sandbox.Path, Dir: t.TempDir(), Secrets: keyring}
			path := journalOf(opts.Dir, opts.API)
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, raw, 0o600))
			before(t, path)
			for range 2 {
				whileRunning(t, opts, func() {
					remote := control.Dial(opts.Dir)
					set, err := remote.Change(t.Context(), control.Change{})
					require.NoError(t, err)
					assert.Equal(t, naira(100), set.Limits.PerOrder)
					assert.Equal(t, naira(200), set.Limits.PerDay)
					assert.False(t, set.Limits.Unset)
					assert.True(t, set.KeepExpired)
					assert.True(t, set.HideCodes)
					assert.Equal(t, naira(450), set.LowBalance)
					paired, err := remote.Browsers(t.Context())
					require.NoError(t, err)
					require.Len(t, paired, 1)
					assert.Equal(t, id, paired[0].ID)
					ledger, err := remote.Ledger(t.Context())
					require.NoError(t, err)
					require.Len(t, ledger, 4)
					assert.Equal(t, naira(11_950), ledger[3].After)

					status, err := remote.Status(t.Context())
					require.NoError(t, err)
					c, err := wsclient.Connect(t.Context(), status.Port, protocol.Credentials{ClientID: id, Secret: secret}, origin, protocol.Hello{Version: "test", Browser: "Chromium 156"})
					require.NoError(t, err)
					state := c.Welcome().Snapshot
					require.Len(t, state.Orders, 2)
					assert.Equal(t, protocol.OrderReceived, state.Orders[0].State)
					assert.Equal(t, "3GBYEFIJFDFIWC6P6UQYDJFTS2", state.Orders[0].IntentID)
					assert.Equal(t, protocol.OrderRefunded, state.Orders[1].State)
					assert.Zero(t, state.Recovery)
					require.NoError(t, c.Close())
				})
			}
		})
	}
}

// A recovery that began under the first version continues.
func TestRecoveryOfVersion1(t *testing.T) {
	t.Parallel()
	keyring := secrets.Memory()
	provider(t, keyring)
	const host = "127.0.0.1:9"
	opts := app.Options{API: "http://" + host + sandbox.Path, Dir: t.TempDir(), Secrets: keyring}
	path := journalOf(opts.Dir, opts.API)
	j, err := store.Open(path, host)
	require.NoError(t, err)
	require.NoError(t, j.Update(func(tx *store.Tx) error {
		return store.Table[json.RawMessage]{Name: "settings"}.Put(tx, "settings",
			json.RawMessage(`{"per_order":{"minor":10000,"currency":"NGN"},"recovery":{"set_aside":"journal-old.db","at":"2026-05-01T12:00:00Z"}}`))
	}))
	require.NoError(t, j.Close())
	whileRunning(t, opts, func() {
		state := pairClient(t, opts.Dir).Welcome().Snapshot
		assert.True(t, state.Recovery.InProgress())
		assert.Equal(t, "journal-old.db", state.Recovery.SetAside)
	})
}

// Files of a newer companion are neither used nor set aside.
func TestFilesOfANewerVersion(t *testing.T) {
	t.Parallel()
	step := func(*store.Tx) error { return nil }
	for _, file := range []string{"journal.db", "settings.db"} {
		keyring := secrets.Memory()
		_, api := provider(t, keyring)
		opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
		path := filepath.Join(filepath.Dir(journalOf(opts.Dir, api)), file)
		j, err := store.Open(path, hostOf(api), step, step, step, step, step, step, step, step)
		require.NoError(t, err)
		require.NoError(t, j.Close())
		err = startError(t, opts)
		require.ErrorIs(t, err, store.ErrNewer)
		require.ErrorContains(t, err, "newer version")
		aside, err := store.WasSetAside(path)
		require.NoError(t, err)
		assert.False(t, aside)
	}
}
