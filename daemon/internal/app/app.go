// Package app puts the daemon together and connects its parts to the person's desktop.
//
// Run opens the profile of one API host (address, files, keyring), builds the provider's
// client, the orders and the catalogue on top of it, and runs them beside the server for
// browsers, the socket for commands, the tray and the notifications until the person quits.
// Everything else here adapts one part to another:
//
//   - daemon answers the commands (control.Daemon)
//   - ui does what the tray's menu says (tray.Controller), opens the windows and shows the
//     notifications
//   - files opens journal and settings, and finds out what was lost
//   - Keys reads the API key from the keyring; keyedClient gives it to the provider's client
//   - preferences, notificationHistory and browserStore are tables in those files
//   - Diagnose collects what the doctor command reports
//
// The package has no rules of its own about orders and money: these are in package orders.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/adrg/xdg"
	"golang.org/x/sync/errgroup"

	"github.com/logspanel/companion/daemon/internal/catalog"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/logging"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/daemon/internal/tray"
	"github.com/logspanel/companion/shared/protocol"
)

// DefaultAPI is the provider's API.
const DefaultAPI = "https://logspanel.com/api/v1"

// logFile is the log's file name in the data directory.
const logFile = "companion.log"

// DefaultDir returns the data directory used without --data-dir.
func DefaultDir() string { return filepath.Join(xdg.DataHome, "logspanel-companion") }

// Options configures Run, Diagnose and OpenKeys.
type Options struct {
	Sandbox bool
	NoTray  bool
	Port    int // on 127.0.0.1; 0: any free port
	Dir     string
	API     string
	Version string
	Out     io.Writer     // the person's terminal
	Secrets secrets.Store // nil: the store that Keyring describes
	Keyring Keyring
	Rate    ProviderRate
}

// ProviderRate limits how often the provider is asked. The zero value is right for
// Logspanel. A provider that serves only one user, such as the sandbox, can be asked more
// often.
type ProviderRate struct {
	CallsPerSecond int           // also the burst; 0: 5 calls per second in bursts of 10
	CheckInterval  time.Duration // shortest time between two checks of an order, the longest is twice that; 0: 5 s
}

// Run runs the daemon until ctx ends or the person quits it.
func Run(ctx context.Context, opts Options) (failed error) {
	commands, err := control.Listen(opts.Dir)
	if err != nil {
		return err
	}
	defer commands.Close()
	file, redact := logging.NewFile(filepath.Join(opts.Dir, logFile)), new(logging.Redactor)
	defer file.Close()
	log := logging.NewLogger(redact, logging.MultiWriter{os.Stderr, file})
	logging.SetDefault(log)
	log.Info("the companion starts", "version", opts.Version, "process", os.Getpid())
	defer func() { log.Info("the companion stops", "cause", failed) }()

	profile, err := openProfile(ctx, opts)
	if err != nil {
		return err
	}
	defer profile.close()
	listener, err := listen(ctx, opts.Port)
	if err != nil {
		return err
	}
	defer listener.Close()

	keys := NewKeys(profile.secrets, profile.host)
	keys.redact = redact.Hide
	calls := []logspanel.Option{logspanel.WithUserAgent("logspanel-companion/" + opts.Version)}
	if profile.callsPerSecond > 0 {
		calls = append(calls, logspanel.WithRate(float64(profile.callsPerSecond), profile.callsPerSecond))
	}
	client, err := logspanel.New(profile.api, keys.Credential, calls...)
	if err != nil {
		return err
	}
	defer client.Close()
	var svc *orders.Service
	offers := catalog.New(client, func(country, service string) *protocol.DeliveryStats { return svc.DeliveryStats(country, service) }, func() { svc.CatalogChanged() })
	var data *files
	svc, data, err = openOrders(profile, orders.Options{
		Provider: keyedClient{client, keys}, Countries: offers,
		Host: profile.host, Sandbox: opts.Sandbox, Log: log, CheckEvery: opts.Rate.CheckInterval, ProviderTime: client.ProviderTime,
		RedactOrder: func(o protocol.Order) { hideOrder(redact, o) },
	}, opts.Out)
	if isDiskFull(err) {
		return fmt.Errorf("the disk is full: free up space and start the companion again: %w", err)
	}
	if err != nil {
		return err
	}
	defer data.Close()
	prefs, err := openPreferences(data.settings)
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	d := &daemon{orders: svc, keys: keys, prefs: prefs, files: data, clockSkew: client.Skew, redact: redact, log: log, trayChanges: make(chan struct{}, 1), status: control.Status{
		Version: opts.Version, Host: profile.host, Sandbox: opts.Sandbox, Port: port, PID: os.Getpid(),
	}}
	u := &ui{daemon: d, opts: opts, logPath: file.Path(), stop: quit}
	d.server = server.New(server.Options{
		Orders: svc, Catalog: offers, Secrets: profile.secrets, Browsers: browserStore{data.settings},
		Port: port, Version: opts.Version, Log: log, BrowsersChanged: d.refreshTray,
		AskKey: func(context.Context) error { return u.openKeyWindow(ctx) },
	})
	d.printAddresses(opts, profile)
	return u.serve(ctx, listener, commands, offers)
}

// serve runs all parts until ctx ends, and waits for them.
func (u *ui) serve(ctx context.Context, listener, commands net.Listener, offers *catalog.Catalog) error {
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { u.orders.Run(ctx); return nil })
	parts.Go(func() error { offers.Run(ctx); return nil })
	parts.Go(func() error { return u.server.Serve(ctx, listener) })
	parts.Go(func() error { return control.Serve(ctx, commands, u.daemon) })
	parts.Go(func() error { u.runNotifications(ctx); return nil })
	parts.Go(func() error { desktop.OnUnlock(ctx, func() { u.keyringUnlocked(ctx) }); return nil })
	if !u.opts.NoTray {
		u.runTray(ctx)
	}
	<-ctx.Done()
	u.stop() // closes open windows, too
	u.windows.Wait()
	return parts.Wait()
}

func listen(ctx context.Context, port int) (net.Listener, error) {
	if port < 0 || port > 65535 {
		return nil, fmt.Errorf("invalid port %d: choose one from 0 to 65535", port)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is used by %s: stop it, or choose another port with --port: %w", port, portOwner(port), err)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on port %d: %w", port, err)
	}
	return listener, nil
}

func (d *daemon) printAddresses(opts Options, p profile) {
	fmt.Fprintf(opts.Out, "listening on 127.0.0.1:%d\n", d.status.Port)
	if p.signUpURL != "" {
		provider := url.URL{Scheme: "http", Host: p.host}
		fmt.Fprintf(opts.Out, "sandbox provider at %s\nsign-up site at %s\n", provider.String(), p.signUpURL)
	}
}

func (u *ui) runTray(ctx context.Context) {
	err := tray.Run(ctx, tray.Options{Source: u.orders, Controller: u, Changed: u.trayChanges, Log: u.log})
	if err != nil {
		u.log.Warn("there is no tray icon; everything else works", "cause", err)
	}
}

// hideOrder keeps an order's number and codes out of the log.
func hideOrder(redact *logging.Redactor, o protocol.Order) {
	redact.HideOrder(o.ID, o.Number, o.CallingCode, o.Code, o.Received.Code, o.Received.Written)
}
