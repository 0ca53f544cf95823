package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	origin       = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
	startTimeout = 30 * time.Second
)

var hello = protocol.Hello{Version: "e2e", Browser: "e2e"}

// companion is the built program with a data directory that survives its being killed.
type companion struct {
	binary string
	dir    string
	api    string
	tray   bool // whether it shows a tray icon

	mu         sync.Mutex
	cmd        *exec.Cmd
	port       int
	creds      *protocol.Credentials
	kills      int // how often it was killed while running
	log        *os.File
	transcript bytes.Buffer // plaintext messages of the sessions that were tapped
}

// newCompanion makes a data directory and stores the API key. It does not start the
// companion.
func newCompanion(ctx context.Context, binary, api, key string) (*companion, error) {
	dir, err := os.MkdirTemp("", "e2e-data-")
	if err != nil {
		return nil, err
	}
	binary, err = filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	c := &companion{binary: binary, dir: dir, api: api, log: log}
	cmd := c.command(ctx, "key", "set", "--api-url", api)
	cmd.Stdin = strings.NewReader(key + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("set the API key (make build makes the companion): %w\n%s", err, out)
	}
	return c, nil
}

func (c *companion) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, c.binary, append(args, "--data-dir", c.dir)...)
}

// start starts the companion unless it is running, and waits until it listens.
func (c *companion) start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		return nil
	}
	// A shell with umask 0, because the companion itself must keep its files private.
	args := []string{"-c", `umask 0; exec "$0" "$@"`, c.binary, "run", "--port", "0", "--api-url", c.api, "--data-dir", c.dir}
	if !c.tray {
		args = append(args, "--no-tray")
	}
	cmd := exec.Command("sh", args...)
	cmd.Stderr = c.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the companion: %w", err)
	}
	timer := time.AfterFunc(startTimeout, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "listening on 127.0.0.1:"); ok {
			c.port, err = strconv.Atoi(port)
			c.cmd = cmd
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return err
		}
	}
	return fmt.Errorf("the companion did not start: %w\n%s", cmd.Wait(), c.logTail())
}

// logTail returns the end of the companion's log.
func (c *companion) logTail() string {
	raw, _ := os.ReadFile(c.log.Name())
	return string(raw[max(0, len(raw)-4<<10):])
}

// kill kills the companion with SIGKILL and waits until it is dead.
func (c *companion) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		c.cmd = nil
		c.kills++
	}
}

func (c *companion) killCount() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kills
}

// stop ends the companion as a person does with Ctrl-C, and waits for it.
func (c *companion) stop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return nil
	}
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	err := c.cmd.Wait()
	c.cmd = nil
	if err != nil {
		return fmt.Errorf("the companion did not stop cleanly: %w", err)
	}
	return nil
}

func (c *companion) remove() error {
	c.kill()
	return errors.Join(c.log.Close(), os.RemoveAll(c.dir))
}

// connect starts the companion if necessary and opens a session as a browser does. The
// first time it pairs.
func (c *companion) connect(ctx context.Context) (*wsclient.Client, error) {
	if err := c.start(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	port, creds := c.port, c.creds
	c.mu.Unlock()
	if creds != nil {
		return wsclient.Connect(ctx, port, *creds, origin, hello)
	}
	pairing, err := control.Dial(c.dir).Pair(ctx)
	if err != nil {
		return nil, err
	}
	client, paired, err := wsclient.Pair(ctx, pairing.Code, origin, hello)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.creds = &paired
	c.mu.Unlock()
	return client, nil
}

// readLedger returns what the ledger command prints.
func (c *companion) readLedger(ctx context.Context) (list []control.Entry, err error) {
	out, err := c.command(ctx, "ledger", "--json").Output()
	if err == nil {
		err = json.Unmarshal(out, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return list, nil
}

// liftLimits raises the spending limits so far that no test reaches them.
func (c *companion) liftLimits(ctx context.Context) error {
	if out, err := c.command(ctx, "limits", "--order", "10000000", "--day", "1000000000").CombinedOutput(); err != nil {
		return fmt.Errorf("lift the limits: %w\n%s", err, out)
	}
	return nil
}
