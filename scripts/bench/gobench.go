package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// These figures come from Go benchmarks, which are beside the code they measure.
const (
	roundTripFigure      = "a search over the channel, many offers come"
	shortRoundTripFigure = "a search over the channel, one offer comes"
	broadcastFigure      = "a change, until five browsers have it"
	keyPressFigure       = "a key press over 10,000 services, some fit"
	allKeyPressFigure    = "a key press over 10,000 services, all fit"
	intentFigure         = "an intent, until it is on the disk"
	openFigure           = "100,000 orders of history, opened"
	listFigure           = "100,000 orders of history, listed"
	callsFigure          = "twenty open orders, calls of the provider"
	loadFigure           = "twenty open orders, processor"
)

// benchmark is a figure, given as two benchmarks of a package.
type benchmark struct {
	figure, unit   string
	name, baseline string // without the prefix Benchmark
	baselineLabel  string // the baseline's description
}

// benchmarks are benchmarks of one package that run together.
type benchmarks struct {
	folder    string
	root      string // the benchmark whose sub-benchmarks these are
	runs      int    // how often the test binary runs
	benchtime time.Duration
	list      []benchmark
}

var (
	serverRoundTrips = benchmarks{"daemon/internal/server", "RoundTrip", 40, 50 * time.Millisecond, []benchmark{
		{roundTripFigure, "ms", "RoundTrip/many/channel", "RoundTrip/many/plain", "plain JSON over a plain socket"},
		{shortRoundTripFigure, "ms", "RoundTrip/few/channel", "RoundTrip/few/plain", "plain JSON over a plain socket"},
	}}
	serverBroadcasts = benchmarks{"daemon/internal/server", "Broadcast", 40, 50 * time.Millisecond, []benchmark{
		{broadcastFigure, "ms", "Broadcast/five", "Broadcast/one", "until one has it"},
	}}
	catalogKeys = benchmarks{"daemon/internal/catalog", "KeyPress", 20, 100 * time.Millisecond, []benchmark{
		{keyPressFigure, "ms", "KeyPress/some/search", "KeyPress/some/contains", "strings.Contains over their names"},
		{allKeyPressFigure, "ms", "KeyPress/all/search", "KeyPress/all/contains", "strings.Contains over their names"},
	}}
	orderIntents = benchmarks{"daemon/internal/orders", "Intent", 40, 40 * time.Millisecond, []benchmark{
		{intentFigure, "ms", "Intent/quote", "Intent/put", "a bare put of bbolt"},
	}}
	orderHistory = benchmarks{"daemon/internal/orders", "Past", 5, 100 * time.Millisecond, []benchmark{
		{openFigure, "ms", "Past/many/open", "Past/none/open", "an empty journal"},
		{listFigure, "ms", "Past/many/list", "Past/few/list", "a journal of fifty orders"},
	}}
)

func (b benchmarks) figures() (names []string) {
	for _, one := range b.list {
		names = append(names, one.figure)
	}
	return names
}

// measure runs all the benchmarks b.runs times, so that figures and baselines alternate.
func (b benchmarks) measure(ctx context.Context) (figures []Figure, err error) {
	took := map[string][]float64{} // in seconds
	err = runTests(ctx, b.folder, b.runs, func(output []byte) error {
		results := benchfmt.NewReader(bytes.NewReader(output), b.folder)
		for results.Scan() {
			r, ok := results.Result().(*benchfmt.Result)
			if !ok {
				continue
			}
			name, _ := r.Name.Parts()
			full := strings.TrimSuffix(string(r.Name.Full()), fmt.Sprintf("-%d", threads))
			if seconds, timed := r.Value("sec/op"); timed && len(name) > 0 {
				took[full] = append(took[full], seconds)
			}
		}
		return results.Err()
	}, "-test.run=^$", "-test.bench=^Benchmark"+b.root+"$", "-test.benchtime="+b.benchtime.String(), fmt.Sprintf("-test.cpu=%d", threads))
	if err != nil {
		return nil, err
	}
	for _, one := range b.list {
		values, base := took[one.name], took[one.baseline]
		if len(values) != b.runs || len(base) != b.runs {
			return nil, fmt.Errorf("%s: got %d results of %s and %d of %s, want %d", b.folder, len(values), one.name, len(base), one.baseline, b.runs)
		}
		figures = append(figures, newComparison(one.figure, one.unit, scaled(values, 1e3), one.baselineLabel, scaled(base, 1e3)))
	}
	return figures, nil
}

// threads is GOMAXPROCS for the Go benchmarks: as many as the smallest supported machine
// has.
const threads = 2

func scaled(values []float64, by float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = v * by
	}
	return all
}

// runTests builds the tests of a package once, runs them the given number of times, and
// passes the output of each run to read.
func runTests(ctx context.Context, folder string, times int, read func(output []byte) error, args ...string) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "tests")
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./"+folder).CombinedOutput(); err != nil {
		return fmt.Errorf("build the tests of %s: %w\n%s", folder, err, out)
	}
	for range times {
		cmd := exec.CommandContext(ctx, binary, args...)
		cmd.Dir = folder
		var failed bytes.Buffer
		cmd.Stderr = &failed
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s%s", folder, err, out, failed.String())
		}
		if err := read(out); err != nil {
			return err
		}
	}
	return nil
}

var attribute = regexp.MustCompile(`(?m)^=== ATTR +\S+ (\S+) (\S+)$`)

// measureOpenOrders reads what twenty open orders cost, and one, from a test that runs in
// fake time.
func measureOpenOrders(ctx context.Context) ([]Figure, error) {
	values := map[string][]float64{}
	err := runTests(ctx, "daemon/internal/orders", 7, func(out []byte) error {
		for _, m := range attribute.FindAllSubmatch(out, -1) {
			n, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				return err
			}
			values[string(m[1])] = append(values[string(m[1])], n)
		}
		return nil
	}, "-test.run=^TestTwentyOpenOrders$", "-test.v", "-test.count=1")
	if err != nil {
		return nil, err
	}
	return []Figure{
		newComparison(callsFigure, "in two hours", values["calls-twenty"], "one order", values["calls-one"]),
		newComparison(loadFigure, "ms in two hours", scaled(values["cpu-us-twenty"], 1e-3), "one order", scaled(values["cpu-us-one"], 1e-3)),
	}, nil
}
