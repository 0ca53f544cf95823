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

// logName is the log's file in the data directory.
const logName = "companion.log"

// DefaultDir is where the journal is kept unless told otherwise.
func DefaultDir() string { return filepath.Join(xdg.DataHome, "logspanel-companion") }

// Options are what the run command was told.
type Options struct {
	Sandbox bool
	NoTray  bool
	Port    int // 0: any
	Dir     string
	API     string
	Version string
	Out     io.Writer     // for the person at the terminal
	Secrets secrets.Store // nil: as Keyring says
	Keyring Keyring
	Pace    Pace
}

// Pace is how often a provider is asked. The zero Pace is Logspanel's; one that has
// nobody else to serve may be asked more often.
type Pace struct {
	Calls int           // in a second, and at once, at most; 0: 5 in a second, 10 at once
	Check time.Duration // from one check of an order to the next, at least, and at most twice that; 0: 5 s
}

// Run is the daemon, until ctx ends or the person quits it.
func Run(ctx context.Context, opts Options) (failed error) {
	commands, err := control.Listen(opts.Dir)
	if err != nil {
		return err
	}
	defer commands.Close()
	file, redact := logging.NewFile(filepath.Join(opts.Dir, logName)), new(logging.Redactor)
	defer file.Close()
	log := logging.NewLogger(redact, logging.Each{os.Stderr, file})
	logging.Adopt(log)
	log.Info("the companion starts", "version", opts.Version, "process", os.Getpid())
	defer func() { log.Info("the companion stops", "cause", failed) }()

	site, err := open(ctx, opts)
	if err != nil {
		return err
	}
	defer site.close()
	listener, err := listen(ctx, opts.Port)
	if err != nil {
		return err
	}
	defer listener.Close()

	keys := NewKeys(site.secrets, site.host)
	keys.hide = redact.Hide
	calls := []logspanel.Option{logspanel.WithUserAgent("logspanel-companion/" + opts.Version)}
	if site.calls > 0 {
		calls = append(calls, logspanel.WithRate(float64(site.calls), site.calls))
	}
	client, err := logspanel.New(site.api, keys.Credential, calls...)
	if err != nil {
		return err
	}
	defer client.Close()
	var book *orders.Service
	offers := catalog.New(client, func(country, service string) *protocol.DeliveryStats { return book.DeliveryStats(country, service) }, func() { book.CatalogChanged() })
	var data *files
	book, data, err = openBook(site, orders.Options{
		Provider: account{client, keys}, Countries: offers,
		Host: site.host, Sandbox: opts.Sandbox, Log: log, CheckEvery: opts.Pace.Check, ProviderTime: client.Time,
		Seen: func(o protocol.Order) { hideOrder(redact, o) },
	}, opts.Out)
	if full(err) {
		return fmt.Errorf("the disk is full: make room on it and start the companion again: %w", err)
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
	d := &daemon{book: book, keys: keys, prefs: prefs, files: data, clock: client.Skew, redact: redact, log: log, came: make(chan struct{}, 1), status: control.Status{
		Version: opts.Version, Host: site.host, Sandbox: opts.Sandbox, Port: port, PID: os.Getpid(),
	}}
	h := &home{daemon: d, opts: opts, logPath: file.Path(), quit: quit}
	d.wire = server.New(server.Options{
		Orders: book, Catalog: offers, Secrets: site.secrets, Browsers: clients{data.settings},
		Port: port, Version: opts.Version, Log: log, Changed: d.changed,
		AskKey: func(context.Context) error { return h.openKeyWindow(ctx) },
	})
	d.welcome(opts, site)
	return h.serve(ctx, listener, commands, offers)
}

// serve runs all parts until ctx ends.
func (h *home) serve(ctx context.Context, listener, commands net.Listener, offers *catalog.Catalog) error {
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { h.book.Run(ctx); return nil })
	parts.Go(func() error { offers.Run(ctx); return nil })
	parts.Go(func() error { return h.wire.Serve(ctx, listener) })
	parts.Go(func() error { return control.Serve(ctx, commands, h.daemon) })
	parts.Go(func() error { h.tellNews(ctx); return nil })
	parts.Go(func() error { desktop.OnUnlock(ctx, func() { h.unlocked(ctx) }); return nil })
	if !h.opts.NoTray {
		h.showTray(ctx)
	}
	<-ctx.Done()
	h.quit() // a window that is open closes, too
	h.windows.Wait()
	return parts.Wait()
}

func listen(ctx context.Context, port int) (net.Listener, error) {
	if port < 0 || port > 65535 {
		return nil, fmt.Errorf("there is no port %d: choose one up to 65535", port)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is taken by %s: stop that, or choose another port with --port: %w", port, holder(port), err)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on port %d: %w", port, err)
	}
	return listener, nil
}

func (d *daemon) welcome(opts Options, s site) {
	fmt.Fprintf(opts.Out, "listening on 127.0.0.1:%d\n", d.status.Port)
	if s.signUp != "" {
		provider := url.URL{Scheme: "http", Host: s.host}
		fmt.Fprintf(opts.Out, "sandbox provider at %s\nsign-up site at %s\n", provider.String(), s.signUp)
	}
}

func (h *home) showTray(ctx context.Context) {
	err := tray.Run(ctx, tray.Options{Source: h.book, Controller: h, Changed: h.came, Log: h.log})
	if err != nil {
		h.log.Warn("there is no tray icon; everything else works", "cause", err)
	}
}

// hideOrder keeps an order's number and codes out of the log.
func hideOrder(redact *logging.Redactor, o protocol.Order) {
	redact.HideOrder(o.ID, o.Number, o.CallingCode, o.Code, o.Received.Code, o.Received.Written)
}
