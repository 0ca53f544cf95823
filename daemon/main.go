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
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/shared/protocol"
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
	return fmt.Errorf("there is no command %q: see logspanel-companion help", name)
}

// parse reads flags, also those after the words of a command, and returns the words.
func parse(flags *flag.FlagSet, args []string) (words []string, err error) {
	flags.SetOutput(io.Discard)
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words = append(words, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// parseFlags reads the flags of a command that takes no words.
func parseFlags(flags *flag.FlagSet, args []string) error {
	words, err := parse(flags, args)
	if err == nil && len(words) > 0 {
		err = fmt.Errorf("%q is one word too many: see logspanel-companion help", words[0])
	}
	return err
}

// dataDir adds the flag for the data directory. A relative path counts from the folder in
// which the command runs, because a session starts programs in another one.
func dataDir(flags *flag.FlagSet) *string {
	dir := app.DefaultDir()
	flags.Func("data-dir", "where the journal is", func(given string) (err error) {
		if given == "" {
			return errors.New("name a folder")
		}
		dir, err = filepath.Abs(given)
		return err
	})
	return &dir
}

func apiURL(flags *flag.FlagSet) *string {
	return flags.String("api-url", app.DefaultAPI, "the provider's API")
}

// keyringFlag adds the flag for where secrets are kept. The terminal asks for a file's
// passphrase.
func keyringFlag(flags *flag.FlagSet, t *terminal) *app.Keyring {
	k := &app.Keyring{Passphrase: func() (string, error) { return t.secret("Passphrase of the keyring file (it is not shown): ") }}
	flags.Func("keyring", "where secrets are kept: system or file", func(kind string) error {
		if kind != "system" && kind != "file" {
			return errors.New("say system or file")
		}
		k.File = kind == "file"
		return nil
	})
	return k
}

func run(ctx context.Context, args []string, t *terminal) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	opts := app.Options{Version: version, Out: t.out}
	ring := keyringFlag(flags, t)
	flags.BoolVar(&opts.Sandbox, "sandbox", false, "use the built-in provider and play money")
	flags.BoolVar(&opts.NoTray, "no-tray", false, "show no tray icon")
	flags.IntVar(&opts.Port, "port", protocol.DefaultPort, "where to listen on 127.0.0.1; 0 takes any free port")
	dir, api := dataDir(flags), apiURL(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	opts.Dir, opts.API, opts.Keyring = *dir, *api, *ring
	return app.Run(ctx, opts)
}

func key(ctx context.Context, args []string, t *terminal) error {
	flags, out := flag.NewFlagSet("key", flag.ContinueOnError), t.out
	ring := keyringFlag(flags, t)
	dialog := dialogFlag(flags)
	dir, api := dataDir(flags), apiURL(flags)
	words, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errors.New("say one of: key set, key status, key delete (the key itself is asked for, never an argument)")
	}
	keys, host, err := app.OpenKeys(app.Options{API: *api, Dir: *dir, Keyring: *ring})
	if err != nil {
		return err
	}
	switch words[0] {
	case "status":
		set, err := keys.IsSet(ctx)
		if err != nil {
			return err
		}
		if !set {
			return fmt.Errorf("no API key is set for %s: set one with logspanel-companion key set", host)
		}
		fmt.Fprintf(out, "an API key is set for %s\n", host)
		return nil
	case "set":
		given, err := askKey(ctx, *dialog, t, host)
		if err != nil {
			return err
		}
		if err := keys.Set(ctx, given); err != nil {
			return err
		}
		fmt.Fprintf(out, "the API key for %s is in the keyring\n", host)
	case "delete":
		if err := keys.Delete(ctx); err != nil {
			return err
		}
		fmt.Fprintf(out, "the API key for %s is deleted\n", host)
	default:
		return fmt.Errorf("key %q is not known: say set, status or delete", words[0])
	}
	err = control.Dial(*dir).KeyChanged(ctx)
	if errors.Is(err, control.ErrNotRunning) {
		return nil
	}
	return err
}

func pair(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("pair", flag.ContinueOnError)
	dialog, dir := dialogFlag(flags), dataDir(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	pairing, err := control.Dial(*dir).Pair(ctx)
	if err != nil {
		return err
	}
	if *dialog {
		err := showPairing(ctx, pairing)
		if !errors.Is(err, desktop.ErrNoDialogs) {
			return err
		}
		fmt.Fprintf(out, "%s\n", err)
	}
	fmt.Fprintf(out, "Paste this code into the extension within %s:\n\n%s\n\n", time.Until(pairing.ExpiresAt).Round(time.Second), pairing.Code)
	return nil
}

func clients(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("clients", flag.ContinueOnError)
	dir := dataDir(flags)
	words, err := parse(flags, args)
	if err != nil {
		return err
	}
	daemon := control.Dial(*dir)
	switch {
	case len(words) == 1 && words[0] == "list":
		list, err := daemon.Browsers(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(out, "no browser is paired: pair one with logspanel-companion pair")
			return nil
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tBROWSER\tNAME\tPAIRED\tLAST USED")
		for _, c := range list {
			last := when(c.LastUsed)
			if c.Connected {
				last = "here now"
			}
			fmt.Fprintln(table, strings.Join([]string{c.ID, c.Product, c.Name, when(c.PairedAt), last}, "\t"))
		}
		return table.Flush()
	case len(words) == 2 && words[0] == "revoke":
		if err := daemon.Revoke(ctx, words[1]); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s can no longer connect\n", words[1])
		return nil
	}
	return errors.New("say one of: clients list, clients revoke ID")
}

// handOver gives a browser the code of a number that another browser bought, or lists the
// browsers that ask for one.
func handOver(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("hand-over", flag.ContinueOnError)
	dir := dataDir(flags)
	words, err := parse(flags, args)
	if err != nil {
		return err
	}
	daemon := control.Dial(*dir)
	switch len(words) {
	case 0:
		list, err := daemon.Asking(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(out, "no browser asks for a code of another")
			return nil
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ORDER\tSERVICE\tNUMBER\tASKED BY")
		for _, a := range list {
			fmt.Fprintln(table, strings.Join([]string{a.OrderID, a.Service, a.Number, a.Client}, "\t"))
		}
		return table.Flush()
	case 1, 2:
		to := control.Asking{OrderID: words[0]}
		if len(words) == 2 {
			to.Client = words[1]
		}
		if err := daemon.HandOver(ctx, to); err != nil {
			return err
		}
		fmt.Fprintln(out, "the browser has the code now")
		return nil
	}
	return errors.New("say: hand-over ORDER, or hand-over ORDER BROWSER; without either it lists who asks")
}

// doctor prints what works and what doesn't, and returns an error if a check failed.
func doctor(ctx context.Context, args []string, t *terminal) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	opts := app.Options{Version: version}
	ring := keyringFlag(flags, t)
	asJSON := flags.Bool("json", false, "for programs")
	flags.IntVar(&opts.Port, "port", protocol.DefaultPort, "where the companion listens, if it does not run")
	dir, api := dataDir(flags), apiURL(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	opts.Dir, opts.API, opts.Keyring = *dir, *api, *ring
	report := app.Diagnose(ctx, opts)
	write := report.Print
	if *asJSON {
		write = report.JSON
	}
	if err := write(t.out); err != nil {
		return err
	}
	if n := report.Failures(); n > 0 {
		return fmt.Errorf("%d of %d checks failed", n, len(report.Checks))
	}
	return nil
}

func when(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.Local().Format(time.DateTime)
}
