package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
)

// key sets, checks or deletes the API key, and tells a running daemon about it.
func key(ctx context.Context, args []string, t *terminal) error {
	flags, out := flag.NewFlagSet("key", flag.ContinueOnError), t.out
	ring := keyringFlag(flags, t)
	dialog := dialogFlag(flags)
	dir, api := dataDir(flags), apiURL(flags)
	positional, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(positional) != 1 {
		return errors.New("usage: key set|status|delete (the command asks for the key; it is never an argument)")
	}
	keys, host, err := app.OpenKeys(app.Options{API: *api, Dir: *dir, Keyring: *ring})
	if err != nil {
		return err
	}
	switch positional[0] {
	case "status":
		set, err := keys.IsSet(ctx)
		if err != nil {
			return err
		}
		if !set {
			return fmt.Errorf("no API key is set for %s: run logspanel-companion key set", host)
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
		fmt.Fprintf(out, "the API key for %s is stored in the keyring\n", host)
	case "delete":
		if err := keys.Delete(ctx); err != nil {
			return err
		}
		fmt.Fprintf(out, "the API key for %s was deleted\n", host)
	default:
		return fmt.Errorf("unknown key command %q: use set, status or delete", positional[0])
	}
	err = control.Dial(*dir).KeyChanged(ctx)
	if errors.Is(err, control.ErrNotRunning) {
		return nil
	}
	return err
}
