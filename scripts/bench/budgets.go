package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Budget is the upper bound of a figure: either a ratio to its baseline, or an amount in
// the figure's unit. Times have no amount, since they differ between computers.
type Budget struct {
	Figure string  `json:"figure"`
	Ratio  float64 `json:"ratio,omitempty"`
	Max    float64 `json:"most,omitempty"`
	Why    string  `json:"why"`
}

//go:embed budgets.json
var budgetsFile []byte

// budgets reads budgets.json, and returns the budgets by figure.
func budgets() (map[string]Budget, error) {
	var list []Budget
	if err := json.Unmarshal(budgetsFile, &list); err != nil {
		return nil, fmt.Errorf("budgets.json: %w", err)
	}
	all := map[string]Budget{}
	for _, b := range list {
		all[b.Figure] = b
	}
	return all, nil
}

// checkBudget sets the figure's budget, if it has one, and whether the figure is within it.
func (f *Figure) checkBudget(all map[string]Budget) {
	b, has := all[f.Name]
	if !has {
		f.WithinBudget = true
		return
	}
	f.Budget = &b
	f.WithinBudget = f.Measured.Repeats > 0 &&
		(b.Ratio == 0 || f.Ratio > 0 && f.Ratio <= b.Ratio) &&
		(b.Max == 0 || f.Measured.Median <= b.Max)
}

// violation describes by how much a figure exceeds its budget.
func (f Figure) violation() string {
	if f.Budget.Ratio > 0 {
		return fmt.Sprintf("%s: %.2f times %s, and %.2f is the most", f.Name, f.Ratio, f.Baseline.Name, f.Budget.Ratio)
	}
	return fmt.Sprintf("%s: %s %s, and %s is the most", f.Name, amount(f.Measured.Median), f.Unit, amount(f.Budget.Max))
}
