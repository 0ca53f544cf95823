package protocol_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

func TestApply(t *testing.T) {
	early := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	old := protocol.Order{ID: "1", State: protocol.OrderWaiting, CreatedAt: early}
	start := func() protocol.Snapshot {
		return protocol.Snapshot{
			Seq: 7, Orders: []protocol.Order{old},
			Intents: []protocol.Intent{{ID: "i", State: protocol.IntentSent}},
			Key:     protocol.Key{State: protocol.KeyOK},
		}
	}
	wallet := &protocol.Wallet{Balance: money.Money{Minor: 5, Currency: "NGN"}}
	done := old
	done.State = protocol.OrderReceived
	shown := true
	fresh := protocol.Order{ID: "2", CreatedAt: early.Add(time.Minute)}

	for name, c := range map[string]struct {
		change protocol.Change
		ok     bool
		want   func(*protocol.Snapshot)
	}{
		"next":         {protocol.Change{Seq: 8, Wallet: wallet}, true, func(s *protocol.Snapshot) { s.Seq, s.Wallet = 8, wallet }},
		"known":        {protocol.Change{Seq: 7, Wallet: wallet}, true, func(*protocol.Snapshot) {}},
		"gap":          {protocol.Change{Seq: 9, Wallet: wallet}, false, func(*protocol.Snapshot) {}},
		"order":        {protocol.Change{Seq: 8, Order: &done}, true, func(s *protocol.Snapshot) { s.Seq, s.Orders = 8, []protocol.Order{done} }},
		"newest first": {protocol.Change{Seq: 8, Order: &fresh}, true, func(s *protocol.Snapshot) { s.Seq, s.Orders = 8, []protocol.Order{fresh, old} }},
		"doubt": {
			protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "i", State: protocol.IntentUnknown}},
			true,
			func(s *protocol.Snapshot) { s.Seq, s.Intents[0].State = 8, protocol.IntentUnknown },
		},
		"outcome": {
			protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "i", State: protocol.IntentBought}},
			true,
			func(s *protocol.Snapshot) { s.Seq, s.Intents = 8, []protocol.Intent{} },
		},
		"quote": {
			protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "q", State: protocol.IntentIntended}},
			true,
			func(s *protocol.Snapshot) { s.Seq = 8 },
		},
		"limits": {
			protocol.Change{Seq: 8, Limits: &protocol.Limits{PerDay: money.Money{Minor: 9, Currency: "NGN"}}},
			true,
			func(s *protocol.Snapshot) { s.Seq, s.Limits.PerDay = 8, money.Money{Minor: 9, Currency: "NGN"} },
		},
		"provider": {
			protocol.Change{Seq: 8, Provider: &protocol.Provider{Reachable: true, Since: early}},
			true,
			func(s *protocol.Snapshot) { s.Seq, s.Provider = 8, protocol.Provider{Reachable: true, Since: early} },
		},
		"notifications": {protocol.Change{Seq: 8, ShowsNotifications: &shown}, true, func(s *protocol.Snapshot) { s.Seq, s.ShowsNotifications = 8, true }},
		"catalogue":     {protocol.Change{Seq: 8, Catalog: true}, true, func(s *protocol.Snapshot) { s.Seq = 8 }},
		"key": {
			protocol.Change{Seq: 8, Key: &protocol.Key{State: protocol.KeyRefused}},
			true,
			func(s *protocol.Snapshot) { s.Seq, s.Key.State = 8, protocol.KeyRefused },
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := start(), start()
			c.want(&want)
			assert.Equal(t, c.ok, got.Apply(c.change))
			assert.Equal(t, want, got)
		})
	}
}

func TestApplyDoesNotModifySharedSlices(t *testing.T) {
	s := protocol.Snapshot{Orders: []protocol.Order{{ID: "1", State: protocol.OrderWaiting}}}
	held := s
	s.Apply(protocol.Change{Seq: 1, Order: &protocol.Order{ID: "1", State: protocol.OrderReceived}})
	assert.Equal(t, protocol.OrderWaiting, held.Orders[0].State)
	assert.Equal(t, protocol.OrderReceived, s.Orders[0].State)
}

// Even if changes are lost, repeated or late, the state equals that of all changes up to its
// sequence number, applied in order.
func TestApplyAnyChanges(t *testing.T) {
	epoch := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		// few ids, so that changes hit the same orders and intents
		change := rapid.Custom(func(t *rapid.T) (c protocol.Change) {
			id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "id")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				c.Order = &protocol.Order{
					ID: id, CreatedAt: epoch.Add(time.Duration(id[0]) * time.Minute),
					State: rapid.SampledFrom([]protocol.OrderState{protocol.OrderWaiting, protocol.OrderReceived}).Draw(t, "order"),
				}
			case 1:
				c.Intent = &protocol.Intent{ID: id, State: rapid.SampledFrom([]protocol.IntentState{
					protocol.IntentIntended, protocol.IntentSent, protocol.IntentUnknown, protocol.IntentBought, protocol.IntentRefused,
				}).Draw(t, "intent")}
			case 2:
				c.Wallet = &protocol.Wallet{Balance: money.Money{Minor: rapid.Int64().Draw(t, "balance"), Currency: "NGN"}}
			}
			return c
		})
		line := rapid.SliceOfN(change, 1, 20).Draw(t, "line")
		unbroken := []protocol.Snapshot{{}}
		for i := range line {
			line[i].Seq = uint64(i + 1)
			next := unbroken[i]
			require.True(t, next.Apply(line[i]))
			unbroken = append(unbroken, next)
		}
		var s protocol.Snapshot
		for _, i := range rapid.SliceOf(rapid.IntRange(0, len(line)-1)).Draw(t, "arrivals") {
			missing := line[i].Seq > s.Seq+1
			require.Equal(t, !missing, s.Apply(line[i]))
			require.Equal(t, unbroken[s.Seq], s)
		}
		newestFirst := func(a, b protocol.Order) int { return b.CreatedAt.Compare(a.CreatedAt) }
		assert.True(t, slices.IsSortedFunc(s.Orders, newestFirst))
		for _, i := range s.Intents {
			assert.False(t, i.Finished())
		}
	})
}

// A state that many changes are applied to stays as small as the daemon's.
func TestApplyDropsOldOrders(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	order := func(i int, state protocol.OrderState) *protocol.Order {
		return &protocol.Order{ID: strconv.Itoa(i), State: state, CreatedAt: at.Add(time.Duration(i) * time.Minute)}
	}
	var s protocol.Snapshot
	has := func(id string) bool {
		return slices.ContainsFunc(s.Orders, func(o protocol.Order) bool { return o.ID == id })
	}
	step := func(o *protocol.Order) { require.True(t, s.Apply(protocol.Change{Seq: s.Seq + 1, Order: o})) }
	step(order(0, protocol.OrderWaiting))
	for i := 1; i <= 300; i++ {
		step(order(i, protocol.OrderReceived))
	}
	assert.Len(t, s.Orders, protocol.MaxClosedOrders+1)
	assert.True(t, has("0"), "what is open stays, however old")
	step(order(0, protocol.OrderRefunded))
	assert.True(t, has("0"), "its last step is seen")
	step(order(300, protocol.OrderReceived))
	assert.False(t, has("0"))
	step(order(1, protocol.OrderReceived))
	assert.False(t, has("1"), "an old one does not come back")
}
