package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
)

// parse reads flags, also behind positional arguments, and returns the positional arguments.
func parse(flags *flag.FlagSet, args []string) (positional []string, err error) {
	flags.SetOutput(io.Discard)
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return positional, nil
		}
		positional = append(positional, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// parseFlags reads the flags of a command without positional arguments.
func parseFlags(flags *flag.FlagSet, args []string) error {
	positional, err := parse(flags, args)
	if err == nil && len(positional) > 0 {
		err = fmt.Errorf("unexpected argument %q: run logspanel-companion help", positional[0])
	}
	return err
}

// dialDaemon reads the arguments of a command whose only flag is the data directory. It
// returns a client of the daemon that runs there, and the positional arguments.
func dialDaemon(command string, args []string) (daemon *control.Remote, positional []string, err error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	dir := dataDir(flags)
	positional, err = parse(flags, args)
	return control.Dial(*dir), positional, err
}

// dataDir adds the flag for the data directory. A relative path counts from the folder in
// which the command runs, because a session starts programs in another one.
func dataDir(flags *flag.FlagSet) *string {
	dir := app.DefaultDir()
	flags.Func("data-dir", "the data directory", func(given string) (err error) {
		if given == "" {
			return errors.New("name a directory")
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
	k := &app.Keyring{Passphrase: func() (string, error) { return t.secret("Passphrase for the keyring file (hidden): ") }}
	flags.Func("keyring", "where secrets are kept: system or file", func(kind string) error {
		if kind != "system" && kind != "file" {
			return errors.New("use system or file")
		}
		k.File = kind == "file"
		return nil
	})
	return k
}
