package protocol_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

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
		"doubt": {protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "i", State: protocol.IntentUnknown}}, true,
			func(s *protocol.Snapshot) { s.Seq, s.Intents[0].State = 8, protocol.IntentUnknown }},
		"outcome": {protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "i", State: protocol.IntentBought}}, true,
			func(s *protocol.Snapshot) { s.Seq, s.Intents = 8, []protocol.Intent{} }},
		"quote": {protocol.Change{Seq: 8, Intent: &protocol.Intent{ID: "q", State: protocol.IntentIntended}}, true,
			func(s *protocol.Snapshot) { s.Seq = 8 }},
		"key": {protocol.Change{Seq: 8, Key: &protocol.Key{State: protocol.KeyRefused}}, true,
			func(s *protocol.Snapshot) { s.Seq, s.Key.State = 8, protocol.KeyRefused }},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := start(), start()
			c.want(&want)
			assert.Equal(t, c.ok, got.Apply(c.change))
			assert.Equal(t, want, got)
		})
	}
}

func TestApplyLeavesWhatOthersHold(t *testing.T) {
	s := protocol.Snapshot{Orders: []protocol.Order{{ID: "1", State: protocol.OrderWaiting}}}
	held := s
	s.Apply(protocol.Change{Seq: 1, Order: &protocol.Order{ID: "1", State: protocol.OrderReceived}})
	assert.Equal(t, protocol.OrderWaiting, held.Orders[0].State)
	assert.Equal(t, protocol.OrderReceived, s.Orders[0].State)
}
