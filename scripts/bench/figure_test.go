package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSampled(t *testing.T) {
	twenty := make([]float64, 20)
	for i := range twenty {
		twenty[i] = float64(20 - i)
	}
	for name, c := range map[string]struct {
		values []float64
		want   Sample
	}{
		"none":   {nil, Sample{}},
		"one":    {[]float64{3}, Sample{Median: 3, P95: 3, Min: 3, Max: 3, Repeats: 1}},
		"even":   {[]float64{4, 1, 3, 2}, Sample{Median: 2.5, P95: 4, Min: 1, Max: 4, Repeats: 4}},
		"odd":    {[]float64{9, 1, 5}, Sample{Median: 5, P95: 9, Min: 1, Max: 9, Repeats: 3}},
		"twenty": {twenty, Sample{Median: 10.5, P95: 19, Min: 1, Max: 20, Repeats: 20}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, newSample(c.values)) })
	}
}

func TestBudgets(t *testing.T) {
	limits := map[string]Budget{"ratio": {Figure: "ratio", Ratio: 2}, "size": {Figure: "size", Max: 10}}
	for name, c := range map[string]struct {
		figure Figure
		holds  bool
	}{
		"within the ratio":            {newComparison("ratio", "ms", []float64{4}, "base", []float64{2}), true},
		"above it":                    {newComparison("ratio", "ms", []float64{5}, "base", []float64{2}), false},
		"a ratio that nobody took":    {Figure{Name: "ratio", Measured: newSample([]float64{1})}, false},
		"within the size":             {Figure{Name: "size", Measured: newSample([]float64{10})}, true},
		"above the size":              {Figure{Name: "size", Measured: newSample([]float64{11})}, false},
		"a size that was not taken":   {Figure{Name: "size"}, false},
		"a figure without any budget": {Figure{Name: "free", Measured: newSample([]float64{1e9})}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c.figure.checkBudget(limits)
			assert.Equal(t, c.holds, c.figure.WithinBudget)
		})
	}
}

// Each budget names a measured figure, has one bound and gives a reason.
func TestEveryBudgetNamesAFigure(t *testing.T) {
	all, err := budgets()
	require.NoError(t, err)
	named := map[string]bool{}
	for _, g := range groups {
		for _, name := range g.figures {
			assert.False(t, named[name], "%s is measured twice", name)
			named[name] = true
		}
	}
	for name, b := range all {
		assert.True(t, named[name], "a budget for %q, which is not measured", name)
		assert.True(t, (b.Ratio > 0) != (b.Max > 0), "%s: one bound", name)
		assert.NotEmpty(t, b.Why, name)
	}
}
