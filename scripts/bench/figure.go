package main

import (
	"math"
	"slices"
)

// Figure is one thing that was measured, beside its baseline of the same run.
type Figure struct {
	Name         string    `json:"name"`
	Unit         string    `json:"unit"`
	Measured     Sample    `json:"measured"`
	Baseline     *Baseline `json:"baseline,omitempty"`
	Ratio        float64   `json:"ratio,omitempty"` // of the medians; none: there is no baseline
	Parts        []Part    `json:"parts,omitempty"` // how the measured time divides
	Budget       *Budget   `json:"budget,omitempty"`
	WithinBudget bool      `json:"holds"` // the budget, where there is one
}

// Baseline is what a figure is held against.
type Baseline struct {
	Name     string `json:"name"`
	Measured Sample `json:"measured"`
}

// Part is one stretch of a figure.
type Part struct {
	Name     string `json:"name"`
	Measured Sample `json:"measured"`
}

// Sample is what many repeats came to.
type Sample struct {
	Median  float64 `json:"median"`
	P95     float64 `json:"p95"`
	Min     float64 `json:"least"`
	Max     float64 `json:"most"`
	Repeats int     `json:"repeats"`
}

func newSample(values []float64) Sample {
	if len(values) == 0 {
		return Sample{}
	}
	sorted := slices.Sorted(slices.Values(values))
	return Sample{
		Median: (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2,
		P95:    sorted[int(math.Ceil(0.95*float64(len(sorted))))-1],
		Min:    sorted[0], Max: sorted[len(sorted)-1], Repeats: len(sorted),
	}
}

// newComparison is a figure beside a baseline.
func newComparison(name, unit string, values []float64, baseline string, base []float64) Figure {
	f := Figure{Name: name, Unit: unit, Measured: newSample(values), Baseline: &Baseline{baseline, newSample(base)}}
	if f.Baseline.Measured.Median > 0 {
		f.Ratio = f.Measured.Median / f.Baseline.Measured.Median
	}
	return f
}

// addPart adds the parts of a figure's time, in order.
func (f *Figure) addPart(name string, values []float64) {
	f.Parts = append(f.Parts, Part{name, newSample(values)})
}
