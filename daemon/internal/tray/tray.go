// Package tray is the icon in the panel: the balance, the orders and their codes at a
// glance, and the way to pair a browser. It buys and cancels nothing.
package tray

import (
	"context"
	"errors"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// ErrNoTray says that there is no panel to show an icon in.
var ErrNoTray = errors.New("this desktop shows no tray icons")

// Book is where the state comes from.
type Book interface {
	// Subscribe gives the state and the changes from there on. The channel is closed
	// when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// Options are what the tray shows, and what clicks in it lead to.
type Options struct {
	Book     Book
	Browsers func() []Browser
	Came     <-chan struct{}                         // Browsers may give another list
	Pair     func() (code string, expires time.Time) // makes a pairing code
	Revoke   func(ctx context.Context, browser string) error
	HandOver func(orderID, browser string) error // lets a browser have a code that it asks for
	Quit     func()                              // asks the daemon to stop
}

// click is a choice in the menu: what, and of which line.
type click struct {
	what choice
	line int
}

type choice int

const (
	copying choice = iota // what an order's line stands for
	pairing
	handing
	revoking
)

// follow shows every state of the book until ctx ends, and does what is clicked.
func follow(ctx context.Context, opts Options, clicks <-chan click, show func(Menu), put func(context.Context, string) error) {
	state, changes, stop := opts.Book.Subscribe()
	defer func() { stop() }()
	var own Own
	for {
		own.Browsers = opts.Browsers()
		menu := NewMenu(state, own, time.Now())
		show(menu)
		select {
		case <-ctx.Done():
			return
		case c, ok := <-changes:
			if !ok || !state.Apply(c) {
				stop()
				state, changes, stop = opts.Book.Subscribe()
			}
		case <-until(menu.Changes):
		case <-opts.Came:
		case c := <-clicks:
			own.Failed = opts.obey(ctx, c, menu, &own, put)
		}
	}
}

// obey does what was chosen in a menu; its line may have left it under the pointer.
func (opts Options) obey(ctx context.Context, c click, menu Menu, own *Own, put func(context.Context, string) error) error {
	switch {
	case c.what == pairing:
		own.Code, own.Expires = opts.Pair()
		return put(ctx, own.Code)
	case c.what == copying && c.line < len(menu.Orders):
		return put(ctx, menu.Orders[c.line].Copy)
	case c.what == handing && c.line < len(menu.Asks):
		return opts.HandOver(menu.Asks[c.line].OrderID, menu.Asks[c.line].Client)
	case c.what == revoking && c.line < len(menu.Browsers):
		return opts.Revoke(ctx, menu.Browsers[c.line].ID)
	}
	return own.Failed
}

// until fires at t; never, where there is no t.
func until(t time.Time) <-chan time.Time {
	if t.IsZero() {
		return nil
	}
	return time.After(time.Until(t))
}
