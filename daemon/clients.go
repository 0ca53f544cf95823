package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// clients lists the paired browsers or revokes one.
func clients(ctx context.Context, args []string, out io.Writer) error {
	daemon, positional, err := dialDaemon("clients", args)
	if err != nil {
		return err
	}
	switch {
	case len(positional) == 1 && positional[0] == "list":
		list, err := daemon.Browsers(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(out, "no browser is paired: run logspanel-companion pair")
			return nil
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tBROWSER\tNAME\tPAIRED\tLAST USED")
		for _, c := range list {
			last := when(c.LastUsed)
			if c.Connected {
				last = "connected"
			}
			fmt.Fprintln(table, strings.Join([]string{c.ID, c.Product, c.Name, when(c.PairedAt), last}, "\t"))
		}
		return table.Flush()
	case len(positional) == 2 && positional[0] == "revoke":
		if err := daemon.Revoke(ctx, positional[1]); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is revoked and can no longer connect\n", positional[1])
		return nil
	}
	return errors.New("usage: clients list|revoke ID")
}
