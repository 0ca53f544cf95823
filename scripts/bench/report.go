package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is the result of a run.
type Report struct {
	At        time.Time `json:"at"`
	System    string    `json:"system"`
	Processor string    `json:"processor"`
	Cores     int       `json:"cores"`
	Figures   []Figure  `json:"figures"`
}

func newReport() Report {
	return Report{
		At: time.Now().UTC().Truncate(time.Second), System: runtime.GOOS + "/" + runtime.GOARCH,
		Processor: processor(), Cores: runtime.NumCPU(),
	}
}

// processor returns the model of the processor, if the system tells it.
func processor() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// print writes the figures as a table, each followed by its parts.
func (r Report) print(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tmedian\tp95\tn\tbaseline\tmedian\tratio\tbudget\t")
	for _, f := range r.Figures {
		fmt.Fprintf(table, "%s\t%s %s\t%s\t%d\t%s\t%s\t\n", f.Name, amount(f.Measured.Median), f.Unit, amount(f.Measured.P95), f.Measured.Repeats, f.baselineColumns(), f.budgetColumn())
		for _, p := range f.Parts {
			fmt.Fprintf(table, "    %s\t%s %s\t%s\t%d\t\t\t\t\t\n", p.Name, amount(p.Measured.Median), f.Unit, amount(p.Measured.P95), p.Measured.Repeats)
		}
	}
	return table.Flush()
}

func (f Figure) baselineColumns() string {
	if f.Baseline == nil {
		return "\t\t"
	}
	ratio := "-" // the baseline is 0
	if f.Ratio > 0 {
		ratio = fmt.Sprintf("%.2f", f.Ratio)
	}
	return fmt.Sprintf("%s\t%s\t%s", f.Baseline.Name, amount(f.Baseline.Measured.Median), ratio)
}

func (f Figure) budgetColumn() string {
	if f.Budget == nil {
		return ""
	}
	most := amount(f.Budget.Max) + " " + f.Unit
	if f.Budget.Ratio > 0 {
		most = amount(f.Budget.Ratio) + " times"
	}
	if f.WithinBudget {
		return most + ": holds"
	}
	return most + ": BROKEN"
}

// amount formats a number with three significant digits. Whole numbers are written in full.
func amount(n float64) string {
	switch {
	case n >= 100 || n == float64(int64(n)):
		return strconv.FormatFloat(n, 'f', 0, 64)
	case n >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strconv.FormatFloat(n, 'g', 3, 64)
}

func (r Report) write(file string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o644)
}
