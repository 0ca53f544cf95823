package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/shared/protocol"
)

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
