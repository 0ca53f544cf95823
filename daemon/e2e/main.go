// E2e tests the built companion from end to end against a provider on loopback. Each
// subcommand starts the real program with a data directory, D-Bus session and keyring of its
// own, connects to it over the encrypted channel as the extension does, and prints a report
// as JSON. The exit code is not 0 where something differs from what it should be.
//
//	make build
//	go run ./daemon/e2e journey
//
// The subcommands are:
//
//	journey  Goes through the product once: prices, a purchase, its code, a second purchase
//	         and its refund, account logs and boosts. It proves that the companion's orders,
//	         balance and ledger agree with the provider, and that neither the API key nor
//	         the browser's secret is in a file, log, argument, environment, message or crash
//	         dump. It takes about 10 seconds.
//
//	crash    Kills the companion with SIGKILL at every step of a purchase (-kills times, 100
//	         by default), with faults of the provider and full disks, and starts it again. It
//	         proves that each purchase is charged once or not at all and that every refund
//	         arrives: afterwards intents, ledger, orders and the provider's books agree.
//	         100 kills take about 20 seconds with four companions (-workers) in parallel.
//
//	tray     Shows the tray icon in a real panel, light and dark, in each of its states, and
//	         writes pictures of it and its menu to build/tray. They are for the eye: it proves
//	         only that a panel accepts the icon. It takes about a minute.
//
//	idle     Leaves the companion alone for -patience (five minutes by default), with
//	         a paired browser and a tray icon. It proves that the provider is not called and
//	         that memory and CPU time stay under their limits, and measures an empty Go
//	         program beside it. It takes about ten seconds more.
//
//	history  Starts the companion with a history of 100,000 orders and with none, in turns.
//	         It measures how long each takes to listen and to welcome a browser. It takes
//	         about a minute.
//
// With -api, journey and crash use another provider on loopback instead of the sandbox and
// spend its account's money. They read the key from the environment variable API_KEY, or ask
// for it.
//
// It runs on Linux and needs dbus-run-session and gnome-keyring; tray and idle also need
// Xvfb, openbox and xfce4-panel. make install installs them.
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
	if again, err := reexecInSession(); again || err != nil {
		exit(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// settings are the command's flags and the API key.
type settings struct {
	binary   string
	api      string        // base URL of another provider; empty: the sandbox
	key      string        // API key of that provider's account
	query    string        // search for what to buy
	kills    int           // for crash
	workers  int           // for crash against the sandbox
	patience time.Duration // timeout for a code or a refund; the duration of idle
}

func run(ctx context.Context, args []string, out io.Writer) error {
	// The key is never an argument, and no child process inherits it.
	s := settings{key: os.Getenv("API_KEY")}
	if err := os.Unsetenv("API_KEY"); err != nil {
		return err
	}
	flags := flag.NewFlagSet("e2e", flag.ContinueOnError)
	flags.StringVar(&s.binary, "binary", filepath.Join("build", "logspanel-companion"), "the companion to test")
	flags.StringVar(&s.api, "api", "", "the base URL of another provider on loopback; the key is read from API_KEY, or asked for")
	flags.StringVar(&s.query, "query", "", "search for the service and country to buy; the cheapest in stock is bought")
	flags.IntVar(&s.kills, "kills", 100, "how often crash kills the companion")
	flags.IntVar(&s.workers, "workers", 4, "how many companions crash kills in parallel, each with its own sandbox")
	flags.DurationVar(&s.patience, "patience", 5*time.Minute, "how long to wait for a code or a refund, and how long idle measures")
	if len(args) == 0 {
		return errors.New("a subcommand is missing: journey, crash, tray, idle or history")
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
		report, err = photographTray(ctx, s, filepath.Join("build", "tray"))
	case "idle":
		report, err = idle(ctx, s)
	case "history":
		report, err = measureHistory(ctx, s)
	default:
		return fmt.Errorf("unknown subcommand %q: use journey, crash, tray, idle or history", args[0])
	}
	if report != nil {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = errors.Join(err, encoder.Encode(report))
	}
	return err
}

// askKey asks for the account's key without showing it. Where in is not a terminal, it
// reads one line.
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
		return "", errors.New("the provider's API key is missing: type it when it is asked for, or pass it as a line on standard input")
	}
	return key, nil
}
