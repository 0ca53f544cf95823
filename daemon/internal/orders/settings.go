package orders

import (
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// settings are the person's choices at the companion itself. No client can change them.
type settings struct {
	PerOrder    money.Money `json:"per_order,omitzero"` // zero: the default, unless Lost
	PerDay      money.Money `json:"per_day,omitzero"`   // zero: the default, unless Lost
	KeepExpired bool        `json:"keep_late,omitempty"`
	Lost        bool        `json:"lost,omitempty"` // earlier settings were lost, so limits have no defaults
	// RetentionDays is for how many days the codes and messages of finished orders are kept;
	// 0 is forever. nil is the default, or forever if Lost.
	RetentionDays *int `json:"retention_days,omitempty"`
}

const settingsKey = "settings"

var settingsTable = store.Table[settings]{Name: "settings"}

// SettingsFile holds the settings in a file of their own, so that they survive the loss of the
// journal. Service guards it with its lock.
type SettingsFile struct {
	file *store.Store
	now  settings // as last read or written
}

// OpenSettings reads the settings in file, which the caller closes.
func OpenSettings(file *store.Store) (*SettingsFile, error) {
	s := &SettingsFile{file: file}
	err := file.View(func(tx *store.Tx) (err error) {
		s.now, _, err = settingsTable.Get(tx, settingsKey)
		return err
	})
	return s, err
}

func (s *SettingsFile) put(updated settings) error {
	err := s.file.Update(func(tx *store.Tx) error { return settingsTable.Put(tx, settingsKey, updated) })
	if err == nil {
		s.now = updated
	}
	return err
}

// changeSettings applies how to the settings, writes them and publishes the change.
func (s *Service) changeSettings(how func(*settings)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	updated := s.state.settings
	how(&updated)
	if err := s.opts.Settings.put(updated); err != nil {
		return s.state.writeFailed(err)
	}
	s.state.settings = updated
	s.state.base.KeepExpired = updated.KeepExpired
	limits := s.state.limits(s.state.currency())
	s.state.feed.publish(protocol.Change{Limits: &limits, KeepExpired: &updated.KeepExpired})
	s.replan.raise()
	return nil
}

// MarkSettingsLost records that earlier settings were lost: nothing can be bought until the
// person has set both limits. It must be called before Run.
func (s *Service) MarkSettingsLost() error {
	return s.changeSettings(func(d *settings) { *d = settings{Lost: true} })
}

// SetKeepExpired sets whether a number whose time ran out without a code is kept instead of
// being cancelled for a refund.
func (s *Service) SetKeepExpired(keep bool) error {
	return s.changeSettings(func(d *settings) { d.KeepExpired = keep })
}
