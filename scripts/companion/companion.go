// Package companion runs the built daemon with the sandbox provider, for the demo
// and for tests.
package companion

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/logspanel/companion/shared/money"
)

// Companion is a running daemon.
type Companion struct {
	Address  string // where it listens: 127.0.0.1:PORT
	Provider string // the sandbox provider's address
	binary   string
	Dir      string // its data directory
	cmd      *exec.Cmd
	stop     context.CancelFunc
	log      *tail
}

// Start runs the binary with a data directory of its own, and waits until it listens.
func Start(ctx context.Context, binary string) (*Companion, error) {
	dir, err := os.MkdirTemp("", "companion-")
	if err != nil {
		return nil, err
	}
	binary, err = filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	c := &Companion{binary: binary, Dir: dir, stop: stop, log: &tail{}}
	c.cmd = exec.CommandContext(ctx, binary, "run", "--sandbox", "--no-tray", "--port", "0", "--data-dir", dir)
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(os.Interrupt) }
	c.cmd.WaitDelay = 10 * time.Second
	c.cmd.Stderr = c.log
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the companion (make build makes it): %w", err)
	}
	lines := bufio.NewScanner(out)
	for (c.Address == "" || c.Provider == "") && lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			c.Address = at
		}
		if at, ok := strings.CutPrefix(lines.Text(), "sandbox provider at "); ok {
			c.Provider = at
		}
	}
	if c.Address == "" || c.Provider == "" {
		return nil, fmt.Errorf("the companion did not start: %w\n%s", c.Stop(), c.log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return c, nil
}

// Stop ends the daemon as Ctrl-C does, and removes its data.
func (c *Companion) Stop() error {
	c.stop()
	err := c.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err == nil || errors.As(err, &exit) && exit.Success() || errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(c.Dir))
}

// Log is what the daemon has said on standard error.
func (c *Companion) Log() string { return c.log.String() }

// Pair asks the running daemon for a pairing code, as a person does.
func (c *Companion) Pair(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, c.binary, "pair", "--data-dir", c.Dir).Output()
	if err != nil {
		return "", fmt.Errorf("ask for a pairing code: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.Count(line, "-") > 4 {
			return line, nil
		}
	}
	return "", fmt.Errorf("there is no pairing code in %q", out)
}

// Balance is the wallet as the provider has it, not the daemon.
func (c *Companion) Balance(ctx context.Context) (money.Money, error) {
	var ledger struct {
		Balance money.Money `json:"balance"`
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Provider+"/sandbox/ledger", nil)
	if err != nil {
		return ledger.Balance, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return ledger.Balance, fmt.Errorf("read the provider's ledger: %w", err)
	}
	defer res.Body.Close()
	err = json.NewDecoder(res.Body).Decode(&ledger)
	return ledger.Balance, err
}

// Reprice makes the provider ask another price for a service.
func (c *Companion) Reprice(ctx context.Context, serviceID string, price money.Money) error {
	body := fmt.Sprintf(`{"service_id": %q, "price_kobo": %d}`, serviceID, price.Minor)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Provider+"/sandbox/offer", strings.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("change the price: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("change the price: %s", res.Status)
	}
	return nil
}

// tail keeps what was written last.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailSize):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
