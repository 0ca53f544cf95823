package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
)

func dialogFlag(flags *flag.FlagSet) *bool {
	return flags.Bool("dialog", false, "ask in a window; in the terminal where none can be opened")
}

// askKey asks for the API key: in a window if dialog is set and a window can be opened,
// otherwise in the terminal.
func askKey(ctx context.Context, dialog bool, t *terminal, host string) (string, error) {
	if dialog {
		given, err := desktop.AskSecret(ctx, desktop.Name, "API key for "+host+", from the provider's site:")
		if !errors.Is(err, desktop.ErrNoDialogs) {
			return given, err
		}
		fmt.Fprintln(t.out, err)
	}
	return t.secret(fmt.Sprintf("API key for %s (hidden): ", host))
}

func showPairing(ctx context.Context, p control.Pairing) error {
	return desktop.ShowCountdown(ctx, desktop.Name, func(left time.Duration) string {
		return fmt.Sprintf("Paste this pairing code into the extension.\n\n%s\n\nIt works once and expires in %s.", p.Code, left.Round(time.Second))
	}, p.ExpiresAt)
}

// askLimits asks for both limits and offers the present ones. An empty answer in the
// terminal keeps a limit.
func askLimits(ctx context.Context, daemon control.Daemon, now control.Settings, t *terminal) (control.Settings, error) {
	for _, limit := range []struct {
		prompt, present string
		change          func(amount string) control.Change
	}{
		{
			"Limit per order, in " + now.Limits.PerOrder.Currency + ":", now.Limits.PerOrder.Decimal(),
			func(amount string) control.Change { return control.Change{PerOrder: amount} },
		},
		{
			"Limit for 24 hours, in " + now.Limits.PerDay.Currency + ":", now.Limits.PerDay.Decimal(),
			func(amount string) control.Change { return control.Change{PerDay: amount} },
		},
	} {
		amount, err := desktop.Ask(ctx, desktop.Name, limit.prompt, limit.present)
		if errors.Is(err, desktop.ErrNoDialogs) {
			amount, err = t.line(fmt.Sprintf("%s [%s] ", limit.prompt, limit.present))
		}
		if err != nil {
			return now, err
		}
		if now, err = daemon.Change(ctx, limit.change(amount)); err != nil {
			return now, err
		}
	}
	return now, nil
}
