package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/notify"
	"github.com/logspanel/companion/daemon/internal/tray"
	"github.com/logspanel/companion/shared/protocol"
)

// ui is the daemon on the person's desktop: the tray's Controller, the windows and the
// notifications.
type ui struct {
	*daemon
	opts      Options
	logPath   string
	quit      func()
	prompting sync.Mutex // held while a window asks for something, so that there is one at a time
	windows   sync.WaitGroup
}

var _ tray.Controller = (*ui)(nil)

// errPromptOpen means that a window is already asking for something.
var errPromptOpen = errors.New("the companion is asking for something already: answer that first")

// Browsers lists the paired browsers for the tray, and none if they cannot be read.
func (u *ui) Browsers() []browser.Browser {
	paired, _ := u.server.Browsers()
	return paired
}

func (u *ui) Switches() tray.Switches {
	set := u.prefs.settings()
	on := tray.Switches{tray.GiveBack: !u.book.Snapshot().KeepExpired, tray.Notifications: !set.Off}
	if desktop.NotificationsArePrivate && !set.Off {
		on[tray.CodesInThem] = !set.HideCodes
	}
	if u.opts.canStartAtLogin() {
		if starts, err := desktop.StartsAtLogin(); err == nil {
			on[tray.AtLogin] = starts
		}
	}
	return on
}

