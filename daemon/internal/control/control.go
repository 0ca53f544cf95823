// Package control connects the commands to the running daemon: HTTP with JSON over a
// socket in the data directory (a named pipe on Windows) that only the same user can open.
//
// The daemon calls Listen and Serve, and implements the Daemon interface. A command calls
// Dial and gets a Remote, which implements the same interface over the socket. Listen also
// locks the data directory, so that one daemon at most runs over it.
//
// Browsers and web pages never reach this socket; they have package server.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

var (
	// ErrNotRunning means that no daemon runs over the data directory.
	ErrNotRunning = errors.New("the companion is not running: start it with logspanel-companion run")
	// ErrRunning means that a daemon already runs over the data directory.
	ErrRunning = errors.New("the companion is already running with this data directory")
)

// Daemon is the interface of a running daemon for the commands.
type Daemon interface {
	Pair(ctx context.Context) (Pairing, error)
	Browsers(ctx context.Context) ([]browser.Browser, error)
	Revoke(ctx context.Context, id string) error
	KeyChanged(ctx context.Context) error
	Status(ctx context.Context) (Status, error)
	Change(ctx context.Context, c Change) (Settings, error)
	Ledger(ctx context.Context) ([]Entry, error)
	Asking(ctx context.Context) ([]Asking, error)
	HandOver(ctx context.Context, to Asking) error
	Undecided(ctx context.Context) ([]protocol.Intent, error)
	Decide(ctx context.Context, d Decision) error
	Diagnose(ctx context.Context) (Diagnostics, error)
}

// Pairing is a code to paste into the extension before ExpiresAt.
type Pairing struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Asking is a browser's request for the code of a number that another browser bought.
type Asking struct {
	OrderID string `json:"order_id"`
	Client  string `json:"client"` // the client ID; empty means the only browser that asks
	Service string `json:"service,omitempty"`
	Number  string `json:"number,omitempty"`
}

// Decision is the person's answer to which order, if any, a purchase led to.
type Decision struct {
	Purchase string `json:"purchase"`           // the intent's ID
	OrderID  string `json:"order_id,omitempty"` // empty if nothing was bought
}

// Status identifies the running daemon.
type Status struct {
	Version string `json:"version"`
	Host    string `json:"host"`
	Sandbox bool   `json:"sandbox"`
	Port    int    `json:"port"`
	PID     int    `json:"pid"`
}

// Settings can be changed only by the person at this computer, never by a browser.
type Settings struct {
	Limits           protocol.Limits `json:"limits"`
	KeepExpired      bool            `json:"keep_late"`  // don't cancel numbers whose time ran out
	KeepDays         int             `json:"keep_days"`  // days for which codes and messages of finished orders are kept; 0 means forever
	NotificationsOff bool            `json:"quiet"`      // show no notifications
	HideCodes        bool            `json:"hide_codes"` // show no codes in notifications
	LowBalance       money.Money     `json:"low"`        // a lower balance is notified
}

// Change names the settings to change. Absent ones stay as they are, so an empty Change
// only reads. Amounts are decimals in the wallet's currency.
type Change struct {
	PerOrder         string `json:"per_order,omitempty"`
	PerDay           string `json:"per_day,omitempty"`
	KeepExpired      *bool  `json:"keep_late,omitempty"`
	KeepDays         *int   `json:"keep_days,omitempty"`
	NotificationsOff *bool  `json:"quiet,omitempty"`
	HideCodes        *bool  `json:"hide_codes,omitempty"`
	LowBalance       string `json:"low,omitempty"`
}

// Diagnostics is the state of the daemon's own parts. Keyring and Journal are the text of
// an error, empty if all is well.
type Diagnostics struct {
	Status
	Keyring  string            `json:"keyring"`   // why it can't be read
	Journal  string            `json:"journal"`   // what is damaged in it
	SetAside string            `json:"set_aside"` // the new name of a damaged journal
	Unset    bool              `json:"unset"`     // the spending limits were lost, so nothing is bought
	Key      protocol.KeyState `json:"key"`
	Provider *protocol.Error   `json:"provider,omitempty"` // why a call made for this diagnosis failed
	Ahead    *time.Duration    `json:"ahead,omitempty"`    // how far this computer's clock is ahead of the provider's, in nanoseconds
	Browsers []browser.Browser `json:"clients"`
}

