package orders

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Bad prices, in an old journal or from a faulty provider, never raise the limit: a negative
// price counts as zero, and a sum that overflows uses up the limit.
func TestLimitsFailClosed(t *testing.T) {
	naira := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: "NGN"} }
	for name, c := range map[string]struct {
		prices []money.Money
		spent  int64
	}{
		"less than nothing": {[]money.Money{naira(850_00), naira(-20_000_00)}, 850_00},
		"the least":         {[]money.Money{naira(850_00), naira(math.MinInt64)}, 850_00},
		"nothing":           {[]money.Money{naira(850_00), naira(0), {}}, 850_00},
		"more than counts":  {[]money.Money{naira(math.MaxInt64), naira(850_00)}, math.MaxInt64},
		"and then some":     {[]money.Money{naira(math.MaxInt64 - 1), naira(850_00), naira(850_00)}, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := store.Open(filepath.Join(t.TempDir(), "journal.db"), "example.test")
			require.NoError(t, err)
			defer j.Close()
			settings, err := OpenSettings(j)
			require.NoError(t, err)
			b, err := Open(Options{Journal: j, Settings: settings, Host: "example.test", Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			b.mu.Lock()
			defer b.mu.Unlock()
			for i, price := range c.prices {
				b.state.putRental(&rental{Order: protocol.Order{
					ID: string(rune('a' + i)), IntentID: "i", Price: price, CreatedAt: b.clock.now(), State: protocol.OrderReceived,
				}})
			}
			assert.Equal(t, naira(c.spent), b.state.limits("NGN").Spent)
			if c.spent == math.MaxInt64 {
				assert.Equal(t, protocol.CodeLimitDay, protocol.AsError(b.state.checkLimits(naira(1))).Code)
			}
			assert.Equal(t, protocol.CodeProvider, protocol.AsError(b.state.checkLimits(naira(0))).Code)
			assert.Equal(t, protocol.CodeProvider, protocol.AsError(b.state.checkLimits(naira(-20_000_00))).Code)
		})
	}
}
