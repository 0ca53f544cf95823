package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/logspanel/companion/daemon/internal/control"
)

// retention shows or changes for how long codes and messages of finished orders are kept.
func retention(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("retention", flag.ContinueOnError)
	dir := dataDir(flags)
	positional, err := parse(flags, args)
	if err != nil {
		return err
	}
	var c control.Change
	switch arg := strings.Join(positional, " "); arg {
	case "":
	case "never":
		c.KeepDays = new(int)
	default:
		days, err := strconv.Atoi(arg)
		if err != nil || days < 1 {
			return errors.New("say one of: retention, retention DAYS, retention never")
		}
		c.KeepDays = &days
	}
	settings, err := control.Dial(*dir).Change(ctx, c)
	switch {
	case err != nil:
		return err
	case settings.KeepDays == 0:
		fmt.Fprintln(out, "never: codes and messages of finished orders are kept for ever")
	case settings.KeepDays == 1:
		fmt.Fprintln(out, "1 day: codes and messages are erased a day after their order is finished")
	default:
		fmt.Fprintf(out, "%[1]d days: codes and messages are erased %[1]d days after their order is finished\n", settings.KeepDays)
	}
	return nil
}
