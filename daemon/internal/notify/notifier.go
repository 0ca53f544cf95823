package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// Book is where the state comes from.
type Book interface {
	// Subscribe gives the state and the changes from there on. The channel is closed
	// when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// Told remembers durably what was told.
type Told interface {
	// Open gives the keys that were told, and since when it remembers.
	Open() (keys []string, since time.Time, err error)
	Put(key string) error
	Delete(keys ...string) error
}

// Options are what a herald is made of.
type Options struct {
	Book       Book
	Told       Told
	Settings   func() Settings
	Changed    <-chan struct{} // Settings may give something else
	Generation func() string   // of the API key
	Show       func(context.Context, desktop.Notice) error
	Copy       func(ctx context.Context, code string) error
	Log        *slog.Logger
}

// Run tells the news until ctx ends. What was told once is never told again: it is
// written down before it is shown.
func Run(ctx context.Context, opts Options) {
	h := &herald{Options: opts, told: map[string]bool{}}
	keys, since, err := opts.Told.Open()
	if err != nil {
		h.Log.Error("what was told before can't be read, so there are no notifications", "cause", err)
		return
	}
	h.since = since
	for _, key := range keys {
		h.told[key] = true
	}
	state, changes, stop := opts.Book.Subscribe()
	defer func() { stop() }()
	for {
		h.look(ctx, state)
		select {
		case <-ctx.Done():
			return
		case <-opts.Changed:
		case c, ok := <-changes:
			if !ok || !state.Apply(c) {
				stop()
				state, changes, stop = opts.Book.Subscribe()
			}
		}
	}
}

type herald struct {
	Options
	since  time.Time
	told   map[string]bool
	silent bool // nothing shows notifications, and it was said
	unable bool // it can't be written down, and it was said
}

func (h *herald) look(ctx context.Context, s protocol.Snapshot) {
	c := Context{h.Settings(), h.since, h.Generation}
	var ended []string
	for key := range h.told {
		if over(key, s, c) || gone(key, s) {
			ended = append(ended, key)
			delete(h.told, key)
		}
	}
	if len(ended) > 0 {
		h.written(h.Told.Delete(ended...))
	}
	for _, item := range Of(s, c, time.Now()) {
		if h.told[item.Key] {
			continue
		}
		h.told[item.Key] = true
		h.written(h.Told.Put(item.Key))
		if !c.Quiet {
			h.tell(ctx, item)
		}
	}
}

func (h *herald) written(err error) {
	if err != nil && !h.unable {
		h.Log.Warn("what was told can't be written down, so it may be told again after a restart", "cause", err)
	}
	h.unable = err != nil
}

func (h *herald) tell(ctx context.Context, item Item) {
	notice := desktop.Notice{Title: item.Title, Body: item.Body, Urgent: item.Urgent}
	if item.Order != "" {
		notice.Button, notice.Press = "Copy the code", func() { h.copy(ctx, item.Order) }
	}
	err := h.Show(ctx, notice)
	if err != nil && ctx.Err() == nil && !h.silent {
		h.Log.Warn("there are no notifications; everything else works", "cause", err)
	}
	h.silent = err != nil
}

// copy puts an order's code on the clipboard, as it is by then.
func (h *herald) copy(ctx context.Context, order string) {
	state, _, stop := h.Book.Subscribe()
	stop()
	for _, o := range state.Orders {
		if o.ID != order || o.Code == "" {
			continue
		}
		if err := h.Copy(ctx, desktop.Plain(o.DisplayCode(), maxName)); err != nil {
			h.Log.Warn("the code was not copied", "cause", err)
		}
	}
}
