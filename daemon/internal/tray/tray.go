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
	Book Book
	Pair func() (code string, expires time.Time) // makes a pairing code
	Quit func()                                  // asks the daemon to stop
}

// click is a choice in the menu: an order's line, or pairing.
type click int

const pairing click = -1

// follow shows every state of the book until ctx ends, and does what is clicked.
func follow(ctx context.Context, opts Options, clicks <-chan click, show func(Menu), put func(context.Context, string) error) {
	state, changes, stop := opts.Book.Subscribe()
	defer func() { stop() }()
	var own Own
	for {
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
		case c := <-clicks:
			var text string
			switch {
			case c == pairing:
				own.Code, own.Expires = opts.Pair()
				text = own.Code
			case int(c) < len(menu.Orders):
				text = menu.Orders[c].Copy
			default:
				continue // the order left the menu under the pointer
			}
			own.Uncopied = put(ctx, text)
		}
	}
}

// until fires at t; never, where there is no t.
func until(t time.Time) <-chan time.Time {
	if t.IsZero() {
		return nil
	}
	return time.After(time.Until(t))
}
