// Package logspanel is the client of the Logspanel API, version 1: wallet, phone
// numbers, and what an account already holds of the provider's other products.
//
// Answers are read with goodwill: unknown fields are ignored, unknown statuses and
// codes carried through, and a field that is absent or can't be read is its type's
// zero value, above all a zero [money.Money] for an amount that can't be read and for
// a price of nothing or less. An answer without what makes it one (an order's id, a
// wallet's balance) is an [AmbiguousError]. A list leaves out an item without it, and a
// list of number orders says whether it is known to be whole.
//
// A client repeats nothing. All its calls share one rate, see pace.go; a call that
// is held back fails at once as [NotSentError].
package logspanel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout   = 30 * time.Second
	defaultUserAgent = "logspanel-companion"
)

// Client speaks to one API. It is safe for concurrent use.
type Client struct {
	base        *url.URL
	credentials CredentialFunc
	http        *http.Client
	transport   *http.Transport
	pace        *pace
	timeout     time.Duration
	userAgent   string
	clock       atomic.Pointer[clockReading]
}

// Option changes a Client before its first call.
type Option func(*Client)

// WithUserAgent names this program and its version to the provider.
func WithUserAgent(name string) Option { return func(c *Client) { c.userAgent = name } }

// WithTimeout bounds every single request, its wait for a turn included; a list
// takes one request for each page. The default is 30 seconds.
func WithTimeout(d time.Duration) Option { return func(c *Client) { c.timeout = d } }

// WithRate sets how many requests a second, and how many at once, the client makes.
func WithRate(perSecond float64, burst int) Option {
	return func(c *Client) { c.pace = newPace(perSecond, burst) }
}

// WithDialer sets how connections are made.
func WithDialer(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(c *Client) { c.transport.DialContext = dial }
}

// New makes a client for the API under base, such as https://logspanel.com/api/v1.
// Plain http is taken for a loopback host alone.
func New(base string, credentials CredentialFunc, opts ...Option) (*Client, error) {
	u, err := parseBase(base)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	if !isLoopback(u.Hostname()) {
		transport.Proxy = http.ProxyFromEnvironment
	}
	c := &Client{
		base:        u,
		credentials: credentials,
		transport:   transport,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the key, or a purchase, to where nobody meant it.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		pace:      newPace(defaultRate, defaultBurst),
		timeout:   defaultTimeout,
		userAgent: defaultUserAgent,
	}
	for _, opt := range opts {
		opt(c)
	}
	return c, nil
}

// Host is the API's host, with its port where one is named. Key and journal belong
// to it.
func (c *Client) Host() string { return c.base.Host }

// clockReading is the time that an answer of the provider's named, and when it came.
type clockReading struct {
	date time.Time
	at   time.Time // when it came, by both of this computer's clocks
}

// Skew is by how much this computer's clock was ahead of the provider's at the last
// answer, to about a second; false: none has said.
func (c *Client) Skew() (ahead time.Duration, known bool) {
	if last := c.clock.Load(); last != nil {
		return last.at.Round(0).Sub(last.date), true
	}
	return 0, false
}

// Time is the provider's time at its last answer and what this process has run since,
// whatever becomes of this computer's wall clock; false: no answer has said. It stands
// still while the computer sleeps, until the next answer.
func (c *Client) Time() (now time.Time, known bool) {
	if last := c.clock.Load(); last != nil {
		return last.date.Add(time.Since(last.at)), true
	}
	return time.Time{}, false
}

// Close lets go of idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// get makes a call that returns one T.
func get[W wire[T], T any](ctx context.Context, c *Client, e endpoint, id ID, query url.Values) (T, error) {
	a, err := c.call(ctx, c.credentials, e, id, query, nil)
	if err != nil {
		var none T
		return none, err
	}
	v, err := decode[W](a.data)
	if err != nil {
		return v, a.unusable(err)
	}
	return v, nil
}

// Cancellation is the provider's yes to a cancelling, with the order where the
// answer has it. Only the order itself says whether the money is back.
type Cancellation[O any] struct {
	Order   *O
	Message string
}

func cancel[W wire[O], O any](ctx context.Context, c *Client, e endpoint, id ID) (Cancellation[O], error) {
	a, err := c.call(ctx, c.credentials, e, id, nil, nil)
	if err != nil {
		return Cancellation[O]{}, err
	}
	answer := Cancellation[O]{Message: a.message}
	if order, err := decode[W](a.data); err == nil {
		answer.Order = &order
	}
	return answer, nil
}

// call fills in an endpoint's path and sends.
func (c *Client) call(ctx context.Context, credentials CredentialFunc, e endpoint, id ID, query url.Values, body []byte) (answer, error) {
	target := e.path
	if strings.Contains(target, "{id}") {
		if !id.pathSafe() {
			return answer{}, &NotSentError{Call: e.String(), Cause: fmt.Errorf("%w: the id is none", ErrInvalid)}
		}
		target = strings.Replace(target, "{id}", string(id), 1)
	}
	return c.send(ctx, credentials, e.method, target, query, body)
}

// send is the one way out of this program to the provider.
func (c *Client) send(ctx context.Context, credentials CredentialFunc, method, target string, query url.Values, body []byte) (answer, error) {
	e, ok := permit(method, target)
	if !ok {
		return answer{}, &NotSentError{Call: method + " " + clean(target, maxMessage), Cause: ErrNotAllowed}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	unsent := func(wait time.Duration, cause error) (answer, error) {
		return answer{}, &NotSentError{Call: e.String(), RetryAfter: wait, Cause: cause}
	}
	credential, err := credentials(ctx)
	if err == nil {
		err = checkKey(credential.Key)
	}
	if err != nil {
		return unsent(0, err)
	}
	address := *c.base
	address.Path += target
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return unsent(0, fmt.Errorf("%w: %w", ErrInvalid, err))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+credential.Key)
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	done, wait, err := c.pace.enter(ctx, e)
	if err != nil {
		return unsent(wait, err)
	}
	a, err := c.exchange(req, e, credential.Key)
	done(err)
	return a, err
}

func checkKey(key string) error {
	if key == "" {
		return ErrNoKey
	}
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return ErrBadKey
		}
	}
	return nil
}

// exchange makes one HTTP exchange and sorts what came of it.
func (c *Client) exchange(req *http.Request, e endpoint, key string) (answer, error) {
	// Until the transport has a connection, no byte of the request has left.
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	res, err := c.http.Do(req)
	if err != nil {
		err = redact(wordless(err), key)
		if !connected.Load() {
			return answer{}, &NotSentError{Call: e.String(), Cause: err}
		}
		return answer{}, &AmbiguousError{Call: e.String(), Acts: e.acts, Cause: err}
	}
	defer res.Body.Close()
	if sent, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		c.clock.Store(&clockReading{date: sent.UTC(), at: time.Now()})
	}
	wait := c.pace.observe(res.StatusCode, res.Header)
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, &AmbiguousError{
			Call: e.String(), Acts: e.acts, Status: res.StatusCode, RetryAfter: wait,
			Cause: fmt.Errorf("the answer broke off: %w", redact(wordless(err), key)),
		}
	}
	a, err := judge(e, res.StatusCode, wait, body, key)
	a.replayed = strings.EqualFold(res.Header.Get("Idempotent-Replayed"), "true")
	return a, err
}

// redact makes sure that no error quotes the key, which a confused server might
// send back.
func redact(err error, key string) error {
	if text := err.Error(); strings.Contains(text, key) {
		return errors.New(hide(text, key))
	}
	return err
}

func hide(text, key string) string { return strings.ReplaceAll(text, key, "[key]") }
