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

// home is the daemon at its person's desktop: what the tray's lines do.
type home struct {
	*daemon
	opts    Options
	logPath string
	quit    func()
	asking  sync.Mutex // held while a window asks for something: one at a time
	windows sync.WaitGroup
}

var _ tray.Controller = (*home)(nil)

// errAsking says that a window is open already.
var errAsking = errors.New("the companion is asking for something already: answer that first")

// Browsers lists the paired browsers for the tray, and none if they cannot be read.
func (h *home) Browsers() []browser.Browser {
	paired, _ := h.wire.Browsers()
	return paired
}

func (h *home) Switches() tray.Switches {
	set := h.prefs.settings()
	on := tray.Switches{tray.GiveBack: !h.book.Snapshot().KeepExpired, tray.Notifications: !set.Off}
	if desktop.NotificationsArePrivate && !set.Off {
		on[tray.CodesInThem] = !set.HideCodes
	}
	if h.opts.startable() {
		if starts, err := desktop.StartsAtLogin(); err == nil {
			on[tray.AtLogin] = starts
		}
	}
	return on
}

func (h *home) Switch(ctx context.Context, s tray.Switch, on bool) (err error) {
	off := !on
	switch s {
	case tray.GiveBack:
		_, err = h.Change(ctx, control.Change{KeepExpired: &off})
	case tray.Notifications:
		_, err = h.Change(ctx, control.Change{Quiet: &off})
	case tray.CodesInThem:
		_, err = h.Change(ctx, control.Change{HideCodes: &off})
	case tray.AtLogin:
		err = StartAtLogin(on, h.opts)
	}
	h.changed()
	return err
}

// Pair makes a code, copies it, and shows it in a window until it is used up or too old.
func (h *home) Pair(ctx context.Context) (code string, expires time.Time, err error) {
	code, expires = h.wire.Pair()
	h.redact.Hide(code)
	err = desktop.Copy(ctx, code)
	if desktop.CheckDialogs() == nil {
		h.windows.Go(func() { h.showPairing(ctx, code, expires, err == nil) })
		err = nil // the window has it
	}
	return code, expires, err
}

func (h *home) showPairing(ctx context.Context, code string, expires time.Time, copied bool) {
	paired, _ := h.wire.Browsers()
	shown, close := context.WithCancel(ctx)
	defer close()
	hint := ""
	if copied {
		hint = " It is on the clipboard."
	}
	err := desktop.ShowCountdown(shown, desktop.Name, func(left time.Duration) string {
		if now, _ := h.wire.Browsers(); len(now) > len(paired) {
			close()
		}
		return fmt.Sprintf("Paste this code into the extension.%s\n\n%s\n\nIt works once, for %s more.", hint, code, left.Round(time.Second))
	}, expires)
	if err != nil && ctx.Err() == nil && shown.Err() == nil {
		h.log.Warn("the window with the pairing code could not be shown", "cause", err)
	}
}

// tellNews shows what happens as notifications.
func (h *home) tellNews(ctx context.Context) {
	notifier := desktop.NewNotifier(ctx)
	h.book.SetNotifies(desktop.Detect(ctx).NotificationsErr == nil) // browsers do it where nobody shows ours
	settings := func() notify.Settings {
		set := h.prefs.settings()
		set.HideCodes = set.HideCodes || !desktop.NotificationsArePrivate
		return set
	}
	notify.Run(ctx, notify.Options{
		Source: h.book, History: told{h.files.journal}, Settings: settings, Changed: h.prefs.changed, Generation: h.keys.generation,
		Show: notifier.Show, Copy: desktop.Copy, Log: h.log,
	})
}

func (h *home) HandOver(_ context.Context, orderID, browser string) error {
	return h.book.HandOver(orderID, browser)
}

func (h *home) Decide(ctx context.Context, purchase, orderID string) error {
	return h.daemon.Decide(ctx, control.Decision{Purchase: purchase, OrderID: orderID})
}

func (h *home) Copy(ctx context.Context, text string) error { return desktop.Copy(ctx, text) }

// byHand is the client that the person is, at the tray.
const byHand = ""

func (h *home) Cancel(ctx context.Context, orderID string) error {
	_, err := h.book.Cancel(ctx, byHand, orderID)
	return err
}

func (h *home) Refresh(ctx context.Context) error {
	_, err := h.book.RefreshWallet(ctx)
	return err
}

// openKeyWindow opens a window that asks for the API key, for a browser: it waits
// neither for the person nor for the window to close.
func (h *home) openKeyWindow(ctx context.Context) error {
	said := func(cause error) error {
		return (&protocol.Error{
			Code: protocol.CodeKeyMissing, Message: desktop.Plain(cause.Error(), 160),
			Next: "set the key with logspanel-companion key set in a terminal",
		}).WithCause(cause)
	}
	if err := desktop.CheckDialogs(); err != nil {
		return said(err)
	}
	if !h.asking.TryLock() {
		return said(errAsking)
	}
	h.windows.Go(func() {
		defer h.asking.Unlock()
		if err := h.askKey(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("the window that asks for the API key failed", "cause", err)
		}
	})
	return nil
}

// AskKey asks for the API key in a window, until one is given that can be stored or the
// person gives up.
func (h *home) AskKey(ctx context.Context) error {
	if !h.asking.TryLock() {
		return errAsking
	}
	defer h.asking.Unlock()
	return h.askKey(ctx)
}

func (h *home) askKey(ctx context.Context) error {
	prompt := "API key for " + h.status.Host + ", from the provider's site:"
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
		h.redact.Hide(given)
		if err = h.keys.Set(ctx, given); err == nil {
			return h.KeyChanged(ctx)
		}
		prompt = desktop.Capitalize(err.Error()) + ".\n\n" + "API key for " + h.status.Host + ":"
	}
}

// AskLimits asks for both limits, one after the other.
func (h *home) AskLimits(ctx context.Context) error {
	if !h.asking.TryLock() {
		return errAsking
	}
	defer h.asking.Unlock()
	now := h.book.Limits()
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
			if _, err = h.Change(ctx, limit.change(amount)); err == nil {
				break
			}
			prompt = desktop.Capitalize(desktop.Plain(err.Error(), 200)) + ".\n\n" + limit.prompt
		}
	}
	return nil
}

func (h *home) OpenLog(context.Context) error { return desktop.Open(h.logPath) }

func (h *home) About(ctx context.Context) error {
	about := fmt.Sprintf("%s %s\n\nProvider: %s\nBrowsers connect to 127.0.0.1:%d\nData: %s\nProcess: %d",
		desktop.Name, h.status.Version, h.status.Host, h.status.Port, h.opts.Dir, h.status.PID)
	err := desktop.ShowMessage(ctx, desktop.Name, about)
	if errors.Is(err, desktop.ErrNoDialogs) {
		return fmt.Errorf("%s %s, at 127.0.0.1:%d", desktop.Name, h.status.Version, h.status.Port)
	}
	if errors.Is(err, desktop.ErrDismissed) {
		return nil
	}
	return err
}

func (h *home) Quit() { h.quit() }

// startable reports that a companion like this one can be started at login.
func (o Options) startable() bool { return !o.Sandbox && !o.Keyring.File }

// Command is what starts a companion like this one.
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

// StartAtLogin makes the session start a companion like this one, or no longer.
func StartAtLogin(on bool, opts Options) error {
	command, err := opts.Command()
	if err != nil {
		return err
	}
	return desktop.StartAtLogin(on, command)
}
