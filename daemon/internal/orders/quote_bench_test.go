package orders_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/protocol"
)

// BenchmarkIntent compares a quote, which writes its intent to disk, with a plain bbolt write
// of the same bytes.
func BenchmarkIntent(b *testing.B) {
	dir := b.TempDir()
	var intent protocol.Intent
	b.Run("quote", func(b *testing.B) {
		j, err := store.Open(filepath.Join(b.TempDir(), "journal.db"), "example.test")
		require.NoError(b, err)
		defer j.Close()
		settings, err := orders.OpenSettings(j)
		require.NoError(b, err)
		svc, err := orders.Open(orders.Options{
			Provider: newFakeProvider(), Countries: oneCountry{}, Journal: j, Settings: settings, Host: "example.test", Log: slog.New(slog.DiscardHandler),
		})
		require.NoError(b, err)
		n := 0
		for b.Loop() {
			n++ // a client that asks for the same again would first delete its last quote
			q, err := svc.Quote(b.Context(), fmt.Sprint("browser-", n), protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
			require.NoError(b, err)
			intent = q.Intent
		}
	})
	b.Run("put", func(b *testing.B) {
		raw, err := json.Marshal(intent)
		require.NoError(b, err)
		db, err := bbolt.Open(filepath.Join(dir, "bare.db"), 0o600, nil)
		require.NoError(b, err)
		defer db.Close()
		name := []byte("intents")
		n := 0
		for b.Loop() {
			n++
			require.NoError(b, db.Update(func(tx *bbolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists(name)
				if err != nil {
					return err
				}
				return bucket.Put(fmt.Appendf(nil, "intent-%d", n), raw)
			}))
		}
	})
}
