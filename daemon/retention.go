package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/logspanel/companion/daemon/internal/control"
)

// retention shows or changes for how long codes and messages of finished orders are kept.
func retention(ctx context.Context, args []string, out io.Writer) error {
	daemon, positional, err := dialDaemon("retention", args)
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
			return errors.New("usage: retention [DAYS|never]")
		}
		c.KeepDays = &days
	}
	settings, err := daemon.Change(ctx, c)
	switch {
	case err != nil:
		return err
	case settings.KeepDays == 0:
		fmt.Fprintln(out, "never: codes and messages are kept forever")
	case settings.KeepDays == 1:
		fmt.Fprintln(out, "1 day: codes and messages are erased one day after the order ends")
	default:
		fmt.Fprintf(out, "%[1]d days: codes and messages are erased %[1]d days after the order ends\n", settings.KeepDays)
	}
	return nil
}
