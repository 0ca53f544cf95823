package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/notify"
	"github.com/logspanel/companion/daemon/internal/store"
)

// preferences are the settings for notifications, kept in the settings file.
type preferences struct {
	file    *store.Store
	changed chan struct{} // signals that the preferences have changed

	mu      sync.Mutex
	current notify.Settings
}

const preferencesKey = "notifications"

var preferencesTable = store.Table[notify.Settings]{Name: "preferences"}

func openPreferences(j *store.Store) (*preferences, error) {
	p := &preferences{file: j, changed: make(chan struct{}, 1)}
	err := j.View(func(tx *store.Tx) (err error) {
		p.current, _, err = preferencesTable.Get(tx, preferencesKey)
		return err
	})
	return p, err
}

func (p *preferences) settings() notify.Settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

func (p *preferences) edit(apply func(*notify.Settings)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.current
	apply(&next)
	if next == p.current {
		return nil
	}
	if err := p.file.Update(func(tx *store.Tx) error { return preferencesTable.Put(tx, preferencesKey, next) }); err != nil {
		return fmt.Errorf("the settings can't be written: free up disk space and try again: %w", err)
	}
	p.current = next
	select {
	case p.changed <- struct{}{}:
	default: // a signal is pending already
	}
	return nil
}

// notificationHistory keeps in the journal which notifications were shown. It implements
// notify.History.
type notificationHistory struct{ journal *store.Store }

type historyRow struct {
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

const sinceKey = "since"

var historyTable = store.Table[historyRow]{Name: "told"}

func (t notificationHistory) Load() (keys []string, since time.Time, err error) {
	err = t.journal.View(func(tx *store.Tx) error {
		rows, err := historyTable.All(tx)
		for _, r := range rows {
			if r.Key == sinceKey {
				since = r.At
			} else {
				keys = append(keys, r.Key)
			}
		}
		return err
	})
	if err == nil && since.IsZero() {
		since = time.Now().UTC()
		row := historyRow{sinceKey, since}
		// If it can't be written, the history begins at a later start; until then, what happens
		// gets no notification.
		_ = t.journal.Update(func(tx *store.Tx) error { return historyTable.Put(tx, sinceKey, row) })
	}
	return keys, since, err
}

func (t notificationHistory) Put(key string) error {
	return t.journal.Update(func(tx *store.Tx) error { return historyTable.Put(tx, key, historyRow{key, time.Now().UTC()}) })
}

func (t notificationHistory) Delete(keys ...string) error {
	return t.journal.Update(func(tx *store.Tx) error {
		for _, key := range keys {
			if err := historyTable.Delete(tx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// runNotifications shows notifications until ctx ends.
func (u *ui) runNotifications(ctx context.Context) {
	notifier := desktop.NewNotifier(ctx)
	u.orders.SetNotifies(desktop.Detect(ctx).NotificationsErr == nil) // otherwise the browsers show them
	settings := func() notify.Settings {
		set := u.prefs.settings()
		set.HideCodes = set.HideCodes || !desktop.NotificationsArePrivate
		return set
	}
	notify.Run(ctx, notify.Options{
		Source: u.orders, History: notificationHistory{u.files.journal}, Settings: settings, Changed: u.prefs.changed, Generation: u.keys.generation,
		Show: notifier.Show, Copy: desktop.Copy, Log: u.log,
	})
}
