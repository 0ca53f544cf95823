package orders

import (
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// settings are what the person decided on the daemon's own side. No client can
// change them.
type settings struct {
	PerOrder    money.Money `json:"per_order,omitzero"` // zero: the default, unless Lost
	PerDay      money.Money `json:"per_day,omitzero"`   // zero: the default, unless Lost
	KeepExpired bool        `json:"keep_late,omitempty"`
	Lost        bool        `json:"lost,omitempty"` // earlier settings were lost: limits have no defaults any more
	// RetentionDays is for how many days the codes and messages of finished orders are kept;
	// 0: for ever. None: the default, or for ever where it is not known any more.
	RetentionDays *int `json:"retention_days,omitempty"`
}

const settingsKey = "settings"

var settingsTable = store.Table[settings]{Name: "settings"}

// Settings are the person's decisions in a file of their own, so that a lost journal
// leaves them as they are.
type Settings struct {
	file *store.Store
	now  settings // as they were read, or put last
}

// OpenSettings reads the settings in file.
func OpenSettings(file *store.Store) (*Settings, error) {
	s := &Settings{file: file}
	err := file.View(func(tx *store.Tx) (err error) {
		s.now, _, err = settingsTable.Get(tx, settingsKey)
		return err
	})
	return s, err
}

func (s *Settings) put(decided settings) error {
	err := s.file.Update(func(tx *store.Tx) error { return settingsTable.Put(tx, settingsKey, decided) })
	if err == nil {
		s.now = decided
	}
	return err
}

// changeSettings writes changed settings, and tells of them.
func (s *Service) changeSettings(how func(*settings)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	decided := s.state.settings
	how(&decided)
	if err := s.opts.Settings.put(decided); err != nil {
		return s.state.writeFailed(err)
	}
	s.state.settings = decided
	s.state.base.KeepExpired = decided.KeepExpired
	limits := s.state.limits(s.state.currency())
	s.state.feed.publish(protocol.Change{Limits: &limits, KeepExpired: &decided.KeepExpired})
	s.replan.raise()
	return nil
}

// MarkSettingsLost notes that earlier settings were lost: nothing is bought until the person
// has set both limits. It is called before Run.
func (s *Service) MarkSettingsLost() error {
	return s.changeSettings(func(d *settings) { *d = settings{Lost: true} })
}

// SetKeepExpired says whether a number whose time ran out without a code is kept rather
// than cancelled for its money.
func (s *Service) SetKeepExpired(keep bool) error {
	return s.changeSettings(func(d *settings) { d.KeepExpired = keep })
}
