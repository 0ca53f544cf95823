package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// showPairing shows a pairing code until a browser has used it or it expires.
func (u *ui) showPairing(ctx context.Context, code string, expires time.Time, copied bool) {
	paired, _ := u.server.Browsers()
	windowCtx, closeWindow := context.WithCancel(ctx)
	defer closeWindow()
	hint := ""
	if copied {
		hint = " It is already on the clipboard."
	}
	err := desktop.ShowCountdown(windowCtx, desktop.Name, func(left time.Duration) string {
		if now, _ := u.server.Browsers(); len(now) > len(paired) {
			closeWindow()
		}
		return fmt.Sprintf("Paste this pairing code into the extension.%s\n\n%s\n\nIt works once and expires in %s.", hint, code, left.Round(time.Second))
	}, expires)
	if err != nil && ctx.Err() == nil && windowCtx.Err() == nil {
		u.log.Warn("the window with the pairing code could not be shown", "cause", err)
	}
}

// openKeyWindow opens a window that asks for the API key, when a browser wants one. It
// waits neither for an answer nor for the window to close.
func (u *ui) openKeyWindow(ctx context.Context) error {
	refuse := func(cause error) error {
		return (&protocol.Error{
			Code: protocol.CodeKeyMissing, Message: desktop.Plain(cause.Error(), 160),
			Next: "run logspanel-companion key set in a terminal",
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
		if err := u.promptForKey(ctx); err != nil && ctx.Err() == nil {
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
	return u.promptForKey(ctx)
}

func (u *ui) promptForKey(ctx context.Context) error {
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
	now := u.orders.Limits()
	for _, limit := range []struct {
		prompt, present string
		change          func(string) control.Change
	}{
		{
			"Limit per order, in " + now.PerOrder.Currency + ":", now.PerOrder.Decimal(),
			func(amount string) control.Change { return control.Change{PerOrder: amount} },
		},
		{
			"Limit for 24 hours, in " + now.PerDay.Currency + ":", now.PerDay.Decimal(),
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
