package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
)

// limits shows or changes the spending limits.
func limits(ctx context.Context, args []string, t *terminal) error {
	flags := flag.NewFlagSet("limits", flag.ContinueOnError)
	var c control.Change
	flags.StringVar(&c.PerOrder, "order", "", "what one number may cost")
	flags.StringVar(&c.PerDay, "day", "", "what may be spent in 24 hours")
	dialog, dir := dialogFlag(flags), dataDir(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	daemon := control.Dial(*dir)
	settings, err := daemon.Change(ctx, c)
	if err == nil && *dialog {
		if settings, err = askLimits(ctx, daemon, settings, t); errors.Is(err, desktop.ErrDismissed) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	l := settings.Limits
	if l.Unset {
		fmt.Fprintf(t.out, "the spending limits were lost, so nothing can be bought: set both, for example with logspanel-companion limits --order %s --day %s\n", l.PerOrder.Decimal(), l.PerDay.Decimal())
		return nil
	}
	fmt.Fprintf(t.out, "limit per order: %s\nlimit for 24 hours: %s (%s spent)\n", l.PerOrder, l.PerDay, l.Spent)
	return nil
}
