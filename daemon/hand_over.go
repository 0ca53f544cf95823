package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/logspanel/companion/daemon/internal/control"
)

// handOver gives a browser the code of a number that another browser bought, or lists the
// browsers that ask for one.
func handOver(ctx context.Context, args []string, out io.Writer) error {
	daemon, positional, err := dialDaemon("hand-over", args)
	if err != nil {
		return err
	}
	switch len(positional) {
	case 0:
		list, err := daemon.Asking(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(out, "no browser is asking for another browser's code")
			return nil
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ORDER\tSERVICE\tNUMBER\tASKED BY")
		for _, a := range list {
			fmt.Fprintln(table, strings.Join([]string{a.OrderID, a.Service, a.Number, a.Client}, "\t"))
		}
		return table.Flush()
	case 1, 2:
		to := control.Asking{OrderID: positional[0]}
		if len(positional) == 2 {
			to.Client = positional[1]
		}
		if err := daemon.HandOver(ctx, to); err != nil {
			return err
		}
		fmt.Fprintln(out, "the code was handed over")
		return nil
	}
	return errors.New("usage: hand-over [ORDER [BROWSER]] (without arguments it lists the requests)")
}
