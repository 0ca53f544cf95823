//go:build unix

package orders_test

import (
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load is the cost of watching open orders for some hours.
type load struct {
	calls int
	cpu   time.Duration
}

// Watching twenty orders costs twenty times as much as one. The attributes record the
// measurements.
func TestTwentyOpenOrders(t *testing.T) {
	one, twenty := waiting(t, 1), waiting(t, 20)
	assert.InEpsilon(t, 20*one.calls, twenty.calls, 0.05, "calls of the provider")
	for name, l := range map[string]load{"one": one, "twenty": twenty} {
		t.Attr("calls-"+name, fmt.Sprint(l.calls))
		t.Attr("cpu-us-"+name, fmt.Sprint(l.cpu.Microseconds()))
	}
}

// waiting watches open orders for two hours of fake time and returns the cost.
func waiting(t *testing.T, orders int) (l load) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestService(t)
		s.provider.stock, s.provider.life, s.provider.balance = orders, 24*time.Hour, naira(100_000)
		require.NoError(t, s.SetLimits(naira(100_000), naira(1_000_000)))
		for range orders {
			s.buy(t)
		}
		calls, begun := s.provider.total(), spent(t)
		pass(2 * time.Hour)
		l = load{s.provider.total() - calls, spent(t) - begun}
	})
	return l
}

// spent returns the CPU time of this process.
func spent(t *testing.T) time.Duration {
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
