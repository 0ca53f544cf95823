// Package tray is the icon in the panel: the balance, the orders and their codes at a
// glance, and the ways to what only this side may do. It buys nothing.
package tray

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
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

// Companion is what the menu shows beside the state, and what its lines do. A call may
// take as long as a person does; others are made meanwhile.
type Companion interface {
	Browsers() []browser.Browser
	Switches() Switches
	// Pair makes a code for a browser to be added, and shows it or copies it.
	Pair(ctx context.Context) (code string, expires time.Time, err error)
	Revoke(ctx context.Context, browser string) error
	// HandOver lets a browser have a code that it asks for.
	HandOver(ctx context.Context, orderID, browser string) error
	// Decide says which order came of a purchase; none, where there is no order.
	Decide(ctx context.Context, purchase, orderID string) error
	Copy(ctx context.Context, text string) error
	Cancel(ctx context.Context, orderID string) error
	Refresh(ctx context.Context) error
	AskKey(ctx context.Context) error
	AskLimits(ctx context.Context) error
	Switch(ctx context.Context, s Switch, on bool) error
	OpenLog(ctx context.Context) error
	About(ctx context.Context) error
	Quit()
}

// Switch is what the person can turn on and off in the menu.
type Switch int

// The switches, in the menu's order.
const (
	Notifications Switch = iota
	CodesInThem          // notifications show the code itself
	GiveBack             // numbers whose time is over
	AtLogin              // start then
	switchCount
)

// Switches are those that this system has, and whether they are on.
type Switches map[Switch]bool

// Options are what a tray is made of.
type Options struct {
	Book      Book
	Companion Companion
	Came      <-chan struct{} // Browsers or Switches may give something else
	Log       *slog.Logger
}

// click is a choice in the menu: what, and of which line.
type click struct {
	what choice
	line int
}

type choice int

const (
	copying   choice = iota // what an order's line stands for
	recalling               // the same of an earlier order
	cancelling
	deciding
	pairing
	handing
	revoking
	refreshing
	keying
	limiting
	switching
	logging
	introducing
	quitting
)

// outcome is what came of a click.
type outcome struct {
	of      click
	err     error
	code    string // of a pairing
	expires time.Time
}

// follow shows every state of the book until ctx ends, and does what is clicked.
func follow(ctx context.Context, opts Options, clicks <-chan click, show func(Menu)) {
	state, changes, stop := opts.Book.Subscribe()
	defer func() { stop() }()
	var deeds sync.WaitGroup
	defer deeds.Wait()
	outcomes := make(chan outcome)
	underWay := map[click]bool{}
	var own Own
	for {
		own.Browsers, own.Switches = opts.Companion.Browsers(), opts.Companion.Switches()
		own.Last = NewMenu(state, own, time.Now())
		show(own.Last)
		select {
		case <-ctx.Done():
			return
		case c, ok := <-changes:
			if !ok || !state.Apply(c) {
				stop()
				state, changes, stop = opts.Book.Subscribe()
			}
		case <-until(own.Last.Changes):
		case <-opts.Came:
		case c := <-clicks:
			deed := opts.deed(c, own.Last)
			if deed == nil || underWay[c] {
				continue
			}
			underWay[c] = true
			deeds.Go(func() {
				o := deed(ctx)
				o.of = c
				select {
				case outcomes <- o:
				case <-ctx.Done():
				}
			})
		case o := <-outcomes:
			delete(underWay, o.of)
			own.take(o, time.Now())
		}
	}
}

func (o *Own) take(came outcome, now time.Time) {
	if came.code != "" {
		o.Code, o.Expires = came.code, came.expires
	}
	o.Failed, o.FailedAt = came.err, now
}

// deed is what a click in a menu stands for; nil, where its line has left the menu
// under the pointer.
func (opts Options) deed(c click, menu Menu) func(context.Context) outcome {
	does := func(do func(context.Context) error) func(context.Context) outcome {
		return func(ctx context.Context) outcome { return outcome{err: do(ctx)} }
	}
	with := func(line Line, do func(context.Context, Line) error) func(context.Context) outcome {
		if line.Text == "" {
			return nil
		}
		return does(func(ctx context.Context) error { return do(ctx, line) })
	}
	companion := opts.Companion
	put := func(ctx context.Context, l Line) error { return companion.Copy(ctx, l.Copy) }
	switch c.what {
	case copying:
		return with(at(menu.Orders, c.line), put)
	case recalling:
		return with(at(menu.Recent, c.line), put)
	case cancelling:
		return with(at(menu.Cancels, c.line), func(ctx context.Context, l Line) error { return companion.Cancel(ctx, l.Order) })
	case deciding:
		return with(at(menu.Decides, c.line), func(ctx context.Context, l Line) error { return companion.Decide(ctx, l.Intent, l.Order) })
	case handing:
		return with(at(menu.Asks, c.line), func(ctx context.Context, l Line) error { return companion.HandOver(ctx, l.Order, l.Browser) })
	case revoking:
		return with(at(menu.Browsers, c.line), func(ctx context.Context, l Line) error { return companion.Revoke(ctx, l.Browser) })
	case switching:
		return does(func(ctx context.Context) error {
			return companion.Switch(ctx, Switch(c.line), !menu.Switches[c.line].On)
		})
	case pairing:
		return func(ctx context.Context) (o outcome) {
			o.code, o.expires, o.err = companion.Pair(ctx)
			return o
		}
	case refreshing:
		return does(companion.Refresh)
	case keying:
		return does(companion.AskKey)
	case limiting:
		return does(companion.AskLimits)
	case logging:
		return does(companion.OpenLog)
	case introducing:
		return does(companion.About)
	case quitting:
		companion.Quit()
	}
	return nil
}

// at is the element, or nothing behind the end.
func at[T any](list []T, i int) (element T) {
	if i < len(list) {
		element = list[i]
	}
	return element
}

// until fires at t; never, where there is no t.
func until(t time.Time) <-chan time.Time {
	if t.IsZero() {
		return nil
	}
	return time.After(time.Until(t))
}
