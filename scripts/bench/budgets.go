package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Budget is what a figure may come to: so many times its baseline, or so much of its
// unit. Times are not held to, which differ from computer to computer.
type Budget struct {
	Figure string  `json:"figure"`
	Ratio  float64 `json:"ratio,omitempty"`
	Max    float64 `json:"most,omitempty"`
	Why    string  `json:"why"`
}

//go:embed budgets.json
var budgetsFile []byte

// budgets are all of them, by the figure.
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

// checkBudget compares a figure with its budget.
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

// violation says of a figure what does not hold.
func (f Figure) violation() string {
	if f.Budget.Ratio > 0 {
		return fmt.Sprintf("%s: %.2f times %s, and %.2f is the most", f.Name, f.Ratio, f.Baseline.Name, f.Budget.Ratio)
	}
	return fmt.Sprintf("%s: %s %s, and %s is the most", f.Name, amount(f.Measured.Median), f.Unit, amount(f.Budget.Max))
}