func (u *ui) Switch(ctx context.Context, s tray.Switch, on bool) (err error) {
	off := !on
	switch s {
	case tray.GiveBack:
		_, err = u.Change(ctx, control.Change{KeepExpired: &off})
	case tray.Notifications:
		_, err = u.Change(ctx, control.Change{NotificationsOff: &off})
	case tray.CodesInThem:
		_, err = u.Change(ctx, control.Change{HideCodes: &off})
	case tray.AtLogin:
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

func (u *ui) showPairing(ctx context.Context, code string, expires time.Time, copied bool) {
	paired, _ := u.server.Browsers()
	windowCtx, closeWindow := context.WithCancel(ctx)
	defer closeWindow()
	hint := ""
	if copied {
		hint = " It is on the clipboard."
	}
	err := desktop.ShowCountdown(windowCtx, desktop.Name, func(left time.Duration) string {
		if now, _ := u.server.Browsers(); len(now) > len(paired) {
			closeWindow()
		}
		return fmt.Sprintf("Paste this code into the extension.%s\n\n%s\n\nIt works once, for %s more.", hint, code, left.Round(time.Second))
	}, expires)
	if err != nil && ctx.Err() == nil && windowCtx.Err() == nil {
		u.log.Warn("the window with the pairing code could not be shown", "cause", err)
	}
}

// runNotifications shows notifications until ctx ends.
func (u *ui) runNotifications(ctx context.Context) {
	notifier := desktop.NewNotifier(ctx)
	u.book.SetNotifies(desktop.Detect(ctx).NotificationsErr == nil) // otherwise the browsers show them
	settings := func() notify.Settings {
		set := u.prefs.settings()
		set.HideCodes = set.HideCodes || !desktop.NotificationsArePrivate
		return set
	}
	notify.Run(ctx, notify.Options{
		Source: u.book, History: notificationHistory{u.files.journal}, Settings: settings, Changed: u.prefs.changed, Generation: u.keys.generation,
		Show: notifier.Show, Copy: desktop.Copy, Log: u.log,
	})
}

func (u *ui) HandOver(_ context.Context, orderID, browser string) error {
	return u.book.HandOver(orderID, browser)
}

func (u *ui) Decide(ctx context.Context, purchase, orderID string) error {
	return u.daemon.Decide(ctx, control.Decision{Purchase: purchase, OrderID: orderID})
}

func (u *ui) Copy(ctx context.Context, text string) error { return desktop.Copy(ctx, text) }

// trayClient is the client id of the person at the tray.
const trayClient = ""

func (u *ui) Cancel(ctx context.Context, orderID string) error {
	_, err := u.book.Cancel(ctx, trayClient, orderID)
	return err
}

func (u *ui) Refresh(ctx context.Context) error {
	_, err := u.book.RefreshWallet(ctx)
	return err
}

// openKeyWindow opens a window that asks for the API key, when a browser wants one. It
// waits neither for an answer nor for the window to close.
func (u *ui) openKeyWindow(ctx context.Context) error {
	refuse := func(cause error) error {
		return (&protocol.Error{
			Code: protocol.CodeKeyMissing, Message: desktop.Plain(cause.Error(), 160),
			Next: "set the key with logspanel-companion key set in a terminal",
		}).WithCause(cause)
	}
	if err := desktop.CheckDialogs(); err != nil {
		return refuse(err)
	}
	if !u.prompting.TryLock() {
		return refuse(errPromptOpen)
	}
	u.windows.Go(func() {
		defer u.prompting.Unlock()
		if err := u.askKey(ctx); err != nil && ctx.Err() == nil {
			u.log.Warn("the window that asks for the API key failed", "cause", err)
		}
	})
	return nil
}

// AskKey asks for the API key in a window, again after each mistake, until a key is stored
// or the person closes the window.
func (u *ui) AskKey(ctx context.Context) error {
	if !u.prompting.TryLock() {
		return errPromptOpen
	}
	defer u.prompting.Unlock()
	return u.askKey(ctx)
}

func (u *ui) askKey(ctx context.Context) error {
	prompt := "API key for " + u.status.Host + ", from the provider's site:"
	for {
		given, err := desktop.AskSecret(ctx, desktop.Name, prompt)
		if errors.Is(err, desktop.ErrDismissed) {
			return nil
		}
		if errors.Is(err, desktop.ErrNoDialogs) {
			return fmt.Errorf("%w; or run logspanel-companion key set in a terminal", err)
		}
		if err != nil {
			return err
		}
		u.redact.Hide(given)
		if err = u.keys.Set(ctx, given); err == nil {
			return u.KeyChanged(ctx)
		}
		prompt = desktop.Capitalize(err.Error()) + ".\n\n" + "API key for " + u.status.Host + ":"
	}
}

// AskLimits asks for both limits, one after the other.
func (u *ui) AskLimits(ctx context.Context) error {
	if !u.prompting.TryLock() {
		return errPromptOpen
	}
	defer u.prompting.Unlock()
	now := u.book.Limits()
	for _, limit := range []struct {
		prompt, present string
		change          func(string) control.Change
	}{
		{
			"What may one number cost at most, in " + now.PerOrder.Currency + "?", now.PerOrder.Decimal(),
			func(amount string) control.Change { return control.Change{PerOrder: amount} },
		},
		{
			"What may be spent in 24 hours at most, in " + now.PerDay.Currency + "?", now.PerDay.Decimal(),
			func(amount string) control.Change { return control.Change{PerDay: amount} },
		},
	} {
		for prompt := limit.prompt; ; {
			amount, err := desktop.Ask(ctx, desktop.Name, prompt, limit.present)
			if errors.Is(err, desktop.ErrDismissed) {
				return nil
			}
			if errors.Is(err, desktop.ErrNoDialogs) {
				return fmt.Errorf("%w; or run logspanel-companion limits in a terminal", err)
			}
			if err != nil {
				return err
			}
			if _, err = u.Change(ctx, limit.change(amount)); err == nil {
				break
			}
			prompt = desktop.Capitalize(desktop.Plain(err.Error(), 200)) + ".\n\n" + limit.prompt
		}
	}
	return nil
}

func (u *ui) OpenLog(context.Context) error { return desktop.Open(u.logPath) }

func (u *ui) About(ctx context.Context) error {
	about := fmt.Sprintf("%s %s\n\nProvider: %s\nBrowsers connect to 127.0.0.1:%d\nData: %s\nProcess: %d",
		desktop.Name, u.status.Version, u.status.Host, u.status.Port, u.opts.Dir, u.status.PID)
	err := desktop.ShowMessage(ctx, desktop.Name, about)
	if errors.Is(err, desktop.ErrNoDialogs) {
		return fmt.Errorf("%s %s, at 127.0.0.1:%d", desktop.Name, u.status.Version, u.status.Port)
	}
	if errors.Is(err, desktop.ErrDismissed) {
		return nil
	}
	return err
}

func (u *ui) Quit() { u.quit() }

// canStartAtLogin reports whether a companion with these options can be started at login.
func (o Options) canStartAtLogin() bool { return !o.Sandbox && !o.Keyring.File }

// Command returns the command that starts a companion with these options.
func (o Options) Command() ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	command := []string{program, "run"}
	if o.Dir != DefaultDir() {
		command = append(command, "--data-dir", o.Dir)
	}
	if o.API != DefaultAPI {
		command = append(command, "--api-url", o.API)
	}
	if o.Port != protocol.DefaultPort {
		command = append(command, "--port", fmt.Sprint(o.Port))
	}
	return command, nil
}

// StartAtLogin makes the session start a companion with these options, or no longer.
func StartAtLogin(on bool, opts Options) error {
	command, err := opts.Command()
	if err != nil {
		return err
	}
	return desktop.StartAtLogin(on, command)
}