// Entry is one movement of the wallet. Its Before is the After of the previous entry.
type Entry struct {
	N        uint64      `json:"n"`
	At       time.Time   `json:"at"`
	Kind     string      `json:"kind"` // opening, charge, refund or other
	OrderID  string      `json:"order_id,omitempty"`
	IntentID string      `json:"intent_id,omitempty"`
	Amount   money.Money `json:"amount"` // negative if the balance fell
	Before   money.Money `json:"before"`
	After    money.Money `json:"after"`
}

// listener holds the data directory's lock until it is closed.
type listener struct {
	net.Listener
	lock *flock.Flock
}

func (l listener) Close() error {
	err := l.Listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, l.lock.Unlock())
}

// Listen locks the data directory for this process and opens its socket. It creates the
// directory if needed. It returns ErrRunning if another process holds the lock, and
// datadir.ErrOthers if another user could change the directory.
func Listen(dir string) (net.Listener, error) {
	if err := datadir.Make(dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "control.lock"))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	if !taken {
		return nil, describeRunning(dir)
	}
	l, err := listenSocket(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the commands' socket: %w", err), lock.Unlock())
	}
	return listener{l, lock}, nil
}

func describeRunning(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if s, err := Dial(dir).Status(ctx); err == nil {
		return fmt.Errorf("%w: process %d listens on 127.0.0.1:%d", ErrRunning, s.PID, s.Port)
	}
	return ErrRunning
}

// nothing is the type of absent parameters and results.
type nothing struct{}

// Serve answers commands on l and blocks until ctx ends.
func Serve(ctx context.Context, l net.Listener, d Daemon) error {
	mux := http.NewServeMux()
	handle(mux, "pair", func(ctx context.Context, _ nothing) (Pairing, error) { return d.Pair(ctx) })
	handle(mux, "clients", func(ctx context.Context, _ nothing) ([]browser.Browser, error) { return d.Browsers(ctx) })
	handle(mux, "revoke", func(ctx context.Context, id string) (nothing, error) { return nothing{}, d.Revoke(ctx, id) })
	handle(mux, "key-changed", func(ctx context.Context, _ nothing) (nothing, error) { return nothing{}, d.KeyChanged(ctx) })
	handle(mux, "status", func(ctx context.Context, _ nothing) (Status, error) { return d.Status(ctx) })
	handle(mux, "change", d.Change)
	handle(mux, "ledger", func(ctx context.Context, _ nothing) ([]Entry, error) { return d.Ledger(ctx) })
	handle(mux, "asking", func(ctx context.Context, _ nothing) ([]Asking, error) { return d.Asking(ctx) })
	handle(mux, "hand-over", func(ctx context.Context, to Asking) (nothing, error) { return nothing{}, d.HandOver(ctx, to) })
	handle(mux, "undecided", func(ctx context.Context, _ nothing) ([]protocol.Intent, error) { return d.Undecided(ctx) })
	handle(mux, "decide", func(ctx context.Context, word Decision) (nothing, error) { return nothing{}, d.Decide(ctx, word) })
	handle(mux, "checkup", func(ctx context.Context, _ nothing) (Diagnostics, error) { return d.Diagnose(ctx) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the commands' socket: %w", err)
	}
	return nil
}

func handle[P, R any](mux *http.ServeMux, name string, do func(context.Context, P) (R, error)) {
	mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
		var params P
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&params)
		var result any
		if err == nil {
			result, err = do(r.Context(), params)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			result = asProtocolError(err)
		}
		_ = json.NewEncoder(w).Encode(result)
	})
}

// asProtocolError keeps the text of any error, because the caller is the daemon's own user.
func asProtocolError(err error) *protocol.Error {
	var said *protocol.Error
	if errors.As(err, &said) {
		return said
	}
	return &protocol.Error{Code: protocol.CodeInternal, Message: err.Error()}
}
