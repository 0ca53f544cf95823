package main

import (
	"context"
	"flag"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/shared/protocol"
)

// run is the daemon: it runs until the person quits it or a signal ends it.
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
