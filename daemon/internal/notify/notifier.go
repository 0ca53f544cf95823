package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// Source is where the state comes from.
type Source interface {
	// Subscribe returns the state, the changes that follow it, and a function that ends the
	// subscription. The channel closes when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// History remembers across restarts which events were shown.
type History interface {
	// Load returns the keys of the events that were shown, and the time at which the History
	// began.
	Load() (keys []string, since time.Time, err error)
	Put(key string) error
	Delete(keys ...string) error
}

// Options configures Run.
type Options struct {
	Source     Source
	History    History
	Settings   func() Settings
	Changed    <-chan struct{} // signals that Settings may return something else
	Generation func() string   // of the API key: differs from key to key
	Show       func(context.Context, desktop.Notification) error
	Copy       func(ctx context.Context, code string) error
	Log        *slog.Logger
}

// Run shows notifications until ctx ends, each event once.
func Run(ctx context.Context, opts Options) {
	n := &notifier{Options: opts, notified: map[string]bool{}}
	keys, since, err := opts.History.Load()
	if err != nil {
		n.Log.Error("the history of notifications can't be read, so none are shown", "cause", err)
		return
	}
	n.since = since
	for _, key := range keys {
		n.notified[key] = true
	}
	state, changes, stop := opts.Source.Subscribe()
	defer func() { stop() }()
	for {
		n.update(ctx, state)
		select {
		case <-ctx.Done():
			return
		case <-opts.Changed:
		case c, ok := <-changes:
			if !ok || !state.Apply(c) {
				stop()
				state, changes, stop = opts.Source.Subscribe()
			}
		}
	}
}

type notifier struct {
	Options
	since                time.Time
	notified             map[string]bool
	showFailureLogged    bool // notifications could not be shown, and that is in the log
	historyFailureLogged bool // the History could not be written, and that is in the log
}

func (n *notifier) update(ctx context.Context, s protocol.Snapshot) {
	c := Criteria{n.Settings(), n.since, n.Generation}
	var forgotten []string
	for key := range n.notified {
		if ended(key, s, c) || orderClosed(key, s) {
			forgotten = append(forgotten, key)
			delete(n.notified, key)
		}
	}
	if len(forgotten) > 0 {
		n.logHistoryError(n.History.Delete(forgotten...))
	}
	for _, event := range Events(s, c, time.Now()) {
		if n.notified[event.Key] {
			continue
		}
		n.notified[event.Key] = true
		n.logHistoryError(n.History.Put(event.Key))
		if !c.Off {
			n.notify(ctx, event)
		}
	}
}

func (n *notifier) logHistoryError(err error) {
	if err != nil && !n.historyFailureLogged {
		n.Log.Warn("the history of notifications can't be written, so one may appear again after a restart", "cause", err)
	}
	n.historyFailureLogged = err != nil
}

func (n *notifier) notify(ctx context.Context, event Event) {
	notification := desktop.Notification{Title: event.Title, Body: event.Body, Urgent: event.Urgent}
	if event.Order != "" {
		notification.Button, notification.OnPress = "Copy code", func() { n.copyCode(ctx, event.Order) }
	}
	err := n.Show(ctx, notification)
	if err != nil && ctx.Err() == nil && !n.showFailureLogged {
		n.Log.Warn("there are no notifications; everything else works", "cause", err)
	}
	n.showFailureLogged = err != nil
}

// copyCode puts the order's current code on the clipboard.
func (n *notifier) copyCode(ctx context.Context, order string) {
	state, _, stop := n.Source.Subscribe()
	stop()
	for _, o := range state.Orders {
		if o.ID != order || o.Code == "" {
			continue
		}
		if err := n.Copy(ctx, desktop.Plain(o.DisplayCode(), maxName)); err != nil {
			n.Log.Warn("the code was not copied", "cause", err)
		}
	}
}
