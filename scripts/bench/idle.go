package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
)

// These figures come from the idle end-to-end test: the companion with a tray in a real
// panel and a paired browser, compared with a Go program that only listens.
const (
	listenFigure = "the companion, started until it listens"
	memoryFigure = "the companion at rest, memory"
	idleFigure   = "the companion at rest, processor in ten seconds"
)

const idleRepeats = 3

func measureIdle(ctx context.Context) ([]Figure, error) {
	type cost struct {
		Listening float64 `json:"listening_after_ms"`
		RSS       float64 `json:"rss_mb"`
		CPU       float64 `json:"cpu_ms"`
	}
	var listen, memory, cpu, emptyListen, emptyMemory, emptyCPU []float64
	for range idleRepeats {
		var report struct {
			Companion cost `json:"companion"`
			Empty     cost `json:"empty_program"`
		}
		if err := runE2E(ctx, &report, "idle", "-patience", "10s"); err != nil {
			return nil, err
		}
		c, e := report.Companion, report.Empty
		listen, memory, cpu = append(listen, c.Listening), append(memory, c.RSS), append(cpu, c.CPU)
		emptyListen, emptyMemory, emptyCPU = append(emptyListen, e.Listening), append(emptyMemory, e.RSS), append(emptyCPU, e.CPU)
	}
	const empty = "an empty Go program"
	return []Figure{
		newComparison(listenFigure, "ms", listen, empty, emptyListen),
		newComparison(memoryFigure, "MB", memory, empty, emptyMemory),
		newComparison(idleFigure, "ms", cpu, empty, emptyCPU),
	}, nil
}

// runE2E runs an end-to-end test and decodes its report, which follows other output of its
// D-Bus session.
func runE2E(ctx context.Context, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"run", "./daemon/e2e"}, args...)...)
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("the end-to-end test: %w\n%s%s", err, out, failed.String())
	}
	begin := bytes.Index(out, []byte("{\n"))
	if begin < 0 {
		return fmt.Errorf("the end-to-end test printed no report: %s", out)
	}
	return json.NewDecoder(bytes.NewReader(out[begin:])).Decode(into)
}
