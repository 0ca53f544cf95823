// Logspanel-companion rents phone numbers from Logspanel for the browser extension of the
// same name. It keeps the API key, the money and the orders.
//
// The run command is the daemon: it starts package app. The other commands change files or
// talk to the running daemon through package control; each has its function here. They
// print for people, and two of them also JSON. Exit status 1 means that the command failed,
// with one line on standard error that says why and what to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/logspanel/companion/daemon/internal/secrets"
)

// version is set by the build from the file VERSION.
var version = "0.0.0-dev"

const usage = `Logspanel Companion rents phone numbers for the browser extension.

usage:
  logspanel-companion run [--sandbox] [--no-tray] [--port N] [--data-dir DIR] [--api-url URL] [--keyring system|file]
  logspanel-companion key set|status|delete [--dialog] [--api-url URL] [--data-dir DIR] [--keyring system|file]
  logspanel-companion pair [--dialog] [--data-dir DIR]
  logspanel-companion clients list|revoke ID [--data-dir DIR]
  logspanel-companion hand-over [ORDER [BROWSER]] [--data-dir DIR]
  logspanel-companion decide [PURCHASE ORDER|none] [--data-dir DIR]
  logspanel-companion limits [--order AMOUNT] [--day AMOUNT] [--dialog] [--data-dir DIR]
  logspanel-companion auto-cancel [on|off] [--data-dir DIR]
  logspanel-companion retention [DAYS|never] [--data-dir DIR]
  logspanel-companion notifications [on|off] [--codes show|hide] [--low AMOUNT] [--data-dir DIR]
  logspanel-companion ledger [--json] [--data-dir DIR]
  logspanel-companion autostart [on|off|unit] [--port N] [--data-dir DIR] [--api-url URL]
  logspanel-companion doctor [--json] [--port N] [--data-dir DIR] [--api-url URL] [--keyring system|file]
  logspanel-companion version
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader of the output may end before the companion
	if err := secrets.ForbidDumps(); err != nil {
		fmt.Fprintln(os.Stderr, "logspanel-companion:", err)
	}
	err := dispatch(ctx, os.Args[1:], os.Stdin, os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(usage)
	case err != nil:
		fmt.Fprintln(os.Stderr, "logspanel-companion:", err)
		stop()
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return flag.ErrHelp
	}
	name, args := args[0], args[1:]
	switch name {
	case "run":
		return run(ctx, args, newTerminal(in, out))
	case "key":
		return key(ctx, args, newTerminal(in, out))
	case "pair":
		return pair(ctx, args, out)
	case "clients":
		return clients(ctx, args, out)
	case "hand-over":
		return handOver(ctx, args, out)
	case "decide":
		return decide(ctx, args, out)
	case "limits":
		return limits(ctx, args, newTerminal(in, out))
	case "auto-cancel":
		return autoCancel(ctx, args, out)
	case "retention":
		return retention(ctx, args, out)
	case "notifications":
		return notifications(ctx, args, out)
	case "ledger":
		return ledger(ctx, args, out)
	case "autostart":
		return autostart(args, out)
	case "doctor":
		return doctor(ctx, args, newTerminal(in, out))
	case "version":
		fmt.Fprintln(out, version)
		return nil
	case "help", "-h", "--help":
		return flag.ErrHelp
	}
	return fmt.Errorf("unknown command %q: run logspanel-companion help", name)
}

func when(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.Local().Format(time.DateTime)
}
