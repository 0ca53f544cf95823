// Package control is the commands' way to the running daemon: HTTP over a socket in
// the data directory that only the same user can open.
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
	// ErrNotRunning says that no daemon runs over the data directory.
	ErrNotRunning = errors.New("the companion is not running: start it with logspanel-companion run")
	// ErrRunning says that one runs already.
	ErrRunning = errors.New("the companion is already running with this data directory")
)

// Daemon is what the commands can ask of it.
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

// Pairing is a code to paste into the extension.
type Pairing struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Asking is a browser that asks for the code of a number that another one bought.
type Asking struct {
	OrderID string `json:"order_id"`
	Client  string `json:"client"` // its id; empty: the only one that asks
	Service string `json:"service,omitempty"`
	Number  string `json:"number,omitempty"`
}

// Decision is the person's word on a purchase: which order came of it.
type Decision struct {
	Purchase string `json:"purchase"`           // its intent's id
	OrderID  string `json:"order_id,omitempty"` // empty: nothing was bought
}

// Status is what runs.
type Status struct {
	Version string `json:"version"`
	Host    string `json:"host"`
	Sandbox bool   `json:"sandbox"`
	Port    int    `json:"port"`
	PID     int    `json:"pid"`
}

// Settings are what the person decides on this side alone.
type Settings struct {
	Limits           protocol.Limits `json:"limits"`
	KeepExpired      bool            `json:"keep_late"`  // numbers whose time ran out are not cancelled
	KeepDays         int             `json:"keep_days"`  // codes and messages of finished orders; 0: for ever
	NotificationsOff bool            `json:"quiet"`      // no notifications
	HideCodes        bool            `json:"hide_codes"` // none in notifications
	LowBalance       money.Money     `json:"low"`        // a balance below it is told
}

// Change changes Settings; what is absent stays as it is, so that an empty one only
// asks. Amounts are decimals in the wallet's currency.
type Change struct {
	PerOrder         string `json:"per_order,omitempty"`
	PerDay           string `json:"per_day,omitempty"`
	KeepExpired      *bool  `json:"keep_late,omitempty"`
	KeepDays         *int   `json:"keep_days,omitempty"`
	NotificationsOff *bool  `json:"quiet,omitempty"`
	HideCodes        *bool  `json:"hide_codes,omitempty"`
	LowBalance       string `json:"low,omitempty"`
}

// Diagnostics is how things stand with the daemon's own parts. Errors are in words; empty:
// there is none.
type Diagnostics struct {
	Status
	Keyring  string            `json:"keyring"`   // why it can't be read
	Journal  string            `json:"journal"`   // what is damaged in it
	SetAside string            `json:"set_aside"` // a damaged journal's name now
	Unset    bool              `json:"unset"`     // the limits were lost, and nothing is bought
	Key      protocol.KeyState `json:"key"`
	Provider *protocol.Error   `json:"provider,omitempty"` // why a call failed, just now
	Ahead    *time.Duration    `json:"ahead,omitempty"`    // this computer's clock, of the provider's, in nanoseconds
	Browsers []browser.Browser `json:"clients"`
}

// Entry is one movement of the wallet; each begins where the one before left it.
type Entry struct {
	N        uint64      `json:"n"`
	At       time.Time   `json:"at"`
	Kind     string      `json:"kind"` // opening, charge, refund or other
	OrderID  string      `json:"order_id,omitempty"`
	IntentID string      `json:"intent_id,omitempty"`
	Amount   money.Money `json:"amount"` // negative where the wallet lost it
	Before   money.Money `json:"before"`
	After    money.Money `json:"after"`
}

// listener holds the data directory's lock for as long as it listens.
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

// Listen takes the data directory for this process, and opens its socket. A directory
// that another user could change is refused; one that is there keeps its mode.
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
		return nil, running(dir)
	}
	l, err := listen(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the commands' socket: %w", err), lock.Unlock())
	}
	return listener{l, lock}, nil
}

func running(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if s, err := Dial(dir).Status(ctx); err == nil {
		return fmt.Errorf("%w: process %d listens on 127.0.0.1:%d", ErrRunning, s.PID, s.Port)
	}
	return ErrRunning
}

// nothing is the params or the answer of a call that needs none.
type nothing struct{}

// Serve answers the commands until ctx ends.
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
			result = inWords(err)
		}
		_ = json.NewEncoder(w).Encode(result)
	})
}

// inWords keeps a plain error's text: the one who asked is the daemon's own user.
func inWords(err error) *protocol.Error {
	var said *protocol.Error
	if errors.As(err, &said) {
		return said
	}
	return &protocol.Error{Code: protocol.CodeInternal, Message: err.Error()}
}
