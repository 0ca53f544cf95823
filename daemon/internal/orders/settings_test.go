package orders_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Lost limits have no defaults: nothing is bought, even after a restart, until the person has
// set both.
func TestLostLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newFakeProvider(), filepath.Join(t.TempDir(), "journal.db"), setup{
			prepare: func(b *orders.Service) { require.NoError(t, b.MarkSettingsLost()) },
		})
		refused := func() {
			t.Helper()
			assert.True(t, s.Snapshot().Limits.Unset)
			_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
			require.Equal(t, protocol.CodeLimitsUnset, protocol.AsError(err).Code)
			assert.Contains(t, protocol.AsError(err).Next, "limits --order")
		}
		refused()
		require.NoError(t, s.SetLimits(money.Money{}, money.Money{}), "to ask for them sets none")
		refused()
		s = s.reopen(t)
		refused()
		require.NoError(t, s.SetLimits(naira(900), money.Money{}))
		refused()
		require.NoError(t, s.SetKeepExpired(true))
		s = s.reopen(t)
		refused()
		require.NoError(t, s.SetLimits(money.Money{}, naira(2_000)))
		assert.Equal(t, protocol.Limits{PerOrder: naira(900), PerDay: naira(2_000), Spent: naira(0)}, s.Limits())
		s.buy(t)
		s = s.reopen(t)
		assert.False(t, s.Limits().Unset)
	})
}

// A quote from before the loss of the limits is not bought either.
func TestLimitsLostAfterTheQuote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		q := s.quote(t)
		s.stop()
		s = open(t, s.provider, s.path, setup{prepare: func(b *orders.Service) { require.NoError(t, b.MarkSettingsLost()) }})
		_, err := s.Buy(t.Context(), "me", confirm(q))
		assert.Equal(t, protocol.CodeLimitsUnset, protocol.AsError(err).Code)
		assert.Zero(t, s.provider.count("buy"))
	})
}

// If the wallet's currency differs from that of the limits, the limits are unset; the defaults
// do not apply.
func TestLimitsInAnotherCurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		require.NoError(t, s.SetLimits(naira(900), naira(2_000)))
		s.changeProvider(func(a *fakeProvider) {
			a.balance, a.price = money.FromMajor(100, "USD"), money.FromMajor(10, "USD")
		})
		_, err := s.Quote(t.Context(), "me", protocol.QuoteRequest{CountryID: "1", ServiceID: "123"})
		assert.Equal(t, protocol.CodeLimitsUnset, protocol.AsError(err).Code)
		require.NoError(t, s.SetLimits(money.FromMajor(20, "USD"), money.FromMajor(40, "USD")))
		s.buy(t)
	})
}

// Before the wallet is read, limits are in the currency of the settings.
func TestLimitsBeforeTheWalletIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.changeProvider(func(a *fakeProvider) { a.balance = money.FromMajor(100, "USD") })
		_, err := s.RefreshWallet(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.SetLimits(money.FromMajor(20, "USD"), money.FromMajor(40, "USD")))
		s.stop()
		away := newFakeProvider()
		away.before = func(string, int) error { return dropped() }
		dir := filepath.Dir(s.path)
		fresh := open(t, away, filepath.Join(dir, "other.db"))
		assert.Equal(t, protocol.Limits{PerOrder: money.FromMajor(20, "USD"), PerDay: money.FromMajor(40, "USD"), Spent: money.Money{Currency: "USD"}}, fresh.Limits())
	})
}
