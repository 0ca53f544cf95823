package orders_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/shared/protocol"
)

func TestACodeIsHandedOverByThePersonAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		_, err := s.Code(t.Context(), "another", i.OrderID)
		assert.Equal(t, protocol.CodeOrderNotFound, protocol.AsError(err).Code, "no code is there")
		s.provider.deliverSMS(i.OrderID, "481902")
		pass(11 * time.Second)
		code, err := s.Code(t.Context(), i.Client, i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, "481902", code.Code)
		require.ErrorIs(t, s.HandOver(i.OrderID, "another"), orders.ErrNobodyAsked)
		require.ErrorIs(t, s.HandOver(i.OrderID, ""), orders.ErrNobodyAsked)
		require.Error(t, s.HandOver("no such order", ""))

		for range 3 {
			code, err = s.Code(t.Context(), "another", i.OrderID)
			assert.Equal(t, protocol.CodeHandOver, protocol.AsError(err).Code)
			assert.Empty(t, code)
		}
		assert.Equal(t, []string{"another"}, s.order(t, i.OrderID).AskedBy)
		require.NoError(t, s.HandOver(i.OrderID, ""))
		code, err = s.Code(t.Context(), "another", i.OrderID)
		require.NoError(t, err)
		assert.Equal(t, "481902", code.Code)

		s = s.reopen(t)
		_, err = s.Code(t.Context(), "another", i.OrderID)
		require.NoError(t, err, "also after a restart")
		_, err = s.Code(t.Context(), "a third", i.OrderID)
		assert.Equal(t, protocol.CodeHandOver, protocol.AsError(err).Code)
		_, err = s.Code(t.Context(), "a fourth", i.OrderID)
		assert.Equal(t, protocol.CodeHandOver, protocol.AsError(err).Code)
		require.ErrorContains(t, s.HandOver(i.OrderID, ""), "2 browsers")
		require.NoError(t, s.HandOver(i.OrderID, "a third"))
		assert.Equal(t, []string{"a fourth"}, s.order(t, i.OrderID).AskedBy)
	})
}

func TestAskingForACodeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		i := s.buy(t)
		s.provider.deliverSMS(i.OrderID, "481902")
		pass(11 * time.Second)
		for n := range 20 {
			_, err := s.Code(t.Context(), string(rune('a'+n)), i.OrderID)
			assert.Error(t, err)
		}
		assert.Len(t, s.order(t, i.OrderID).AskedBy, 8)
	})
}
