// Package companion runs the built daemon with the sandbox provider, for the demo
// and for tests.
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
	Address  string // where it listens: 127.0.0.1:PORT
	Provider string // the sandbox provider's address; empty over another
	Dir      string // its data directory
	binary   string
	args     []string
	input    string // for its standard input
	cmd      *exec.Cmd
	cancel   context.CancelFunc
	output   *logTail
}

// Start runs the binary over the sandbox provider, with a data directory of its own,
// and waits until it listens.
func Start(ctx context.Context, binary string) (*Companion, error) {
	c, err := newCompanion(binary)
	if err != nil {
		return nil, err
	}
	c.args = []string{"--sandbox"}
	return c, c.Run(ctx)
}

// passphrase is that of the keyring files.
const passphrase = "a passphrase for tests"

// StartWithProvider is Start over the provider at an address, with an API key for it. The secrets are
// in an encrypted file, so that a companion that is run again still has them.
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

// Run starts the daemon, again at the same port where it has had one, and waits until
// it listens.
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
		return fmt.Errorf("start the companion (make build makes it): %w", err)
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

// lacksAddress reports that an address is still to be said.
func (c *Companion) lacksAddress() bool {
	return c.Address == "" || c.Provider == "" && c.args[0] == "--sandbox"
}

// PID is the daemon's process.
func (c *Companion) PID() int { return c.cmd.Process.Pid }

// Halt ends the daemon as Ctrl-C does; Run starts it again over the same data.
func (c *Companion) Halt() error {
	c.cancel()
	err := c.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err == nil || errors.As(err, &exit) && exit.Success() || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Stop ends the daemon, and removes its data.
func (c *Companion) Stop() error { return errors.Join(c.Halt(), os.RemoveAll(c.Dir)) }

// Command is what a command prints.
func (c *Companion) Command(ctx context.Context, args ...string) (string, error) {
	out, err := c.newCommand(ctx, args[0], args[1:]...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// Log is what the daemon has said on standard error.
func (c *Companion) Log() string { return c.output.String() }

// Pair asks the running daemon for a pairing code, as a person does.
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

// Balance is the wallet as the provider has it, not the daemon.
func (c *Companion) Balance(ctx context.Context) (money.Money, error) {
	ledger, err := readSandbox[struct {
		Balance money.Money `json:"balance"`
	}](ctx, c, "ledger")
	return ledger.Balance, err
}

// Offer is one service in one country, by the ids that a purchase takes.
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

// readSandbox reads something from the sandbox.
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

// SetPrice makes the provider ask another price for a service.
func (c *Companion) SetPrice(ctx context.Context, serviceID string, price money.Money) error {
	return c.Control(ctx, "offer", map[string]any{"service_id": serviceID, "price_kobo": price.Minor})
}

// SendSMS makes a text message come to a number, and gives the code in it.
func (c *Companion) SendSMS(ctx context.Context, number string) (code string, err error) {
	raw, err := c.postSandbox(ctx, "sms", map[string]string{"number": number})
	if err != nil {
		return "", err
	}
	var text struct{ Code string }
	err = json.Unmarshal(raw, &text)
	return text.Code, err
}

// Control gives the provider one of the commands that the sandbox takes by POST, such
// as "offer".
func (c *Companion) Control(ctx context.Context, command string, body any) error {
	_, err := c.postSandbox(ctx, command, body)
	return err
}

// postSandbox sends the sandbox a command, and gives what it answers.
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

// logTail keeps what was written last.
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
