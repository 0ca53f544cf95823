package orders_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

// However an order is sent, it comes with the written forms of its number, also after a restart.
func TestOrdersAreSentWithTheFormsOfTheirNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		_, changes, stop := s.Subscribe()
		i := s.buy(t)
		stop()
		want := protocol.Number{
			E164: "+12025550000", CallingCode: "1", SharedCode: true, International: "+1 202-555-0000", National: "(202) 555-0000",
			Digits: "2025550000", Region: "US", Kind: protocol.NumberFixedOrMobile, Valid: true,
		}
		changed := 0
		for c := range changes {
			if c.Order != nil {
				changed++
				assert.Equal(t, want, c.Order.Phone)
			}
		}
		assert.NotZero(t, changed)
		assert.Equal(t, want, s.order(t, i.OrderID).Phone)
		listed, err := s.List(t.Context())
		require.NoError(t, err)
		require.Len(t, listed.Orders, 1)
		assert.Equal(t, want, listed.Orders[0].Phone)
		s = s.reopen(t)
		assert.Equal(t, want, s.order(t, i.OrderID).Phone)
		cancelled, err := s.Cancel(t.Context(), "me", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, want, cancelled.Phone)
		pass(0)
	})
}
