package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/logspanel/companion/daemon/internal/control"
)

// autoCancel shows or changes whether a number without a code is cancelled when its time is
// over.
func autoCancel(ctx context.Context, args []string, out io.Writer) error {
	daemon, positional, err := dialDaemon("auto-cancel", args)
	if err != nil {
		return err
	}
	var c control.Change
	switch arg := strings.Join(positional, " "); arg {
	case "":
	case "on", "off":
		off := arg == "off"
		c.KeepExpired = &off
	default:
		return errors.New("usage: auto-cancel [on|off]")
	}
	settings, err := daemon.Change(ctx, c)
	if err != nil {
		return err
	}
	if settings.KeepExpired {
		fmt.Fprintln(out, "off: a number without a code is kept, and not refunded, until you cancel it")
	} else {
		fmt.Fprintln(out, "on: a number without a code is cancelled and refunded when its time is up")
	}
	return nil
}
