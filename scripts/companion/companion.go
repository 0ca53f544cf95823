// Package companion runs the built daemon for the demo and for tests, each time with a
// temporary data directory. Start uses the sandbox provider, StartWithProvider any other.
// The other methods run its commands and control the sandbox.
//
// It needs what "make build" builds. It never touches the data, the keyring or the tray of
// the person who runs it.
package companion

import (
	"bufio"
	"bytes"
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
	Address  string // what it listens on: 127.0.0.1:PORT
	Provider string // the sandbox provider's URL; empty with another provider
	Dir      string // its data directory
	binary   string
	args     []string
	input    string // for its standard input
	cmd      *exec.Cmd
	cancel   context.CancelFunc
	output   *logTail
}

// Start runs the binary with the sandbox provider and a temporary data directory, and waits
// until it listens. Call Stop to end it.
func Start(ctx context.Context, binary string) (*Companion, error) {
	c, err := newCompanion(binary)
	if err != nil {
		return nil, err
	}
	c.args = []string{"--sandbox"}
	return c, c.Run(ctx)
}

// passphrase encrypts the keyring files.
const passphrase = "a passphrase for tests"

// StartWithProvider is like Start, with the provider at the URL api and an API key for it.
// The secrets are in an encrypted file, so that they survive Halt and Run.
func StartWithProvider(ctx context.Context, binary, api, key string) (*Companion, error) {
	c, err := newCompanion(binary)
	if err != nil {
		return nil, err
	}
	c.args, c.input = []string{"--api-url", api, "--keyring", "file"}, passphrase+"\n"
	set := c.newCommand(ctx, "key", append([]string{"set"}, c.args...)...)
	set.Stdin = strings.NewReader(c.input + key + "\n")
	if out, err := set.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("set the API key: %w: %s", err, out), os.RemoveAll(c.Dir))
	}
	return c, c.Run(ctx)
}

func newCompanion(binary string) (*Companion, error) {
	dir, err := os.MkdirTemp("", "companion-")
	if err != nil {
		return nil, err
	}
	binary, err = filepath.Abs(binary)
	return &Companion{binary: binary, Dir: dir, output: &logTail{}}, err
}

func (c *Companion) newCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, c.binary, append([]string{name, "--data-dir", c.Dir}, args...)...)
}

// Run starts the daemon and waits until it listens. It uses the same port as before, if
// Address is set.
func (c *Companion) Run(ctx context.Context) error {
	_, port, known := strings.Cut(c.Address, ":")
	if !known {
		port = "0"
	}
	c.Address = ""
	ctx, c.cancel = context.WithCancel(ctx)
	c.cmd = c.newCommand(ctx, "run", append([]string{"--no-tray", "--port", port}, c.args...)...)
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(os.Interrupt) }
	c.cmd.WaitDelay = 10 * time.Second
	c.cmd.Stdin, c.cmd.Stderr = strings.NewReader(c.input), c.output
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("start the companion (make build builds it): %w", err)
	}
	lines := bufio.NewScanner(out)
	for c.lacksAddress() && lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			c.Address = at
		}
		if at, ok := strings.CutPrefix(lines.Text(), "sandbox provider at "); ok {
			c.Provider = at
		}
	}
	if c.lacksAddress() {
		return fmt.Errorf("the companion did not start: %w\n%s", c.Stop(), c.output)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return nil
}

// lacksAddress reports whether the daemon has yet to print an address.
func (c *Companion) lacksAddress() bool {
	return c.Address == "" || c.Provider == "" && c.args[0] == "--sandbox"
}

// PID is the daemon's process id.
func (c *Companion) PID() int { return c.cmd.Process.Pid }

// Halt ends the daemon as Ctrl-C does. Run starts it again with the same data.
func (c *Companion) Halt() error {
	c.cancel()
	err := c.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err == nil || errors.As(err, &exit) && exit.Success() || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Stop ends the daemon and removes its data.
func (c *Companion) Stop() error { return errors.Join(c.Halt(), os.RemoveAll(c.Dir)) }

// Command runs a command of the companion, and returns its standard output.
func (c *Companion) Command(ctx context.Context, args ...string) (string, error) {
	out, err := c.newCommand(ctx, args[0], args[1:]...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// Log returns the last 64 KiB of the daemon's standard error.
func (c *Companion) Log() string { return c.output.String() }

// Pair requests a pairing code from the running daemon.
func (c *Companion) Pair(ctx context.Context) (string, error) {
	out, err := c.Command(ctx, "pair")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); strings.Count(line, "-") > 4 {
			return line, nil
		}
	}
	return "", fmt.Errorf("there is no pairing code in %q", out)
}

// Balance returns the balance as the provider knows it, not as the daemon shows it.
func (c *Companion) Balance(ctx context.Context) (money.Money, error) {
	ledger, err := readSandbox[struct {
		Balance money.Money `json:"balance"`
	}](ctx, c, "ledger")
	return ledger.Balance, err
}

// Offer is one service in one country, with the ids that a purchase takes.
type Offer struct {
	ServiceID string `json:"service_id"`
	Service   string `json:"service"`
	CountryID string `json:"country_id"`
	Country   string `json:"country"` // ISO 3166, lower case
}

// Offers lists what the provider sells.
func (c *Companion) Offers(ctx context.Context) ([]Offer, error) {
	return readSandbox[[]Offer](ctx, c, "offers")
}

// readSandbox reads a resource of the sandbox's control interface.
func readSandbox[T any](ctx context.Context, c *Companion, what string) (result T, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Provider+"/sandbox/"+what, nil)
	if err != nil {
		return result, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return result, fmt.Errorf("read the sandbox's %s: %w", what, err)
	}
	defer res.Body.Close()
	err = json.NewDecoder(res.Body).Decode(&result)
	return result, err
}

// SetPrice changes the provider's price of a service.
func (c *Companion) SetPrice(ctx context.Context, serviceID string, price money.Money) error {
	return c.Control(ctx, "offer", map[string]any{"service_id": serviceID, "price_kobo": price.Minor})
}

// SendSMS makes the provider receive a text message for a number, and returns the code in
// it.
func (c *Companion) SendSMS(ctx context.Context, number string) (code string, err error) {
	raw, err := c.postSandbox(ctx, "sms", map[string]string{"number": number})
	if err != nil {
		return "", err
	}
	var text struct{ Code string }
	err = json.Unmarshal(raw, &text)
	return text.Code, err
}

// Control sends a command, such as "offer", to the sandbox's control interface.
func (c *Companion) Control(ctx context.Context, command string, body any) error {
	_, err := c.postSandbox(ctx, command, body)
	return err
}

// postSandbox sends a command to the sandbox, and returns its answer.
func (c *Companion) postSandbox(ctx context.Context, command string, body any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Provider+"/sandbox/"+command, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("control the sandbox: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("control the sandbox: %s: %s", command, bytes.TrimSpace(answer))
	}
	return answer, err
}

// logTail keeps the end of what is written to it.
type logTail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 64 << 10

func (t *logTail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailSize):]
	return len(p), nil
}

func (t *logTail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
