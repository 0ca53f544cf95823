package main

import "context"

const (
	resumeFigure  = "100,000 orders of history, started until it listens"
	welcomeFigure = "100,000 orders of history, a browser's welcome"
)

// measurePast reads what a trial says of starting over a long history, and over none.
func measurePast(ctx context.Context) ([]Figure, error) {
	type resumed struct {
		Listening []float64 `json:"listening_after_ms"`
		Welcome   []float64 `json:"welcome_after_ms"`
	}
	var trial struct{ Long, None resumed }
	if err := tried(ctx, &trial, "past"); err != nil {
		return nil, err
	}
	return []Figure{
		compared(resumeFigure, "ms", trial.Long.Listening, "an empty journal", trial.None.Listening),
		compared(welcomeFigure, "ms", trial.Long.Welcome, "an empty journal", trial.None.Welcome),
	}, nil
}
