package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/money"
)

// account is the provider's side: its handler, and its own word on what was charged.
type account struct {
	handler http.Handler // serves the API under path
	path    string
	key     string
	direct  *logspanel.Client // past the line and its faults
	own     *sandbox.Provider // nil: another provider
	close   func()
}

// openAccount is the provider of the settings, or a sandbox with money enough.
func openAccount(s settings) (*account, error) {
	if s.api == "" {
		return openSandbox()
	}
	target, err := url.Parse(s.api)
	if err != nil {
		return nil, fmt.Errorf("the provider's address: %w", err)
	}
	if host := target.Hostname(); host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return nil, fmt.Errorf("%s is not on this computer: a trial spends what it finds, so it speaks to loopback alone", host)
	}
	a := &account{path: strings.TrimRight(target.Path, "/"), key: s.key, close: func() {}}
	a.handler = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, target.Host
		},
		// A provider that drops the connection is passed on as one.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	a.direct, err = logspanel.New(s.api, a.credential)
	return a, err
}

func openSandbox() (*account, error) {
	own := sandbox.New(sandbox.Options{Balance: money.Money{Minor: 100_000_00, Currency: "NGN"}, CodeDelay: -1, Lists: sandbox.PaginatedList})
	server := httptest.NewServer(own)
	a := &account{handler: own, path: sandbox.Path, key: sandbox.Key, own: own, close: server.Close}
	var err error
	a.direct, err = logspanel.New(server.URL+sandbox.Path, a.credential, logspanel.WithRate(1000, 1000))
	return a, err
}

func (a *account) credential(context.Context) (logspanel.Credential, error) {
	return logspanel.Credential{Key: a.key}, nil
}

// statement is what the provider says at one time.
type statement struct {
	balance money.Money
	orders  map[string]logspanel.NumberOrder
}

// read asks until the provider answers: its faults are not for us.
func (a *account) read(ctx context.Context) (s statement, err error) {
	for range maxTries {
		if s, err = a.readOnce(ctx); err == nil || logspanel.OutcomeOf(err) == logspanel.Refused {
			return s, err
		}
		select {
		case <-time.After(max(500*time.Millisecond, logspanel.RetryAfter(err))):
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
	return s, err
}

func (a *account) readOnce(ctx context.Context) (s statement, err error) {
	if s.balance, err = a.direct.Wallet(ctx); err != nil {
		return s, fmt.Errorf("the provider's balance: %w", err)
	}
	listed, err := a.direct.NumberOrders(ctx, 0)
	if err != nil {
		return s, fmt.Errorf("the provider's orders: %w", err)
	}
	s.orders = map[string]logspanel.NumberOrder{}
	if !listed.Complete {
		return s, errors.New("the provider's list of orders is not whole")
	}
	for _, o := range listed.Orders {
		s.orders[string(o.ID)] = o
	}
	return s, nil
}

// text has a code sent to a number, where the provider is a sandbox; any other sends
// its own.
func (a *account) text(number string) error {
	if a.own == nil {
		return nil
	}
	_, err := a.own.SendSMS(number)
	return err
}
