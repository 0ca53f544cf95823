package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// IdleReport is what an idle companion costs, beside a baseline: a Go program that only
// listens.
type IdleReport struct {
	Companion ProcessCost `json:"companion"`
	Empty     ProcessCost `json:"empty_program"`
	Calls     int         `json:"provider_calls"` // calls to the provider while idle
}

// ProcessCost is the cost of one process over a while: times in milliseconds, memory in MB.
type ProcessCost struct {
	Listening float64 `json:"listening_after_ms"`
	RSS       float64 `json:"rss_mb"`
	Private   float64 `json:"private_mb"` // not backed by a file
	CPU       float64 `json:"cpu_ms"`
	Seconds   float64 `json:"over_seconds"`
}

// The limits for an idle companion.
const (
	maxRSS = 24.0 // MB; the aim is about 20
	maxCPU = 0.1  // percent of a processor
)

const baselineProgram = `package main

import (
	"fmt"
	"net"
)

func main() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", l.Addr())
	_, _ = l.Accept()
}
`

// idle runs the companion with a paired browser, a tray icon in a real panel and a keyring,
// leaves it alone for s.patience, and measures it. It fails where a limit is exceeded.
func idle(ctx context.Context, s settings) (i *IdleReport, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := errors.Join(startDisplay(ctx), configurePanel(false)); err != nil {
		return nil, err
	}
	panel := exec.CommandContext(ctx, "xfce4-panel", "--disable-wm-check")
	if err := panel.Start(); err != nil {
		return nil, fmt.Errorf("start a panel (make install installs it): %w", err)
	}
	simulated := sandbox.New(sandbox.Options{})
	server := httptest.NewServer(simulated)
	defer server.Close()
	c, err := newCompanion(ctx, s.binary, server.URL+sandbox.Path, sandbox.Key)
	if err != nil {
		return nil, err
	}
	c.tray = true
	defer func() { err = errors.Join(err, c.remove()) }()
	begun := time.Now()
	if err := c.start(); err != nil {
		return nil, err
	}
	i = &IdleReport{}
	i.Companion.Listening = milliseconds(time.Since(begun))
	client, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	t := &testBrowser{client, client.Welcome().Snapshot}
	if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, nil); err != nil {
		return nil, err
	}
	empty, err := startBaseline(ctx, i)
	if err != nil {
		return nil, err
	}
	started := time.After(5 * time.Second) // until the work of starting is over
	select {
	case <-started:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before := len(simulated.Calls())
	if err := i.measure(ctx, s.patience, c.cmd.Process.Pid, empty); err != nil {
		return nil, err
	}
	if i.Calls = len(simulated.Calls()) - before; i.Calls > 0 {
		err = fmt.Errorf("the provider was called %d times while idle", i.Calls)
	}
	if i.Companion.RSS > maxRSS {
		err = errors.Join(err, fmt.Errorf("it takes %.1f MB", i.Companion.RSS))
	}
	if i.Companion.CPU/10/i.Companion.Seconds > maxCPU {
		err = errors.Join(err, fmt.Errorf("it takes %.0f ms of a processor in %.0f s", i.Companion.CPU, i.Companion.Seconds))
	}
	return i, errors.Join(err, c.stop())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// startBaseline builds and starts the baseline program.
func startBaseline(ctx context.Context, i *IdleReport) (pid int, err error) {
	dir, err := os.MkdirTemp("", "e2e-empty-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "empty")
	if err := os.WriteFile(source, []byte(baselineProgram), 0o600); err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, source).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the baseline program: %w: %s", err, out)
	}
	cmd := exec.CommandContext(ctx, program)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	_, err = bufio.NewReader(out).ReadString('\n')
	i.Empty.Listening = milliseconds(time.Since(begun))
	return cmd.Process.Pid, err
}

// measure reads the cost of both processes at the beginning and the end of a duration.
func (r *IdleReport) measure(ctx context.Context, duration time.Duration, companion, empty int) error {
	costs := map[int]*ProcessCost{companion: &r.Companion, empty: &r.Empty}
	begun := time.Now()
	for pid, cost := range costs {
		spent, err := cpuTime(pid)
		if err != nil {
			return err
		}
		cost.CPU = -spent
	}
	select {
	case <-time.After(duration):
	case <-ctx.Done():
		return ctx.Err()
	}
	for pid, cost := range costs {
		spent, err := cpuTime(pid)
		if err != nil {
			return err
		}
		cost.CPU += spent
		cost.Seconds = time.Since(begun).Round(time.Second).Seconds()
		if cost.RSS, err = memoryMB(pid, "VmRSS:"); err != nil {
			return err
		}
		if cost.Private, err = memoryMB(pid, "RssAnon:"); err != nil {
			return err
		}
	}
	return nil
}

// cpuTime returns the CPU time of all threads of a process, in milliseconds.
func cpuTime(pid int) (float64, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var all float64
	for _, path := range threads {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has just ended
		}
		ns, err := strconv.ParseFloat(strings.Fields(string(raw))[0], 64)
		if err != nil {
			return 0, err
		}
		all += ns / 1e6
	}
	return all, nil
}

// memoryMB returns the value of a line of /proc/PID/status, in MB.
func memoryMB(pid int, line string) (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for text := range strings.Lines(string(raw)) {
		if kilobytes, ok := strings.CutPrefix(text, line); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kilobytes), "kB")), 64)
			return n / 1024, err
		}
	}
	return 0, fmt.Errorf("the system does not report %s", line)
}
