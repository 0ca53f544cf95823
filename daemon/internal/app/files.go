package app

import (
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
)

// files are what is durable for one API host: the journal, with orders, money and what
// was told of them, and the settings, with limits, preferences and paired browsers. Each
// outlives the loss of the other, and names the other, so that a file that replaces a
// lost one is not taken for a first start.
type files struct {
	journal  *store.Store
	settings *store.Store
}

// settingsPath is the settings beside a journal.
func settingsPath(journal string) string { return filepath.Join(filepath.Dir(journal), "settings.db") }

// openSettings opens the settings, and reads them once to find out whether that can be done.
func (f *files) openSettings(p profile) (err error) {
	if f.settings, err = store.Open(p.settings, p.host); err != nil {
		return err
	}
	_, err = orders.OpenSettings(f.settings)
	if err == nil {
		_, err = browserStore{f.settings}.List()
	}
	if err == nil {
		_, err = openPreferences(f.settings)
	}
	if err == nil {
		_, err = linkedID(f.settings)
	}
	if err != nil {
		err = errors.Join(err, f.settings.Close())
		f.settings = nil
	}
	return err
}

// openJournal opens the orders in their journal, and reads all of it.
func (f *files) openJournal(p profile, opts orders.Options) (book *orders.Service, err error) {
	if f.journal, err = store.Open(p.journal, p.host, f.migrations()...); err != nil {
		return nil, err
	}
	opts.Journal = f.journal
	if opts.Settings, err = orders.OpenSettings(f.settings); err == nil { // a migration may have brought them
		book, err = orders.Open(opts)
	}
	if err == nil {
		_, _, err = notificationHistory{f.journal}.Load()
	}
	if err == nil {
		_, err = linkedID(f.journal)
	}
	if err != nil {
		err = errors.Join(err, f.journal.Close())
		f.journal = nil
	}
	return book, err
}

// Close gives up both files.
func (f *files) Close() error {
	var failed error
	for _, j := range []*store.Store{f.journal, f.settings} {
		if j != nil {
			failed = errors.Join(failed, j.Close())
		}
	}
	return failed
}

// Check reads both files and says what is damaged in them.
func (f *files) Check() error { return errors.Join(f.journal.Check(), f.settings.Check()) }

// link names the file that belongs to the one it is in.
type linkRow struct {
	OtherID string `json:"other"` // its id
}

const linkKey = "other"

var linkTable = store.Table[linkRow]{Name: "link"}

// other is the id of the file that belongs to j; empty: j was never in use.
func linkedID(j *store.Store) (id string, err error) {
	err = j.View(func(tx *store.Tx) error {
		l, _, err := linkTable.Get(tx, linkKey)
		id = l.OtherID
		return err
	})
	return id, err
}

// link makes the files name each other. The settings come first: they vouch for the
// journal, whatever happens before the journal vouches for them.
func (f *files) linkBoth() error {
	for _, pair := range [][2]*store.Store{{f.settings, f.journal}, {f.journal, f.settings}} {
		named, err := linkedID(pair[0])
		if err == nil && named != pair[1].ID() {
			err = pair[0].Update(func(tx *store.Tx) error { return linkTable.Put(tx, linkKey, linkRow{pair[1].ID()}) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// losses say which of the files are new in the place of lost ones.
type losses struct{ journal, settings bool }

// lost finds out what was lost. A file is new in the place of a lost one if the other
// file names another, or if neither was in use yet and earlier ones were set aside.
func (f *files) findLosses(p profile) (l losses, err error) {
	ofSettings, err := linkedID(f.settings)
	if err != nil {
		return l, err
	}
	ofJournal, err := linkedID(f.journal)
	if err != nil {
		return l, err
	}
	if ofSettings != "" || ofJournal != "" {
		l.journal = ofSettings != "" && ofSettings != f.journal.ID()
		l.settings = ofJournal != "" && ofJournal != f.settings.ID()
		return l, nil
	}
	for _, path := range []string{p.journal, p.settings} {
		before, err := store.WasSetAside(path)
		if err != nil {
			return l, err
		}
		if before {
			l = losses{journal: true, settings: true}
		}
	}
	return l, nil
}

// migrations bring a journal of an earlier version up to date.
func (f *files) migrations() []store.Migration {
	return []store.Migration{f.splitSettings}
}

// splitSettings leads from version 1, whose journal had the settings in it. Settings that
// are in use already are newer, and stay. The row with the limits stays in the journal
// too, which does no harm: the first version would otherwise fall back to its defaults.
func (f *files) splitSettings(tx *store.Tx) error {
	var old struct {
		Recovery json.RawMessage `json:"recovery"`
	}
	rows := func(table string) store.Table[json.RawMessage] { return store.Table[json.RawMessage]{Name: table} }
	row, found, err := rows("settings").Get(tx, "settings")
	if err != nil {
		return err
	}
	if found {
		if err := json.Unmarshal(row, &old); err != nil {
			return errors.Join(store.ErrDamaged, err)
		}
	}
	if old.Recovery != nil {
		if err := rows("recovery").Put(tx, "journal", old.Recovery); err != nil {
			return err
		}
	}
	err = f.settings.Update(func(to *store.Tx) error {
		if _, used, err := linkTable.Get(to, linkKey); used || err != nil {
			return err
		}
		for _, table := range []string{"settings", "clients", "preferences"} {
			rows := rows(table)
			err := rows.Each(tx, func(key string, row json.RawMessage) error { return rows.Put(to, key, row) })
			if err != nil {
				return err
			}
		}
		return linkTable.Put(to, linkKey, linkRow{tx.Journal()})
	})
	if err != nil {
		return err
	}
	for _, table := range []string{"clients", "preferences"} {
		var keys []string
		err := rows(table).Each(tx, func(key string, _ json.RawMessage) error {
			keys = append(keys, key)
			return nil
		})
		for _, key := range keys {
			err = errors.Join(err, rows(table).Delete(tx, key))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
