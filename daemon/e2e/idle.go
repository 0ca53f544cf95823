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

// Idle is what it costs to have the companion run while nothing waits, beside a Go
// program that listens and does nothing else.
type Idle struct {
	Companion Cost `json:"companion"`
	Empty     Cost `json:"empty_program"`
	Calls     int  `json:"provider_calls"` // while nothing waited
}

// Cost is that of one process over a while.
type Cost struct {
	Listening float64 `json:"listening_after_ms"`
	RSS       float64 `json:"rss_mb"`
	Private   float64 `json:"private_mb"` // what it shares with no file
	CPU       float64 `json:"cpu_ms"`
	Seconds   float64 `json:"over_seconds"`
}

// The bounds that idle holds the companion to.
const (
	mostRSS = 24.0 // MB; about 20 are meant
	mostCPU = 0.1  // percent of a processor
)

const emptyProgram = `package main

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

// idle runs the companion with a paired browser, a tray in a real panel and a keyring,
// and leaves it alone.
func idle(ctx context.Context, s settings) (i *Idle, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := errors.Join(openScreen(ctx), furnish(false)); err != nil {
		return nil, err
	}
	panel := exec.CommandContext(ctx, "xfce4-panel", "--disable-wm-check")
	if err := panel.Start(); err != nil {
		return nil, fmt.Errorf("start a panel (make install brings it): %w", err)
	}
	own := sandbox.New(sandbox.Options{})
	server := httptest.NewServer(own)
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
	i = &Idle{}
	i.Companion.Listening = milliseconds(time.Since(begun))
	client, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	t := &traveller{client, client.Welcome().Snapshot}
	if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, nil); err != nil {
		return nil, err
	}
	empty, err := startEmpty(ctx, i)
	if err != nil {
		return nil, err
	}
	settle := time.After(5 * time.Second) // until what starting takes is over
	select {
	case <-settle:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before := len(own.Calls())
	if err := i.measure(ctx, s.patience, c.cmd.Process.Pid, empty); err != nil {
		return nil, err
	}
	if i.Calls = len(own.Calls()) - before; i.Calls > 0 {
		err = fmt.Errorf("the provider was called %d times while nothing waited", i.Calls)
	}
	if i.Companion.RSS > mostRSS {
		err = errors.Join(err, fmt.Errorf("it takes %.1f MB", i.Companion.RSS))
	}
	if i.Companion.CPU/10/i.Companion.Seconds > mostCPU {
		err = errors.Join(err, fmt.Errorf("it takes %.0f ms of a processor in %.0f s", i.Companion.CPU, i.Companion.Seconds))
	}
	return i, errors.Join(err, c.stop())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// startEmpty builds and starts the program that does nothing.
func startEmpty(ctx context.Context, i *Idle) (pid int, err error) {
	dir, err := os.MkdirTemp("", "trial-empty-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "empty")
	if err := os.WriteFile(source, []byte(emptyProgram), 0o600); err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, source).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the empty program: %w: %s", err, out)
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

// measure looks at both processes at the begin and the end of a while.
func (i *Idle) measure(ctx context.Context, while time.Duration, companion, empty int) error {
	costs := map[int]*Cost{companion: &i.Companion, empty: &i.Empty}
	begun := time.Now()
	for pid, cost := range costs {
		spent, err := processor(pid)
		if err != nil {
			return err
		}
		cost.CPU = -spent
	}
	select {
	case <-time.After(while):
	case <-ctx.Done():
		return ctx.Err()
	}
	for pid, cost := range costs {
		spent, err := processor(pid)
		if err != nil {
			return err
		}
		cost.CPU += spent
		cost.Seconds = time.Since(begun).Round(time.Second).Seconds()
		if cost.RSS, err = memory(pid, "VmRSS:"); err != nil {
			return err
		}
		if cost.Private, err = memory(pid, "RssAnon:"); err != nil {
			return err
		}
	}
	return nil
}

// processor is what a process has had of the processors, in milliseconds.
func processor(pid int) (float64, error) {
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

// memory is a line of a process's status, in MB.
func memory(pid int, line string) (float64, error) {
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
	return 0, fmt.Errorf("the system does not tell %s", line)
}
