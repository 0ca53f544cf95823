package main

import "context"

const (
	resumeFigure  = "100,000 orders of history, started until it listens"
	welcomeFigure = "100,000 orders of history, a browser's welcome"
)

// measureHistory compares starting with a long history and starting with none, by an
// end-to-end test.
func measureHistory(ctx context.Context) ([]Figure, error) {
	type startup struct {
		Listening []float64 `json:"listening_after_ms"`
		Welcome   []float64 `json:"welcome_after_ms"`
	}
	var report struct{ Long, None startup }
	if err := runE2E(ctx, &report, "history"); err != nil {
		return nil, err
	}
	return []Figure{
		newComparison(resumeFigure, "ms", report.Long.Listening, "an empty journal", report.None.Listening),
		newComparison(welcomeFigure, "ms", report.Long.Welcome, "an empty journal", report.None.Welcome),
	}, nil
}
