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
	flags.Func("codes", "whether a code stands in them: show or hide", func(word string) error {
		if word != "show" && word != "hide" {
			return errors.New("say show or hide")
		}
		hide := word == "hide"
		c.HideCodes = &hide
		return nil
	})
	dir := dataDir(flags)
	words, err := parse(flags, args)
	if err != nil {
		return err
	}
	switch word := strings.Join(words, " "); word {
	case "":
	case "on", "off":
		quiet := word == "off"
		c.NotificationsOff = &quiet
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
