package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The figures of reading and filling pages come from the program scripts/score.
const (
	lookFigure = "a look at a page of 2,000 fields"
	fillFigure = "a fill, over the pages of the tests"
)

// ownPages has a page of each kind that the tests fill.
const ownPages = "wasm/internal/fields/testdata/pages"

func measureLooks(ctx context.Context) ([]Figure, error) {
	var cost struct {
		Looks, Attributes []float64
		Found             bool
	}
	if err := runScore(ctx, &cost, "-cost"); err != nil {
		return nil, err
	}
	if !cost.Found || len(cost.Looks) < 2 {
		return nil, errors.New("the code field in the middle of the page was not found")
	}
	// The first look is slower: it caches what the later ones reuse.
	return []Figure{newComparison(lookFigure, "ms of the page's thread", cost.Looks[1:], "the fields' attributes alone", cost.Attributes[1:])}, nil
}

func measureFills(ctx context.Context) ([]Figure, error) {
	var report struct {
		Pages []struct {
			Attempts []struct {
				For string
				MS  struct{ Describe, Plan, Fill float64 }
			}
		}
	}
	if err := runScore(ctx, &report, "-forms", ownPages); err != nil {
		return nil, err
	}
	var whole, describe, plan, fill []float64
	for _, p := range report.Pages {
		for _, a := range p.Attempts {
			if a.MS.Fill == 0 {
				continue // nothing was filled
			}
			whole = append(whole, a.MS.Describe+a.MS.Plan+a.MS.Fill)
			describe, plan, fill = append(describe, a.MS.Describe), append(plan, a.MS.Plan), append(fill, a.MS.Fill)
		}
	}
	f := Figure{Name: fillFigure, Unit: "ms", Measured: newSample(whole)}
	f.addPart("describe", describe)
	f.addPart("plan", plan)
	f.addPart("fill, until all is kept", fill)
	return []Figure{f}, nil
}

// runScore runs scripts/score, and decodes the JSON that it writes.
func runScore(ctx context.Context, into any, args ...string) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "scored.json")
	cmd := exec.CommandContext(ctx, "go", append([]string{"run", "./scripts/score", "-out", out}, args...)...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("score: %w\n%s", err, output)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}
