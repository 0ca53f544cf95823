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
type Source interface {
	// Subscribe gives the state and the changes from there on. The channel is closed
	// when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// Companion is what the menu shows beside the state, and what its lines do. A call may
// take as long as a person does; others are made meanwhile.
type Controller interface {
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
	Source     Source
	Controller Controller
	Changed    <-chan struct{} // Browsers or Switches may give something else
	Log        *slog.Logger
}

// click is a choice in the menu: what, and of which line.
type click struct {
	action action
	line   int
}

type action int

const (
	copyOrder  action = iota // what an order's line stands for
	copyRecent               // the same of an earlier order
	cancelNumber
	decidePurchase
	pairBrowser
	handOverCode
	revokeBrowser
	refreshState
	setKey
	setLimits
	toggleSwitch
	openLog
	showAbout
	quitCompanion
)

// outcome is what came of a click.
type result struct {
	click          click
	err            error
	pairingCode    string // of a pairing
	pairingExpires time.Time
}

// follow shows every state of the book until ctx ends, and does what is clicked.
func follow(ctx context.Context, opts Options, clicks <-chan click, show func(Menu)) {
	state, changes, stop := opts.Source.Subscribe()
	defer func() { stop() }()
	var tasks sync.WaitGroup
	defer tasks.Wait()
	results := make(chan result)
	running := map[click]bool{}
	var local LocalState
	for {
		local.Browsers, local.Switches = opts.Controller.Browsers(), opts.Controller.Switches()
		local.Shown = NewMenu(state, local, time.Now())
		show(local.Shown)
		select {
		case <-ctx.Done():
			return
		case c, ok := <-changes:
			if !ok || !state.Apply(c) {
				stop()
				state, changes, stop = opts.Source.Subscribe()
			}
		case <-timerAt(local.Shown.Changes):
		case <-opts.Changed:
		case c := <-clicks:
			task := opts.task(c, local.Shown)
			if task == nil || running[c] {
				continue
			}
			running[c] = true
			tasks.Go(func() {
				o := task(ctx)
				o.click = c
				select {
				case results <- o:
				case <-ctx.Done():
				}
			})
		case o := <-results:
			delete(running, o.click)
			local.apply(o, time.Now())
		}
	}
}

func (l *LocalState) apply(res result, now time.Time) {
	if res.pairingCode != "" {
		l.PairingCode, l.PairingExpires = res.pairingCode, res.pairingExpires
	}
	l.LastError, l.LastErrorAt = res.err, now
}

// deed is what a click in a menu stands for; nil, where its line has left the menu
// under the pointer.
func (opts Options) task(c click, menu Menu) func(context.Context) result {
	run := func(do func(context.Context) error) func(context.Context) result {
		return func(ctx context.Context) result { return result{err: do(ctx)} }
	}
	onLine := func(line Line, do func(context.Context, Line) error) func(context.Context) result {
		if line.Text == "" {
			return nil
		}
		return run(func(ctx context.Context) error { return do(ctx, line) })
	}
	controller := opts.Controller
	copyLine := func(ctx context.Context, l Line) error { return controller.Copy(ctx, l.Copy) }
	switch c.action {
	case copyOrder:
		return onLine(at(menu.Orders, c.line), copyLine)
	case copyRecent:
		return onLine(at(menu.Recent, c.line), copyLine)
	case cancelNumber:
		return onLine(at(menu.Cancels, c.line), func(ctx context.Context, l Line) error { return controller.Cancel(ctx, l.Order) })
	case decidePurchase:
		return onLine(at(menu.Decisions, c.line), func(ctx context.Context, l Line) error { return controller.Decide(ctx, l.Intent, l.Order) })
	case handOverCode:
		return onLine(at(menu.HandOvers, c.line), func(ctx context.Context, l Line) error { return controller.HandOver(ctx, l.Order, l.Browser) })
	case revokeBrowser:
		return onLine(at(menu.Browsers, c.line), func(ctx context.Context, l Line) error { return controller.Revoke(ctx, l.Browser) })
	case toggleSwitch:
		return run(func(ctx context.Context) error {
			return controller.Switch(ctx, Switch(c.line), !menu.Switches[c.line].On)
		})
	case pairBrowser:
		return func(ctx context.Context) (o result) {
			o.pairingCode, o.pairingExpires, o.err = controller.Pair(ctx)
			return o
		}
	case refreshState:
		return run(controller.Refresh)
	case setKey:
		return run(controller.AskKey)
	case setLimits:
		return run(controller.AskLimits)
	case openLog:
		return run(controller.OpenLog)
	case showAbout:
		return run(controller.About)
	case quitCompanion:
		controller.Quit()
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
func timerAt(t time.Time) <-chan time.Time {
	if t.IsZero() {
		return nil
	}
	return time.After(time.Until(t))
}
