package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/datadir"
	"github.com/logspanel/companion/shared/protocol"
)

// maxAnswer is in bytes. It has room for the ledger of many years.
const maxAnswer = 256 << 20

// Remote calls the daemon that runs over a data directory. Its methods return
// ErrNotRunning if there is none, and a *protocol.Error if the daemon refuses.
type Remote struct{ http http.Client }

var _ Daemon = (*Remote)(nil)

// Dial returns a Remote for the daemon over dir. It connects at each call, not before.
func Dial(dir string) *Remote {
	return &Remote{http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				if err := datadir.Check(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return nil, err
				}
				conn, err := dialSocket(ctx, dir)
				if err != nil {
					return nil, errors.Join(ErrNotRunning, err)
				}
				return conn, nil
			},
		},
	}}
}

// Pair asks for a pairing code.
func (r *Remote) Pair(ctx context.Context) (Pairing, error) {
	return ask[Pairing](ctx, r, "pair", nothing{})
}

// Browsers lists the paired browsers.
func (r *Remote) Browsers(ctx context.Context) ([]browser.Browser, error) {
	return ask[[]browser.Browser](ctx, r, "clients", nothing{})
}

// Revoke ends a browser's pairing.
func (r *Remote) Revoke(ctx context.Context, id string) error {
	return r.call(ctx, "revoke", id, &nothing{})
}

// KeyChanged tells the daemon to read the API key again.
func (r *Remote) KeyChanged(ctx context.Context) error {
	return r.call(ctx, "key-changed", nothing{}, &nothing{})
}

// Status identifies the running daemon.
func (r *Remote) Status(ctx context.Context) (Status, error) {
	return ask[Status](ctx, r, "status", nothing{})
}

// Change changes settings and returns the new ones.
func (r *Remote) Change(ctx context.Context, c Change) (Settings, error) {
	return ask[Settings](ctx, r, "change", c)
}

// Ledger returns every movement of the wallet, oldest first.
func (r *Remote) Ledger(ctx context.Context) ([]Entry, error) {
	return ask[[]Entry](ctx, r, "ledger", nothing{})
}

// Asking lists the browsers that ask for codes of numbers that others bought.
func (r *Remote) Asking(ctx context.Context) ([]Asking, error) {
	return ask[[]Asking](ctx, r, "asking", nothing{})
}

// HandOver gives a browser the code that it asked for.
func (r *Remote) HandOver(ctx context.Context, to Asking) error {
	return r.call(ctx, "hand-over", to, &nothing{})
}

// Undecided lists the purchases that only the person can decide.
func (r *Remote) Undecided(ctx context.Context) ([]protocol.Intent, error) {
	return ask[[]protocol.Intent](ctx, r, "undecided", nothing{})
}

// Decide settles such a purchase.
func (r *Remote) Decide(ctx context.Context, d Decision) error {
	return r.call(ctx, "decide", d, &nothing{})
}

// Diagnose returns the state of the daemon's parts.
func (r *Remote) Diagnose(ctx context.Context) (Diagnostics, error) {
	return ask[Diagnostics](ctx, r, "checkup", nothing{})
}

func ask[R any](ctx context.Context, r *Remote, name string, params any) (result R, err error) {
	err = r.call(ctx, name, params, &result)
	return result, err
}

// call posts params to the daemon and decodes its answer into result.
func (r *Remote) call(ctx context.Context, name string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://companion/"+name, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := r.http.Do(req)
	if errors.Is(err, ErrNotRunning) {
		return ErrNotRunning
	}
	if about := (*url.Error)(nil); errors.As(err, &about) {
		err = about.Err // without the made-up URL
	}
	if err != nil {
		return fmt.Errorf("ask the running companion: %w", err)
	}
	defer res.Body.Close()
	answer := json.NewDecoder(io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode != http.StatusOK {
		said := new(protocol.Error)
		if answer.Decode(said) != nil || said.Message == "" {
			return fmt.Errorf("the running companion answered %s: it may be a different version", res.Status)
		}
		return said
	}
	if err := answer.Decode(result); err != nil {
		return fmt.Errorf("the running companion gave an answer that can't be read: %w", err)
	}
	return nil
}
