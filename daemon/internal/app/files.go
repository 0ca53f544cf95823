package app

import (
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
)

// files are the two durable files of one API host. The journal has the orders, the money
// and the shown notifications. The settings have the limits, the preferences and the paired
// browsers. Each survives the loss of the other, and names the other, so that the
// replacement of a lost file is not mistaken for a first start.
type files struct {
	journal  *store.Store
	settings *store.Store
}

// settingsPath returns the path of the settings beside a journal.
func settingsPath(journal string) string { return filepath.Join(filepath.Dir(journal), "settings.db") }

// openSettings opens the settings and reads everything in them once, to find damage.
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

// openJournal opens the journal and reads all orders.
func (f *files) openJournal(p profile, opts orders.Options) (svc *orders.Service, err error) {
	if f.journal, err = store.Open(p.journal, p.host, f.migrations()...); err != nil {
		return nil, err
	}
	opts.Journal = f.journal
	if opts.Settings, err = orders.OpenSettings(f.settings); err == nil { // after store.Open, because a migration may have filled them
		svc, err = orders.Open(opts)
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
	return svc, err
}

// Close closes both files.
func (f *files) Close() error {
	var failed error
	for _, j := range []*store.Store{f.journal, f.settings} {
		if j != nil {
			failed = errors.Join(failed, j.Close())
		}
	}
	return failed
}

// Check reads both files and returns what is damaged in them.
func (f *files) Check() error { return errors.Join(f.journal.Check(), f.settings.Check()) }

// linkRow names the file that belongs to this one.
type linkRow struct {
	OtherID string `json:"other"` // the other file's id
}

const linkKey = "other"

var linkTable = store.Table[linkRow]{Name: "link"}

// linkedID returns the id of the file that belongs to j. It is empty if j was never used.
func linkedID(j *store.Store) (id string, err error) {
	err = j.View(func(tx *store.Tx) error {
		l, _, err := linkTable.Get(tx, linkKey)
		id = l.OtherID
		return err
	})
	return id, err
}

// linkBoth makes the files name each other. It writes to the settings first: if the program
// ends in between, the settings already vouch for the journal.
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

// losses says which files replace lost ones.
type losses struct{ journal, settings bool }

// findLosses finds out which files were lost. A file replaces a lost one if the other file
// names a different file, or if neither was used yet and earlier files were set aside.
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

// migrations returns the steps that update a journal of an earlier version.
func (f *files) migrations() []store.Migration {
	return []store.Migration{f.splitSettings}
}

// splitSettings migrates version 1, whose journal contained the settings. Settings that are
// in use already are newer and stay. The row with the limits also stays in the journal:
// without it, the first version would fall back to its default limits.
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
		return linkTable.Put(to, linkKey, linkRow{tx.StoreID()})
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
