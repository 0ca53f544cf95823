// Bench measures how fast the companion is. It compares each figure with a baseline: the
// least code that could do the same, measured in the same run.
//
// It needs Chromium, a desktop session for the idle figures and what "make build" builds,
// and takes about seven minutes. It prints a table, writes build/bench.json, and fails if a
// figure exceeds its budget in budgets.json. The flag -only selects figures by a pattern of
// their names.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
)

// group is a set of figures that are measured together.
type group struct {
	figures []string // their names
	measure func(context.Context) ([]Figure, error)
}

var groups = []group{
	{[]string{codeFigure, residentFigure}, measureCode},
	{[]string{awakeFigure, connectedFigure}, measureWorker},
	{[]string{paintFigure, liveFigure, coldPaintFigure, coldLiveFigure}, measurePopup},
	{serverRoundTrips.figures(), serverRoundTrips.measure},
	{serverBroadcasts.figures(), serverBroadcasts.measure},
	{catalogKeys.figures(), catalogKeys.measure},
	{[]string{lookFigure}, measureLooks},
	{[]string{fillFigure}, measureFills},
	{[]string{listenFigure, memoryFigure, idleFigure}, measureIdle},
	{[]string{rawFigure, zippedFigure, instanceFigure}, measureSize},
	{orderIntents.figures(), orderIntents.measure},
	{orderHistory.figures(), orderHistory.measure},
	{[]string{resumeFigure, welcomeFigure}, measureHistory},
	{[]string{callsFigure, loadFigure}, measureOpenOrders},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	only := flag.String("only", "", "measure only figures whose name matches this pattern")
	out := flag.String("out", "build/bench.json", "a file for the result as JSON")
	flag.Parse()
	if err := run(ctx, *only, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, only, out string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	limits, err := budgets()
	if err != nil {
		return err
	}
	report := newReport()
	var failed error
	for _, g := range groups {
		if !slices.ContainsFunc(g.figures, wanted.MatchString) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s …\n", g.figures[0])
		figures, err := g.measure(ctx)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.figures[0], err))
		}
		for _, f := range figures {
			if wanted.MatchString(f.Name) {
				f.checkBudget(limits)
				report.Figures = append(report.Figures, f)
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if len(report.Figures) == 0 && failed == nil {
		return fmt.Errorf("no figure matches %q", only)
	}
	if err := errors.Join(report.print(os.Stdout), report.write(out)); err != nil {
		return err
	}
	for _, f := range report.Figures {
		if !f.WithinBudget {
			failed = errors.Join(failed, errors.New(f.violation()))
		}
	}
	return failed
}
