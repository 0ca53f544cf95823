package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// autostart shows or changes whether the companion starts at login, or prints a systemd
// unit.
func autostart(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("autostart", flag.ContinueOnError)
	var opts app.Options
	flags.IntVar(&opts.Port, "port", protocol.DefaultPort, "where it will listen on 127.0.0.1")
	dir, api := dataDir(flags), apiURL(flags)
	positional, err := parse(flags, args)
	if err != nil {
		return err
	}
	opts.Dir, opts.API = *dir, *api
	switch arg := strings.Join(positional, " "); arg {
	case "":
	case "on", "off":
		if err := app.StartAtLogin(arg == "on", opts); err != nil {
			return err
		}
	case "unit":
		command, err := opts.Command()
		if err != nil {
			return err
		}
		fmt.Fprint(out, desktop.SystemdUnit(command))
		return nil
	default:
		return errors.New("usage: autostart [on|off|unit]")
	}
	on, err := desktop.StartsAtLogin()
	if err != nil {
		return err
	}
	if on {
		fmt.Fprintln(out, "on: the companion starts when you log in")
	} else {
		fmt.Fprintln(out, "off: the companion starts only when you start it")
	}
	return nil
}
