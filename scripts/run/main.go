// Run starts the companion with play money and a browser with the extension in it, and
// prints what to click. It runs until the browser is closed.
//
// It needs Chromium and what "make build" builds. With -live it uses the real provider and
// the API key in the keyring. Without a screen it runs the demo.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
)

const (
	binary    = "build/logspanel-companion"
	extension = "build/extension/chromium"
)

func main() {
	live := flag.Bool("live", false, "the real provider, with the key in the keyring")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *live); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, live bool) error {
	if !hasScreen() {
		if live {
			return errors.New("there is no screen for a browser: on this machine, run " + binary + " run")
		}
		fmt.Println("There is no screen here, so this runs the demo.")
		return runAttached(exec.CommandContext(ctx, "go", "run", "./scripts/demo"))
	}
	if live {
		return runLive(ctx)
	}
	c, err := companion.Start(ctx, binary)
	if err != nil {
		return err
	}
	code, err := c.Pair(ctx)
	if err != nil {
		return errors.Join(err, c.Stop())
	}
	fmt.Printf(`Logspanel Companion runs with play money. In the browser that opens:

  1. Click the puzzle piece, then Logspanel Companion (pin it if you like).
  2. Paste this code and click Pair. It expires after two minutes:

       %s

  3. On the sign-up page, click the icon again: it offers Telegram numbers. Buy one.
  4. Click Fill, then Next on the page. The code arrives and is filled in by itself.

A form with six code boxes: %s/signup/boxes
Another pairing code: %s pair --data-dir %s
Close the browser, or press Ctrl-C here, to stop.
`, code, c.Provider, binary, c.Dir)
	return errors.Join(openBrowser(ctx, c.Provider+"/signup/plain"), c.Stop())
}

// runLive uses the companion's usual data, API key and pairings.
func runLive(ctx context.Context) error {
	if err := runAttached(exec.CommandContext(ctx, binary, "key", "status")); err != nil {
		return errors.New("set your API key first: " + binary + " key set")
	}
	daemon := exec.CommandContext(ctx, binary, "run")
	daemon.Cancel = func() error { return daemon.Process.Signal(os.Interrupt) }
	daemon.Stdout, daemon.Stderr = os.Stdout, os.Stderr
	if err := daemon.Start(); err != nil {
		return err
	}
	fmt.Printf("This is your own account: what you buy costs money.\nFor a pairing code, run in another terminal: %s pair\n", binary)
	err := openBrowser(ctx, "about:blank")
	return errors.Join(err, daemon.Process.Signal(os.Interrupt), daemon.Wait())
}

// openBrowser opens a browser with the extension and a temporary profile, and waits until
// it is closed.
func openBrowser(ctx context.Context, url string) error {
	path, err := browser.Find("chromium", "chromium-browser")
	if err != nil {
		return err
	}
	profile, err := os.MkdirTemp("", "companion-profile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	dir, err := filepath.Abs(extension)
	if err != nil {
		return err
	}
	args := []string{"--user-data-dir=" + profile, "--load-extension=" + dir, "--no-first-run", "--no-default-browser-check", url}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...)
	}
	return exec.CommandContext(ctx, path, args...).Run()
}

func hasScreen() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

func runAttached(cmd *exec.Cmd) error {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
