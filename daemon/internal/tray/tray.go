// Package tray shows the icon in the desktop's panel and its menu: balance, orders, codes,
// warnings and settings.
//
// NewMenu turns the orders' state into a Menu, which is plain data. The view draws that
// Menu, and each click on one of its lines calls a method of the Controller. Run connects
// the three, in whatever panel there is, and follows panels that come and go.
//
// The package decides nothing and stores nothing, and it never buys a number: package app
// implements the Controller. The tray offers what no browser may do, such as handing over
// codes, settling purchases and revoking browsers.
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

// ErrNoTray means that there is no panel to show an icon in.
var ErrNoTray = errors.New("this desktop shows no tray icons")

// Source is where the state comes from.
type Source interface {
	// Subscribe returns the state, the changes that follow it, and a function that ends the
	// subscription. The channel closes when the subscriber falls behind.
	Subscribe() (protocol.Snapshot, <-chan protocol.Change, func())
}

// Controller provides what the menu shows beside the orders, and does what its lines say. A
// method with a context may block while a window is open; meanwhile the tray calls others.
// Its error appears in the menu.
type Controller interface {
	Browsers() []browser.Browser
	Switches() Switches
	// Pair makes a pairing code for a new browser, and shows or copies it.
	Pair(ctx context.Context) (code string, expires time.Time, err error)
	Revoke(ctx context.Context, browserID string) error
	// HandOver gives a browser the code it has asked for.
	HandOver(ctx context.Context, orderID, browserID string) error
	// Decide settles a purchase: orderID is the order that it made; empty: it made none.
	Decide(ctx context.Context, purchaseID, orderID string) error
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

// Switch is a setting that the person can turn on and off in the menu.
type Switch int

// The switches, in the order of the menu.
const (
	Notifications        Switch = iota
	CodesInNotifications        // codes in notifications
	AutoCancel                  // cancel numbers whose time is over
	StartAtLogin                // start at login
	switchCount
)

// Switches maps the switches that this system has to whether they are on.
type Switches map[Switch]bool

// Options configures Run.
type Options struct {
	Source     Source
	Controller Controller
	Changed    <-chan struct{} // signals that Browsers or Switches may return something else
	Log        *slog.Logger
}

// click is a click on a line of the menu; line is its index.
type click struct {
	action action
	line   int
}

type action int

const (
	copyOrder  action = iota // copies the code, or else the number
	copyRecent               // the same for a finished order
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

// result is the outcome of a click.
type result struct {
	click          click
	err            error
	pairingCode    string // empty: the click did not pair
	pairingExpires time.Time
}

// follow shows a menu for every state until ctx ends, and runs the actions of clicks. An
// action that still runs is not started again.
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
				res := task(ctx)
				res.click = c
				select {
				case results <- res:
				case <-ctx.Done():
				}
			})
		case res := <-results:
			delete(running, res.click)
			local.apply(res, time.Now())
		}
	}
}

func (l *LocalState) apply(res result, now time.Time) {
	if res.pairingCode != "" {
		l.PairingCode, l.PairingExpires = res.pairingCode, res.pairingExpires
	}
	l.LastError, l.LastErrorAt = res.err, now
}

// task returns what a click in a menu does, or nil if the line is gone by now.
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

// at returns the element at i, or the zero value beyond the end.
func at[T any](list []T, i int) (element T) {
	if i < len(list) {
		element = list[i]
	}
	return element
}

// timerAt fires at t; never if t is zero.
func timerAt(t time.Time) <-chan time.Time {
	if t.IsZero() {
		return nil
	}
	return time.After(time.Until(t))
}
