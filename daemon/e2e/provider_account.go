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

// providerAccount is an account with a provider, and the means to read it without the
// companion.
type providerAccount struct {
	handler http.Handler // serves the API under path
	path    string
	key     string
	client  *logspanel.Client // direct, without the fault proxy
	sandbox *sandbox.Provider // nil for another provider
	stop    func()
}

// openAccount connects to the provider of the settings, or starts a sandbox with enough
// money.
func openAccount(s settings) (*providerAccount, error) {
	if s.api == "" {
		return openSandbox()
	}
	target, err := url.Parse(s.api)
	if err != nil {
		return nil, fmt.Errorf("the provider's address: %w", err)
	}
	if host := target.Hostname(); host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return nil, fmt.Errorf("%s is not on this computer: a test spends the account's money, so it uses only a provider on loopback", host)
	}
	a := &providerAccount{path: strings.TrimRight(target.Path, "/"), key: s.key, stop: func() {}}
	a.handler = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, target.Host
		},
		// Where the provider drops the connection, so does the proxy.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	a.client, err = logspanel.New(s.api, a.credential)
	return a, err
}

func openSandbox() (*providerAccount, error) {
	simulated := sandbox.New(sandbox.Options{Balance: money.Money{Minor: 100_000_00, Currency: "NGN"}, CodeDelay: -1, Lists: sandbox.PaginatedList})
	server := httptest.NewServer(simulated)
	a := &providerAccount{handler: simulated, path: sandbox.Path, key: sandbox.Key, sandbox: simulated, stop: server.Close}
	var err error
	a.client, err = logspanel.New(server.URL+sandbox.Path, a.credential, logspanel.WithRate(1000, 1000))
	return a, err
}

func (a *providerAccount) credential(context.Context) (logspanel.Credential, error) {
	return logspanel.Credential{Key: a.key}, nil
}

// statement is the provider's view of the account at one moment.
type statement struct {
	balance money.Money
	orders  map[string]logspanel.NumberOrder
}

// readStatement reads the account, and retries while the provider has trouble.
func (a *providerAccount) readStatement(ctx context.Context) (s statement, err error) {
	for range maxTries {
		if s, err = a.readStatementOnce(ctx); err == nil || logspanel.OutcomeOf(err) == logspanel.Refused {
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

func (a *providerAccount) readStatementOnce(ctx context.Context) (s statement, err error) {
	if s.balance, err = a.client.Wallet(ctx); err != nil {
		return s, fmt.Errorf("the provider's balance: %w", err)
	}
	listed, err := a.client.NumberOrders(ctx, 0)
	if err != nil {
		return s, fmt.Errorf("the provider's orders: %w", err)
	}
	s.orders = map[string]logspanel.NumberOrder{}
	if !listed.Complete {
		return s, errors.New("the provider's list of orders is not complete")
	}
	for _, o := range listed.Orders {
		s.orders[string(o.ID)] = o
	}
	return s, nil
}

// sendCode makes the sandbox send a code to a number. Another provider sends its own, and
// sendCode does nothing.
func (a *providerAccount) sendCode(number string) error {
	if a.sandbox == nil {
		return nil
	}
	_, err := a.sandbox.SendSMS(number)
	return err
}
