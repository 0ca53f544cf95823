package orders

import (
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// settings are what the person decided on the daemon's own side. No client can
// change them.
type settings struct {
	PerOrder money.Money       `json:"per_order,omitzero"` // zero: the default
	PerDay   money.Money       `json:"per_day,omitzero"`   // zero: the default
	KeepLate bool              `json:"keep_late,omitempty"`
	Recovery protocol.Recovery `json:"recovery,omitzero"`
	Reading  time.Time         `json:"reading,omitzero"` // since when the lost orders are read from the provider
}

const settingsKey = "settings"

var settingsTable = journal.Table[settings]{Name: "settings"}

// change writes changed settings, and tells of them.
func (b *Book) change(how func(*settings)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	decided := b.settings
	how(&decided)
	err := b.opts.Journal.Update(func(tx *journal.Tx) error { return settingsTable.Put(tx, settingsKey, decided) })
	if err != nil {
		return b.unwritten(err)
	}
	b.settings = decided
	b.state.KeepLate, b.state.Recovery = decided.KeepLate, decided.Recovery
	limits := b.limits(b.currency())
	b.publish(protocol.Change{Limits: &limits, KeepLate: &decided.KeepLate, Recovery: &decided.Recovery})
	b.plan()
	return nil
}

// SetKeepLate says whether a number whose time ran out without a code is kept rather
// than cancelled for its money.
func (b *Book) SetKeepLate(keep bool) error {
	return b.change(func(s *settings) { s.KeepLate = keep })
}
