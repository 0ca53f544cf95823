package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
)

// pair makes a pairing code and shows it.
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
	fmt.Fprintf(out, "Paste this pairing code into the extension within %s:\n\n%s\n\n", time.Until(pairing.ExpiresAt).Round(time.Second), pairing.Code)
	return nil
}
