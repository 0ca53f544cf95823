// Trial puts the built companion to the test against a provider on loopback: the
// sandbox, or another that keeps the same contract.
//
//	trial journey   a purchase, its code, a refund, and all that can be looked at
//	trial crash     kills the companion in the middle of purchases, and counts the money
//	trial tray      pictures of the tray in a real panel
//	trial idle      what the companion costs while nothing waits
//	trial past      what a long history costs when it starts
//
// The companion is the real one, with a Secret Service of its own; the
// client is a native one over the real channel. A difference between what any of them
// says is an exit code other than 0.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"
)

func main() {
	if again, err := inSession(); again || err != nil {
		exit(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "trial:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// settings are what a trial is told.
type settings struct {
	binary   string
	api      string        // another provider's; empty: the sandbox
	key      string        // of its account
	query    string        // what to buy
	kills    int           // for crash
	workers  int           // for crash against the sandbox
	patience time.Duration // for a code, or a refund
}

func run(ctx context.Context, args []string, out io.Writer) error {
	// A key is no argument, and no child of this process inherits it.
	s := settings{key: os.Getenv("API_KEY")}
	if err := os.Unsetenv("API_KEY"); err != nil {
		return err
	}
	flags := flag.NewFlagSet("trial", flag.ContinueOnError)
	flags.StringVar(&s.binary, "binary", filepath.Join("build", "logspanel-companion"), "the companion that make build makes")
	flags.StringVar(&s.api, "api", "", "the API of a provider on loopback; its key is asked for, or is in the environment as API_KEY")
	flags.StringVar(&s.query, "query", "", "which service and country to buy; the cheapest in stock is taken")
	flags.IntVar(&s.kills, "kills", 100, "how often crash kills the companion")
	flags.IntVar(&s.workers, "workers", 4, "how many companions crash kills side by side, against sandboxes of their own")
	flags.DurationVar(&s.patience, "patience", 5*time.Minute, "how long to wait for a code or a refund, and how long idle looks on")
	if len(args) == 0 {
		return errors.New("say what to try: journey, crash, tray, idle or past")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if s.api != "" && s.key == "" {
		var err error
		if s.key, err = askKey(os.Stdin); err != nil {
			return err
		}
	}
	var report any
	var err error
	switch args[0] {
	case "journey":
		report, err = journey(ctx, s)
	case "crash":
		report, err = crash(ctx, s)
	case "tray":
		report, err = pictures(ctx, s, filepath.Join("build", "tray"))
	case "idle":
		report, err = idle(ctx, s)
	case "past":
		report, err = past(ctx, s)
	default:
		return fmt.Errorf("there is no trial %q: say journey, crash, tray, idle or past", args[0])
	}
	if report != nil {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = errors.Join(err, encoder.Encode(report))
	}
	return err
}

// askKey asks for the account's key without showing it, or reads a line where no
// person types.
func askKey(in *os.File) (key string, err error) {
	if term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(os.Stderr, "The provider's API key (it is not shown): ")
		raw, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("read the API key: %w", err)
		}
		key = string(raw)
	} else if key, err = bufio.NewReader(in).ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the API key: %w", err)
	}
	if key = strings.TrimSpace(key); key == "" {
		return "", errors.New("the provider's API key is missing: type it when it is asked for, or give it as a line of standard input")
	}
	return key, nil
}
