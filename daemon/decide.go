package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/shared/protocol"
)

// nothingBought is the argument in place of an order when the purchase made none.
const nothingBought = "none"

// decide settles a purchase, or lists the purchases that wait for a decision.
func decide(ctx context.Context, args []string, out io.Writer) error {
	daemon, positional, err := dialDaemon("decide", args)
	if err != nil {
		return err
	}
	switch len(positional) {
	case 0:
		list, err := daemon.Undecided(ctx)
		if err != nil {
			return err
		}
		return printUndecided(out, list)
	case 2:
		decision := control.Decision{Purchase: positional[0], OrderID: positional[1]}
		if decision.OrderID == nothingBought {
			decision.OrderID = ""
		}
		if err := daemon.Decide(ctx, decision); err != nil {
			return err
		}
		fmt.Fprintln(out, "the purchase is settled")
		return nil
	}
	return errors.New("usage: decide [PURCHASE ORDER|none] (none: nothing was bought; without arguments it lists the purchases)")
}

func printUndecided(out io.Writer, list []protocol.Intent) error {
	if len(list) == 0 {
		fmt.Fprintln(out, "no purchase needs your decision")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PURCHASE\tORDER\tSERVICE\tNUMBER\tPRICE\tTIME")
	for _, i := range list {
		for _, c := range i.Candidates {
			fmt.Fprintln(table, strings.Join([]string{i.ID, c.OrderID, i.ServiceName, c.DisplayNumber(), c.Price.String(), when(c.CreatedAt)}, "\t"))
		}
		fmt.Fprintln(table, strings.Join([]string{i.ID, nothingBought, i.ServiceName, "nothing was bought", i.Price.String(), ""}, "\t"))
	}
	return table.Flush()
}
