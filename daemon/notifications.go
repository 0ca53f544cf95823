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
	flags.StringVar(&c.LowBalance, "low", "", "tell when the balance is lower")
	flags.Func("codes", "whether a code stands in them: show or hide", func(arg string) error {
		if arg != "show" && arg != "hide" {
			return errors.New("say show or hide")
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
		return errors.New("say one of: notifications, notifications on, notifications off")
	}
	s, err := control.Dial(*dir).Change(ctx, c)
	if err != nil {
		return err
	}
	if s.NotificationsOff {
		fmt.Fprintln(out, "off: nothing is told")
		return nil
	}
	codes := "with the code in them"
	if s.HideCodes {
		codes = "without the code"
	}
	fmt.Fprintf(out, "on: codes (%s), refunds, a key that is refused, a balance below %s\n", codes, s.LowBalance)
	return nil
}
