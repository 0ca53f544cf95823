package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/tray"
)

// ui is the daemon on the person's desktop: the tray's Controller, the windows and the
// notifications.
type ui struct {
	*daemon
	opts      Options
	logPath   string
	stop      func()
	prompting sync.Mutex // held while a window asks for something, so that there is one at a time
	windows   sync.WaitGroup
}

var _ tray.Controller = (*ui)(nil)

// errPromptOpen means that a window is already asking for something.
var errPromptOpen = errors.New("another window of the companion is already open: answer that one first")

// Browsers lists the paired browsers for the tray, and none if they cannot be read.
func (u *ui) Browsers() []browser.Browser {
	paired, _ := u.server.Browsers()
	return paired
}

func (u *ui) Switches() tray.Switches {
	set := u.prefs.settings()
	on := tray.Switches{tray.AutoCancel: !u.orders.Snapshot().KeepExpired, tray.Notifications: !set.Off}
	if desktop.NotificationsArePrivate && !set.Off {
		on[tray.CodesInNotifications] = !set.HideCodes
	}
	if u.opts.canStartAtLogin() {
		if starts, err := desktop.StartsAtLogin(); err == nil {
			on[tray.StartAtLogin] = starts
		}
	}
	return on
}

func (u *ui) Switch(ctx context.Context, s tray.Switch, on bool) (err error) {
	off := !on
	switch s {
	case tray.AutoCancel:
		_, err = u.Change(ctx, control.Change{KeepExpired: &off})
	case tray.Notifications:
		_, err = u.Change(ctx, control.Change{NotificationsOff: &off})
	case tray.CodesInNotifications:
		_, err = u.Change(ctx, control.Change{HideCodes: &off})
	case tray.StartAtLogin:
		err = StartAtLogin(on, u.opts)
	}
	u.refreshTray()
	return err
}

// Pair makes a code, copies it, and shows it in a window until a browser has used it or it
// expires.
func (u *ui) Pair(ctx context.Context) (code string, expires time.Time, err error) {
	code, expires = u.server.Pair()
	u.redact.Hide(code)
	err = desktop.Copy(ctx, code)
	if desktop.CheckDialogs() == nil {
		u.windows.Go(func() { u.showPairing(ctx, code, expires, err == nil) })
		err = nil // the window shows it
	}
	return code, expires, err
}

func (u *ui) HandOver(_ context.Context, orderID, browserID string) error {
	return u.orders.HandOver(orderID, browserID)
}

func (u *ui) Decide(ctx context.Context, purchaseID, orderID string) error {
	return u.daemon.Decide(ctx, control.Decision{Purchase: purchaseID, OrderID: orderID})
}

func (u *ui) Copy(ctx context.Context, text string) error { return desktop.Copy(ctx, text) }

// trayClient is the client id of the person at the tray.
const trayClient = ""

func (u *ui) Cancel(ctx context.Context, orderID string) error {
	_, err := u.orders.Cancel(ctx, trayClient, orderID)
	return err
}

func (u *ui) Refresh(ctx context.Context) error {
	_, err := u.orders.RefreshWallet(ctx)
	return err
}

func (u *ui) OpenLog(context.Context) error { return desktop.Open(u.logPath) }

func (u *ui) Quit() { u.stop() }
