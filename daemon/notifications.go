package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/logspanel/companion/daemon/internal/control"
)

// notifications shows or changes what appears as a notification.
func notifications(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("notifications", flag.ContinueOnError)
	var c control.Change
	flags.StringVar(&c.LowBalance, "low", "", "notify when the balance is lower")
	flags.Func("codes", "whether a code stands in them: show or hide", func(arg string) error {
		if arg != "show" && arg != "hide" {
			return errors.New("use show or hide")
		}
		hide := arg == "hide"
		c.HideCodes = &hide
		return nil
	})
	dir := dataDir(flags)
	positional, err := parse(flags, args)
	if err != nil {
		return err
	}
	switch arg := strings.Join(positional, " "); arg {
	case "":
	case "on", "off":
		off := arg == "off"
		c.NotificationsOff = &off
	default:
		return errors.New("usage: notifications [on|off] [--codes show|hide] [--low AMOUNT]")
	}
	s, err := control.Dial(*dir).Change(ctx, c)
	if err != nil {
		return err
	}
	if s.NotificationsOff {
		fmt.Fprintln(out, "off: no notifications")
		return nil
	}
	codes := "shown"
	if s.HideCodes {
		codes = "hidden"
	}
	fmt.Fprintf(out, "on: codes (%s), refunds, a rejected API key, a balance below %s\n", codes, s.LowBalance)
	return nil
}
