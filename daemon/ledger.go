package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/logspanel/companion/daemon/internal/control"
)

// ledger prints every movement of the wallet.
func ledger(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("ledger", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "for programs")
	dir := dataDir(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	list, err := control.Dial(*dir).Ledger(ctx)
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(out, "the ledger is empty")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "WHEN\tWHAT\tORDER\tAMOUNT\tBEFORE\tAFTER\t")
	for _, e := range list {
		what := e.Kind
		if what == "other" {
			what = "outside the companion"
		}
		fmt.Fprintln(table, strings.Join([]string{when(e.At), what, e.OrderID, e.Amount.Decimal(), e.Before.String(), e.After.String(), ""}, "\t"))
	}
	return table.Flush()
}
