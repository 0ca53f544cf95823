package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

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
		fmt.Fprintf(t.out, "the limits you had are lost: nothing is bought until you set both, for example with logspanel-companion limits --order %s --day %s\n", l.PerOrder.Decimal(), l.PerDay.Decimal())
		return nil
	}
	fmt.Fprintf(t.out, "one number may cost %s\nin 24 hours %s may be spent; %s are\n", l.PerOrder, l.PerDay, l.Spent)
	return nil
}

// autoCancel shows or changes whether a number without a code is cancelled when its time is
// over.
func autoCancel(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("auto-cancel", flag.ContinueOnError)
	dir := dataDir(flags)
	words, err := parse(flags, args)
	if err != nil {
		return err
	}
	var c control.Change
	switch word := strings.Join(words, " "); word {
	case "":
	case "on", "off":
		keep := word == "off"
		c.KeepExpired = &keep
	default:
		return errors.New("say one of: auto-cancel, auto-cancel on, auto-cancel off")
	}
	settings, err := control.Dial(*dir).Change(ctx, c)
	if err != nil {
		return err
	}
	if settings.KeepExpired {
		fmt.Fprintln(out, "off: a number without a code is kept until you cancel it, and its money with it")
	} else {
		fmt.Fprintln(out, "on: a number without a code is cancelled when its time is over, and the money comes back")
	}
	return nil
}

// ledger prints every movement of the wallet.
func ledger(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("ledger", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "for programs")
	dir := dataDir(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	list, err := control.Dial(*dir).Ledger(ctx)
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(out, "nothing has moved yet")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "WHEN\tWHAT\tORDER\tAMOUNT\tBEFORE\tAFTER\t")
	for _, e := range list {
		what := e.Kind
		if what == "other" {
			what = "not by the companion"
		}
		fmt.Fprintln(table, strings.Join([]string{when(e.At), what, e.OrderID, e.Amount.Decimal(), e.Before.String(), e.After.String(), ""}, "\t"))
	}
	return table.Flush()
}
