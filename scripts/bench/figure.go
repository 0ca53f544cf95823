package main

import (
	"math"
	"slices"
)

// Figure is one measurement, with its baseline from the same run.
type Figure struct {
	Name         string    `json:"name"`
	Unit         string    `json:"unit"`
	Measured     Sample    `json:"measured"`
	Baseline     *Baseline `json:"baseline,omitempty"`
	Ratio        float64   `json:"ratio,omitempty"` // of the medians; 0 without a baseline
	Parts        []Part    `json:"parts,omitempty"` // the stages of the measured time
	Budget       *Budget   `json:"budget,omitempty"`
	WithinBudget bool      `json:"holds"` // true as well without a budget
}

// Baseline is what a figure is compared with.
type Baseline struct {
	Name     string `json:"name"`
	Measured Sample `json:"measured"`
}

// Part is one stage of a figure's time.
type Part struct {
	Name     string `json:"name"`
	Measured Sample `json:"measured"`
}

// Sample summarises repeated measurements.
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

// newComparison returns a figure that is compared with a baseline.
func newComparison(name, unit string, values []float64, baseline string, base []float64) Figure {
	f := Figure{Name: name, Unit: unit, Measured: newSample(values), Baseline: &Baseline{baseline, newSample(base)}}
	if f.Baseline.Measured.Median > 0 {
		f.Ratio = f.Measured.Median / f.Baseline.Measured.Median
	}
	return f
}

// addPart adds a stage of the figure's time. Parts are printed in the order they are added.
func (f *Figure) addPart(name string, values []float64) {
	f.Parts = append(f.Parts, Part{name, newSample(values)})
}
