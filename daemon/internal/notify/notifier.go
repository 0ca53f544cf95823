package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// Book is where the state comes from.
type Source interface {
	// Subscribe gives the state and the changes from there on. The channel is closed
	// when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// Told remembers durably what was told.
type History interface {
	// Open gives the keys that were told, and since when it remembers.
	Load() (keys []string, since time.Time, err error)
	Put(key string) error
	Delete(keys ...string) error
}

// Options are what a herald is made of.
type Options struct {
	Source     Source
	History    History
	Settings   func() Settings
	Changed    <-chan struct{} // Settings may give something else
	Generation func() string   // of the API key
	Show       func(context.Context, desktop.Notification) error
	Copy       func(ctx context.Context, code string) error
	Log        *slog.Logger
}

// Run tells the news until ctx ends. What was told once is never told again: it is
// written down before it is shown.
func Run(ctx context.Context, opts Options) {
	n := &notifier{Options: opts, notified: map[string]bool{}}
	keys, since, err := opts.History.Load()
	if err != nil {
		n.Log.Error("what was told before can't be read, so there are no notifications", "cause", err)
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
	showFailureLogged    bool // nothing shows notifications, and it was said
	historyFailureLogged bool // it can't be written down, and it was said
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
		n.Log.Warn("what was told can't be written down, so it may be told again after a restart", "cause", err)
	}
	n.historyFailureLogged = err != nil
}

func (n *notifier) notify(ctx context.Context, event Event) {
	notification := desktop.Notification{Title: event.Title, Body: event.Body, Urgent: event.Urgent}
	if event.Order != "" {
		notification.Button, notification.OnPress = "Copy the code", func() { n.copyCode(ctx, event.Order) }
	}
	err := n.Show(ctx, notification)
	if err != nil && ctx.Err() == nil && !n.showFailureLogged {
		n.Log.Warn("there are no notifications; everything else works", "cause", err)
	}
	n.showFailureLogged = err != nil
}

// copy puts an order's code on the clipboard, as it is by then.
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
